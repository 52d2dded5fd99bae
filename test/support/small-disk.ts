import { spawnSync } from "node:child_process";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemCodeOf } from "../../src/base/index.ts";

const MIB = 1024 * 1024;
const BLOCK_BYTES = 4096;

/** Why there can be no file system of one's own here; false if there can. */
export const noSmallDisk: string | false = process.getuid?.() === 0 ? false : "only root may mount";

/** An ext4 file system of a few MB, as on a card, that the test fills and empties. It lies in a file, mounted as a loop. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "disk-"));

  constructor(bytes = 16 * MIB) {
    const image = join(this.#folder, "image");
    this.path = join(this.#folder, "mounted");
    writeFileSync(image, "");
    truncateSync(image, bytes);
    mkdirSync(this.path);
    // Without the blocks that only root may use, for the agent under test is root.
    run("mkfs.ext4", "-q", "-m", "0", image);
    run("mount", "-o", "loop", image, this.path);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Writes until nobody can write a block more. @param leaveBytes but for these */
  fill(leaveBytes = 0): void {
    const file = openSync(this.#filler, "a");
    // The kernel reserves more than it needs until the blocks have their places: once more after they have.
    for (let full = false; !full;) {
      const room = this.freeBytes - leaveBytes;
      full = room < BLOCK_BYTES || !append(file, room);
      fsyncSync(file);
    }
    closeSync(file);
  }

  /** Takes away what `fill` has written. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  close(): void {
    run("umount", this.path);
    rmSync(this.#folder, { recursive: true });
  }

  get #filler(): string {
    return join(this.path, "filler");
  }
}

/** @returns whether anything could be written */
function append(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(Math.min(bytes, MIB), 1)) > 0;
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOSPC") return false;
    throw cause;
  }
}

function run(command: string, ...args: string[]): void {
  const PATH = `${process.env["PATH"]}:/usr/sbin:/sbin`;
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", env: { PATH } });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
