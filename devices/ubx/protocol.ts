import { crc24q, SENTENCE_FRAMES, ubxFrames, type FrameFormat } from "../../src/codec/index.ts";

/**
 * What is on a u-blox receiver's line: UBX, NMEA 0183 and RTCM 3, mixed in any order. All three are known here, so that
 * a sync of one inside another is not taken for a frame.
 */
export const RECEIVER_FRAMES: readonly [FrameFormat, ...FrameFormat[]] = [
  // The largest that receivers send are RXM-RAWX and MON-SPAN, below 8 KiB; noise may claim 64 KiB.
  ubxFrames(8 * 1024),
  SENTENCE_FRAMES,
  // D3, six zero bits, ten bits of length, payload, CRC-24Q. RTCM 10403.3, 4.
  {
    sync: [0xd3],
    headBytes: 3,
    maxBytes: 1029,
    lengthOf: (bytes, at) => {
      const length = bytes.readUInt16BE(at + 1);
      return length < 1024 ? length + 6 : 0;
    },
    isIntact: (bytes, start, end) => crc24q(bytes, start, end - 3) === bytes.readUIntBE(end - 3, 3),
  },
];

/** Class and id of messages that are no readings, as one number. */
export const MESSAGE = { monVer: 0x0a04, cfgMsg: 0x0601, cfgValset: 0x068a } as const;
/** Class of INF-ERROR, -WARNING, -NOTICE, -TEST and -DEBUG: lines for people. */
export const INF_CLASS = 0x04;

export type FrameKind = "ubx" | "sentence" | "rtcm";

export function kindOf(frame: Buffer): FrameKind {
  if (frame[0] === 0xb5) return "ubx";
  return frame[0] === 0x24 ? "sentence" : "rtcm";
}

/** Bytes up to the first NUL, without what is no character. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes
    .toString("latin1", 0, end < 0 ? bytes.length : end)
    .replaceAll(/[^ -~]/g, "")
    .trim();
}

export interface Versions {
  readonly software: string;
  readonly hardware: string;
  /** Absent in receivers before u-blox 7, which do not tell it. */
  readonly protocol: string | null;
  readonly model: string | null;
}

const SOFTWARE_BYTES = 30;
const HARDWARE_BYTES = 10;

/** swVersion[30], hwVersion[10], then lines of 30 bytes, such as `PROTVER=27.31` or, before u-blox 8, `PROTVER 14.00`. UBX-MON-VER. */
export function versionsOf(payload: Buffer): Versions | undefined {
  const head = SOFTWARE_BYTES + HARDWARE_BYTES;
  if (payload.length < head) return undefined;
  const lines: string[] = [];
  for (let at = head; at + SOFTWARE_BYTES <= payload.length; at += SOFTWARE_BYTES)
    lines.push(textOf(payload.subarray(at, at + SOFTWARE_BYTES)));
  const found = (pattern: RegExp): string | null =>
    lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined) ?? null;
  return {
    software: textOf(payload.subarray(0, SOFTWARE_BYTES)),
    hardware: textOf(payload.subarray(SOFTWARE_BYTES, head)),
    protocol: found(/^PROTVER[ =](\d+\.\d+)/),
    model: found(/^MOD[ =](.+)$/),
  };
}
