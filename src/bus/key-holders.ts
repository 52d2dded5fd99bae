import { shutDown } from "./shut-down.ts";
import { readTcpTable, socketsByInode } from "./tcp-table.ts";

/** Whether a connection can be ended before its time: not by a Node without node:ffi. */
export const canCut = shutDown !== undefined;

interface Connection {
  readonly domain: string;
  /** Keys that this connection may have proved; one if nothing else was possible. */
  readonly keys: ReadonlySet<string>;
  readonly certain: boolean;
}

/** A key that a peer has just proved. */
interface Proof {
  readonly domain: string;
  readonly address: string;
  readonly key: string;
}

/**
 * Which TCP connection belongs to which key: libzmq tells a key and an IP address, and no more. When several of one
 * address shake hands at the same moment each connection may be any of theirs, and revoking one cuts all of those; the
 * others come back by themselves.
 */
export class KeyHolders {
  readonly #domains: ReadonlyMap<number, string>;
  readonly #byInode = new Map<number, Connection>();
  #proofs: Proof[] = [];

  /** @param domains by the port of each socket */
  constructor(domains: ReadonlyMap<number, string>) {
    this.#domains = domains;
  }

  /** A peer whose handshake is about to end well. */
  note(proof: Proof): void {
    // One look for all that shake hands at the same moment.
    if (this.#proofs.push(proof) === 1) setImmediate(() => this.#look());
  }

  /** Ends every connection in the domain that may be the key's. @returns how many */
  cut(domain: string, key: string): number {
    this.#look();
    const sockets = socketsByInode();
    let count = 0;
    for (const [inode, connection] of this.#byInode) {
      const fd = sockets.get(inode);
      if (fd === undefined || connection.domain !== domain || !connection.keys.has(key)) continue;
      shutDown?.(fd);
      count++;
    }
    return count;
  }

  #look(): void {
    const proofs = this.#proofs;
    this.#proofs = [];
    const present = readTcpTable(new Set(this.#domains.keys()));
    const inodes = new Set(present.map(({ inode }) => inode));
    for (const inode of this.#byInode.keys()) if (!inodes.has(inode)) this.#byInode.delete(inode);
    const places = Map.groupBy(present, ({ localPort, address }) =>
      placeOf(this.#domains.get(localPort), address),
    );
    for (const [place, group] of Map.groupBy(proofs, ({ domain, address }) => placeOf(domain, address))) {
      const open = (places.get(place) ?? []).filter(({ inode }) => !this.#byInode.get(inode)?.certain);
      const domain = group[0]?.domain ?? "";
      for (const { inode } of open) {
        const keys = new Set([...(this.#byInode.get(inode)?.keys ?? []), ...group.map(({ key }) => key)]);
        this.#byInode.set(inode, { domain, keys, certain: keys.size === 1 && open.length <= group.length });
      }
    }
  }
}

function placeOf(domain: string | undefined, address: string): string {
  return `${domain} ${address}`;
}
