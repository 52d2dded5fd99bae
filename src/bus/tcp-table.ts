import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A TCP connection of this host to one of its own ports. */
export interface TcpConnection {
  readonly inode: number;
  readonly localPort: number;
  /** Remote IP address as libzmq writes it: no brackets, IPv4 also where the socket is an IPv6 one. */
  readonly address: string;
}

/** Every TCP connection to these ports (proc_net_tcp, /proc/self/net/tcp and tcp6). */
export function readTcpTable(localPorts: ReadonlySet<number>): TcpConnection[] {
  return ["/proc/self/net/tcp", "/proc/self/net/tcp6"].flatMap((path) =>
    linesOf(path).flatMap((line) => {
      const [, local = "", remote = "", , , , , , , inode] = line.trim().split(/\s+/);
      const localPort = Number.parseInt(local.split(":")[1] ?? "", 16);
      if (!localPorts.has(localPort) || inode === "0") return [];
      return [{ inode: Number(inode), localPort, address: addressOf(remote.split(":")[0] ?? "") }];
    }),
  );
}

/** File descriptors of this process by the inode of their socket. */
export function socketsByInode(): Map<number, number> {
  const found = new Map<number, number>();
  for (const fd of readdirSync("/proc/self/fd"))
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
      if (inode !== undefined) found.set(Number(inode), Number(fd));
    } catch {
      // Closed since: the folder's own, for one.
    }
  return found;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "latin1").trim().split("\n").slice(1);
  } catch {
    // A host without IPv6.
    return [];
  }
}

/** Words of 32 bits, each in the host's order, which is little-endian on all that Node runs on here. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  if (bytes.length === 4) return bytes.join(".");
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (isMapped) return bytes.subarray(12).join(".");
  const groups = [...new Uint8Array(8)].map((_, i) => bytes.readUInt16BE(i * 2).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
