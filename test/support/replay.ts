import type { Test } from "tap";
import type { Client, Message } from "../../src/client/index.ts";
import {
  BEFORE_ALL,
  replayAnswerOf,
  type AgentState,
  type Cursor,
  type LostRange,
  type Reading,
} from "../../src/message/index.ts";
import type { Collector } from "./agent.ts";
import type { FastDevice } from "./fast-device.ts";

type Telemetry = Extract<Message, { kind: "telemetry" }>;

/** All of a device's readings that the journal has after a cursor, in as many answers as it takes. */
export async function replayAll(
  client: Client,
  device: string,
  after: Cursor = BEFORE_ALL,
): Promise<{ readings: readonly Reading[]; lost: readonly LostRange[] }> {
  const readings: Reading[] = [];
  const lost: LostRange[] = [];
  let cursor = after;
  for (let more = true; more;) {
    const reply = await client.query("replay", { device, ...cursor }, { timeoutMs: 20_000 });
    const answer = replayAnswerOf(reply);
    readings.push(...answer.readings);
    lost.push(...answer.lost);
    ({ next: cursor, more } = answer);
  }
  return { readings, lost };
}

/** Each reading is the next one after the one before it, by its seq and by the number that the device gave it. */
export function isWithoutGap(
  t: Test,
  readings: readonly Pick<Reading, "seq" | "values">[],
  what: string,
): void {
  const [first] = readings;
  if (!first) return void t.fail(`${what}: there is nothing`);
  const numberOf = ({ values }: Pick<Reading, "values">): number => Number(values["n"]);
  const wrong = readings.find(
    (reading, at) => reading.seq !== first.seq + at || numberOf(reading) !== numberOf(first) + at,
  );
  const last = readings.at(-1)?.seq;
  t.notOk(
    wrong,
    `${what}: ${first.seq} to ${last}${wrong ? `, but ${wrong.seq} is out of order` : ", no gap"}`,
  );
}

/** A state message of the agent's own. */
export function isAgentState(fits: (state: AgentState) => boolean) {
  return (message: Message): boolean => message.kind === "state" && fits(message.state);
}

export function isDurable(device: string, seq: number, ofEpoch = 1) {
  return isAgentState(({ epoch, durable }) => epoch === ofEpoch && (durable[device] ?? 0) >= seq);
}

/** Stops the device and waits until its last line has come as a reading, and is durable. @returns its seq */
export async function stopDevice(device: FastDevice, name: string, seen: Collector): Promise<number> {
  const n = await device.stop();
  const last = await seen.first(
    `line ${n}`,
    (message): message is Telemetry =>
      message.kind === "telemetry" && message.device === name && message.values["n"] === n,
  );
  await seen.first("the last reading, durable", isDurable(name, last.seq, last.epoch));
  return last.seq;
}
