import { asDunlinError, DunlinError } from "../base/index.ts";
import {
  decodeQuery,
  encode,
  encodeError,
  encodeResult,
  HUB_QUERIES,
  head,
  text,
  withMore,
  type HubQueryName,
  type Query,
} from "../message/index.ts";
import type { Member, Registry } from "./registry.ts";
import type { Streams } from "./streams.ts";

/** What the queries ask of the hub. */
export interface HubQueryPorts {
  readonly hub: string;
  readonly registry: Registry;
  readonly streams: Streams;
  /** The hub's own birth, and a member's. */
  ownBirth(): Buffer;
  birth(member: Member): Buffer | undefined;
  status(): unknown;
  /** Members, as `dunlin fleet` shows them. */
  fleet(query: Query): unknown;
  command(query: Query): unknown;
  commands(query: Query): unknown;
  askJournal(query: Query): Promise<Buffer>;
}

type Answer = (query: Query, ports: HubQueryPorts) => Buffer | Promise<Buffer>;

const ANSWERS: Readonly<Record<HubQueryName, Answer>> = {
  describe: (query, ports) => okay(describe(query, ports)),
  status: (_query, ports) => encodeResult(ports.status()),
  read,
  replay: (query, ports) => {
    const { agent, device } = placeOf(query, ports);
    if (device === undefined) throw new DunlinError("arguments-invalid", "device must be a device's name");
    const stream = `${agent}/${device}`;
    const reply = ports.askJournal({ ...query, device: stream });
    // What is still being fetched from the agent is not lost: whoever asks is to ask again.
    const isBehind = (): boolean => ports.streams.find(agent, device)?.behind === true;
    return reply.then((body) => (isBehind() ? withMore(body) : body));
  },
  command: (query, ports) => encodeResult(ports.command(query)),
  commands: (query, ports) => encodeResult(ports.commands(query)),
  fleet: (query, ports) => encodeResult(ports.fleet(query)),
};

/** Answers one request, whatever it is: a REQ peer that gets no reply is stuck for good. */
export function answerAtHub(body: Buffer, ports: HubQueryPorts): Buffer | Promise<Buffer> {
  try {
    const query = decodeQuery(body);
    if (!Object.hasOwn(ANSWERS, query.query))
      throw new DunlinError(
        "query-unknown",
        `no query ${quoted(query.query)}: there are ${HUB_QUERIES.join(", ")}`,
      );
    return ANSWERS[query.query as HubQueryName](query, ports);
  } catch (cause) {
    return encodeError(asDunlinError(cause));
  }
}

function describe(query: Query, ports: HubQueryPorts): Buffer {
  if (query["agent"] === undefined || query["agent"] === ports.hub) return ports.ownBirth();
  const member = memberOf(query["agent"], ports);
  const birth = ports.birth(member);
  if (birth) return birth;
  throw new DunlinError("not-found", `agent ${member.name} has not said yet what it is`);
}

/** Last values of one agent: of one of its devices or of all, as at the agent itself. */
function read(query: Query, ports: HubQueryPorts): Buffer {
  const { agent, device } = placeOf(query, ports);
  const feeds = ports.streams.ofAgent(agent).filter((feed) => device === undefined || feed.device === device);
  if (device !== undefined && feeds.length === 0)
    throw new DunlinError("target-unknown", `agent ${agent} has no device ${quoted(device)}`);
  const known = feeds.flatMap(({ device: name, last }) => (last ? [text(name), last] : []));
  return okay(Buffer.concat([head("map", known.length / 2), ...known]));
}

/** `{agent, device}`, or `{device: "<agent>/<device>"}`. */
function placeOf(query: Query, ports: HubQueryPorts): { readonly agent: string; readonly device?: string } {
  const { agent, device } = query;
  const parts = typeof device === "string" && agent === undefined ? device.split("/") : [agent, device];
  const member = memberOf(parts[0], ports);
  const [, name] = parts;
  return typeof name === "string" ? { agent: member.name, device: name } : { agent: member.name };
}

function memberOf(name: unknown, { registry, hub }: HubQueryPorts): Member {
  if (name === undefined)
    throw new DunlinError(
      "arguments-invalid",
      `${hub} is a hub: say of which agent, as agent or as <agent>/<device>`,
    );
  return registry.need(name);
}

/** What was asked for, short: an answer must not grow with the question. */
function quoted(asked: unknown): string {
  return String(JSON.stringify(asked)).slice(0, 64);
}

const OKAY = Buffer.concat([head("map", 2), text("ok"), encode(true), text("result")]);

function okay(result: Buffer): Buffer {
  return Buffer.concat([OKAY, result]);
}
