import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer as answerQuery, type QueryPorts } from "../../../src/agent/queries.ts";
import { answer } from "../../../src/journaling/answers.ts";
import {
  decodeQuery,
  decodeReply,
  encode,
  encodeProgress,
  MAX_MESSAGE_BYTES,
  replayAnswerOf,
} from "../../../src/message/index.ts";
import { JournalBench, timeOf } from "../../support/journal.ts";
import { anyMap } from "../cbor-items.ts";
import { hold, type Target } from "../target.ts";
import { COMMANDS, ITEMS, KEYS, vectors } from "./vectors.ts";

/** A small journal: some readings in the archive, some in the intake, of two epochs, with a gap; and a command. */
function journalIn(folder: string): JournalBench {
  const bench = new JournalBench(folder);
  bench.fill("gps", 1, 1, 40);
  bench.settle();
  bench.fill("gps", 2, 1, 20);
  bench.fill("gps", 2, 31, 60);
  const { id, target, name } = COMMANDS[0] as (typeof COMMANDS)[number];
  const progress = encodeProgress({ id, target, name, state: "succeeded", time: timeOf(1) });
  bench.journal.putCommand(encode(COMMANDS[0]), progress, id, "succeeded", timeOf(1));
  bench.journal.commit();
  return bench;
}

const QUERIES = [
  { query: "replay", device: "gps" },
  { query: "replay", device: "gps", epoch: 1, seq: 5, limit: 10 },
  { query: "replay", device: "gps", from: timeOf(10) },
  { query: "command", id: COMMANDS[0]?.id },
  { query: "commands", limit: 2, state: "succeeded" },
].map(encode);

/** Queries, all the way to the journal's files and back. Opened when it is first asked, for most runs are of others. */
class ReplayTarget implements Target {
  readonly name = "replay-query";
  readonly share = 1;
  readonly maxBytes = 2_048;
  readonly isCbor = true;
  readonly corpus = [...QUERIES, ...vectors("query")];
  readonly tokens = [...ITEMS, ...["device", "epoch", "seq", "limit", "from", "state", "gps"].map(encode)];
  #bench: JournalBench | undefined;
  #folder = "";

  generate = (dice: Parameters<typeof anyMap>[0]): Buffer => anyMap(dice, 0, KEYS, ITEMS);

  decode(input: Buffer): boolean {
    const { query } = decodeQuery(input);
    const reply = answerQuery(input, this.#ports()) as Buffer;
    hold(reply.length <= MAX_MESSAGE_BYTES, "an answer longer than a message");
    const result = decodeReply(reply);
    if (query === "replay") replayAnswerOf(result);
    return true;
  }

  close(): void {
    this.#bench?.journal.close();
    this.#bench = undefined;
    if (this.#folder !== "") rmSync(this.#folder, { recursive: true });
    this.#folder = "";
  }

  #ports(): QueryPorts {
    const { journal } = this.#open();
    return {
      birth: () => encode({}),
      status: () => ({}),
      devices: () => ["gps"],
      last: () => undefined,
      progress: () => undefined,
      // Not a promise: this journal is not in another process.
      askJournal: (query) => answer(query, journal) as unknown as Promise<Buffer>,
    };
  }

  #open(): JournalBench {
    if (this.#bench) return this.#bench;
    this.#folder = mkdtempSync(join(tmpdir(), "dunlin-fuzz-"));
    this.#bench = journalIn(join(this.#folder, "journal"));
    return this.#bench;
  }
}

export const REPLAY_TARGETS: readonly Target[] = [new ReplayTarget()];
