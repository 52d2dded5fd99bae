import { asDunlinError, DunlinError } from "../base/index.ts";
import {
  decodeQuery,
  encode,
  encodeError,
  encodeResult,
  head,
  QUERIES,
  text,
  type CommandProgress,
  type Query,
} from "../message/index.ts";

/** What the queries ask of the agent. */
export interface QueryPorts {
  /** The birth message's body. */
  birth(): Buffer;
  status(): unknown;
  devices(): readonly string[];
  /** The newest reading's body. */
  last(device: string): Buffer | undefined;
  progress(id: string): CommandProgress | undefined;
  /** The journal's reply; undefined if there is no journal. */
  askJournal: ((query: Query) => Promise<Buffer>) | undefined;
}

type AgentQueryName = (typeof QUERIES)[number];
type Answer = (query: Query, ports: QueryPorts) => Buffer | Promise<Buffer>;

const ANSWERS: Readonly<Record<AgentQueryName, Answer>> = {
  describe: (_query, ports) => okay(ports.birth()),
  status: (_query, ports) => encodeResult(ports.status()),
  read,
  replay: (query, { askJournal }) => {
    if (askJournal) return askJournal(query);
    throw new DunlinError("not-found", "this agent keeps no journal: nothing can be replayed");
  },
  command: (query, ports) => {
    const { id } = query;
    const known = typeof id === "string" ? ports.progress(id) : undefined;
    if (known) return encodeResult(known);
    if (ports.askJournal) return ports.askJournal(query);
    throw new DunlinError("not-found", `no command ${quoted(id)}: it never came, or has been forgotten`);
  },
  commands: (query, { askJournal }) => {
    if (askJournal) return askJournal(query);
    throw new DunlinError("not-found", "this agent keeps no journal, which would have the commands");
  },
};

/** Answers one request, whatever it is: a REQ peer that gets no reply is stuck for good. */
export function answer(body: Buffer, ports: QueryPorts): Buffer | Promise<Buffer> {
  try {
    const query = decodeQuery(body);
    if (!Object.hasOwn(ANSWERS, query.query))
      throw new DunlinError(
        "query-unknown",
        `no query ${quoted(query.query)}: there are ${QUERIES.join(", ")}`,
      );
    return ANSWERS[query.query as AgentQueryName](query, ports);
  } catch (cause) {
    return encodeError(asDunlinError(cause));
  }
}

/** Last values: of one device or of all. The bodies are put into the reply as they are, not decoded and encoded again. */
function read({ device }: Query, ports: QueryPorts): Buffer {
  const all = ports.devices();
  if (device !== undefined && !(typeof device === "string" && all.includes(device)))
    throw new DunlinError("target-unknown", `no device ${quoted(device)}: there are ${all.join(", ")}`);
  const known = (device === undefined ? all : [device]).flatMap((name) => {
    const body = ports.last(name);
    return body ? [text(name), body] : [];
  });
  return okay(Buffer.concat([head("map", known.length / 2), ...known]));
}

/** What was asked for, short: an answer must not grow with the question. */
function quoted(asked: unknown): string {
  return String(JSON.stringify(asked)).slice(0, 64);
}

const OKAY = Buffer.concat([head("map", 2), text("ok"), encode(true), text("result")]);

function okay(result: Buffer): Buffer {
  return Buffer.concat([OKAY, result]);
}
