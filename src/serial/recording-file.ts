import { type FileHandle, open, stat } from "node:fs/promises";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";
import type { RecordedItem } from "./recording.ts";
import type { RecordingHeader } from "./recording-header.ts";
import { RecordingParser } from "./recording-parser.ts";

/** What is read at once: of a recording of days no more is in memory. */
const PIECE_BYTES = 65_536;

/** A recording on disk, read as it is wanted. */
export class RecordingFile {
  readonly path: string;
  readonly header: RecordingHeader;
  readonly #handle: FileHandle;

  private constructor(path: string, header: RecordingHeader, handle: FileHandle) {
    this.path = path;
    this.header = header;
    this.#handle = handle;
  }

  /** @throws DunlinError `port-missing`, `port-denied`, `port-failed`, `recording-invalid` */
  static async open(path: string): Promise<RecordingFile> {
    const handle = await openFile(path);
    try {
      const parser = new RecordingParser(path);
      const pieces = piecesOf(handle, path);
      while (parser.header === undefined) {
        const { value } = await pieces.next();
        if (value === undefined) parser.end();
        else headerOf(parser, value);
      }
      return new RecordingFile(path, parser.header, handle);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  /**
   * All from the beginning, a piece of the file at a time.
   * @throws DunlinError `port-failed`, `recording-invalid`
   */
  async *items(): AsyncGenerator<readonly RecordedItem[]> {
    const parser = new RecordingParser(this.path);
    for await (const piece of piecesOf(this.#handle, this.path)) yield parser.push(piece);
    parser.end();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Of the first piece only what is needed: a fault further down is told when it is come to. */
function headerOf(parser: RecordingParser, piece: Uint8Array): void {
  const end = piece.indexOf(0x0a);
  parser.push(end < 0 ? piece : piece.subarray(0, end + 1));
}

/** The piece is valid until the next is asked for. */
async function* piecesOf(handle: FileHandle, path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position).catch((thrown: unknown) => {
      throw explain(path, thrown);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Looks before it opens: the open of a pipe waits for who writes to it, and that of a tty may reset a device. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    if ((await stat(path)).isFile()) return await open(path, "r");
  } catch (thrown) {
    throw explain(path, thrown);
  }
  throw new DunlinError("port-failed", `${path} is no recording: it is not a file`, {
    context: { port: path },
  });
}

function explain(path: string, thrown: unknown): DunlinError {
  const details = { context: { port: path }, cause: thrown };
  const code = systemCodeOf(thrown);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new DunlinError(
      "port-missing",
      `there is no recording ${path}; a service has a /tmp and no /home of its own`,
      details,
    );
  if (code === "EACCES")
    return new DunlinError("port-denied", `no permission to read the recording ${path}`, details);
  return new DunlinError("port-failed", `${path} cannot be read: ${messageOf(thrown)}`, details);
}
