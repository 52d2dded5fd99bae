import type { LinkQuality } from "../../src/link/index.ts";
import type { Metrics, Values } from "../../src/message/index.ts";

/** What is measured of the link itself. The device cannot have metrics of these names. */
export const LINK_METRICS: Metrics = {
  link_rtt: { type: "number", unit: "ms", description: "from a ping to its pong, mean of the interval" },
  link_loss: {
    type: "number",
    unit: "%",
    description: "frames from the device that did not come, of those that are not sent again",
  },
  link_retransmits: {
    type: "integer",
    description: "frames sent again, both ways, since the link was opened",
  },
  link_bad_frames: {
    type: "integer",
    description: "damaged or not understood, both ways, since the link was opened",
  },
  link_dropped: {
    type: "integer",
    description: "readings and log lines for which there was no room, since the link was opened",
  },
};

export function linkReading({ rttMs, loss, retransmits, badFrames, dropped }: LinkQuality): Values {
  return {
    link_rtt: rttMs === null ? null : Number(rttMs.toFixed(1)),
    link_loss: loss === null ? null : Number((loss * 100).toFixed(2)),
    link_retransmits: retransmits,
    link_bad_frames: badFrames,
    link_dropped: dropped,
  };
}
