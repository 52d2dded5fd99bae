import type { Values } from "../../../src/message/index.ts";
import type { Capture } from "../captures.ts";

/** What was on the wire; a recording in hex has one frame a line, with who sent it before it. */
export function wireOf({ bytes, expected }: Capture): Buffer {
  if (!expected.input.file.endsWith(".hex")) return bytes;
  return Buffer.from(bytes.toString("latin1").replaceAll(/^(?:req|rsp) |\s/gm, ""), "hex");
}

interface Frame {
  readonly fields?: Values;
  readonly checksum_ok?: boolean;
}

/** The fields of the frames that a recording has as good ones. */
export function fieldsOf({ expected }: Capture): readonly Values[] {
  const { accepted, frames = [] } = expected as {
    readonly accepted?: readonly Values[];
    readonly frames?: readonly Frame[];
  };
  const intact = frames.filter(({ checksum_ok: isIntact = true }) => isIntact);
  return accepted ?? intact.flatMap(({ fields }) => (fields ? [fields] : []));
}
