import { DunlinError, type ErrorCode } from "../base/index.ts";
import { decodeMap, encode } from "./cbor.ts";

/**
 * What an agent and its hub say to each other, over the agent's one link. A message is [verb, CBOR map]. Readings are
 * [verb, packed], see `packReadings`; what else is published is [verb, topic, body, topic, body, …], as subscribers get it. docs/protocol.md, "Hub and agent".
 */
export interface FromAgent {
  /** First word on a connection; answered by `challenge`, or at once by `welcome` at a hub without keys, or by `refused`. */
  readonly hello: {
    readonly protocol: number;
    readonly agent: string;
    readonly version: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly epoch: number;
  };
  /** Who it is: see `linkProof`. Answered by `welcome` or `refused`. */
  readonly proof: { readonly mac: Uint8Array };
  /** After each second in which nothing else was said. `withheld`: readings not sent for want of credit, since the start. */
  readonly heartbeat: { readonly withheld: number };
  /** The reply to a `query`, as anybody else gets it. */
  readonly answer: { readonly number: number; readonly body: Uint8Array };
}

export interface FromHub {
  readonly challenge: { readonly nonce: Uint8Array };
  readonly welcome: {
    readonly protocol: number;
    readonly hub: string;
    /** Bytes of readings' bodies that may be sent on this connection until `credit` says more. */
    readonly credit: number;
  };
  /** What follows is the end of the connection; the agent tries again later. */
  readonly refused: { readonly code: ErrorCode; readonly message: string };
  /** So many bytes may have been sent since the welcome, all in all: a lost `credit` is made good by the next. */
  readonly credit: { readonly total: number };
  readonly heartbeat: Readonly<Record<string, never>>;
  /** As it was pushed at the hub. */
  readonly command: { readonly envelope: Uint8Array };
  readonly query: { readonly number: number; readonly query: Readonly<Record<string, unknown>> };
}

/** Verbs of an agent's messages that are no maps: telemetry, packed; births, states and commands' progress, as [topic, body] pairs. */
export const READINGS = "readings";
export const PUBLISH = "publish";

/** Both ends say something at least this often, ms; after three such silences the other is presumed lost. */
export const UPLINK_HEARTBEAT_MS = 1_000;
export const UPLINK_SILENCE_MS = 3_000;

type Checks<M> = { readonly [V in keyof M]: (map: Readonly<Record<string, unknown>>) => boolean };

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === "string" && value.length <= 1_000;
const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isBytes(value);
const isLabels = (value: unknown): boolean => isObject(value) && Object.values(value as object).every(isText);

const FROM_AGENT: Checks<FromAgent> = {
  hello: ({ protocol, agent, version, labels, epoch }) =>
    isCount(protocol) && isText(agent) && isText(version) && isLabels(labels) && isCount(epoch),
  proof: ({ mac }) => isBytes(mac),
  heartbeat: ({ withheld }) => isCount(withheld),
  answer: ({ number, body }) => isCount(number) && isBytes(body),
};

const FROM_HUB: Checks<FromHub> = {
  challenge: ({ nonce }) => isBytes(nonce),
  welcome: ({ protocol, hub, credit }) => isCount(protocol) && isText(hub) && isCount(credit),
  refused: ({ code, message }) => isText(code) && isText(message),
  credit: ({ total }) => isCount(total),
  heartbeat: () => true,
  command: ({ envelope }) => isBytes(envelope),
  query: ({ number, query }) => isCount(number) && isObject(query),
};

/** One message of a side as its verb and what it says. */
export type UplinkMessage<M> = { readonly [V in keyof M]: { readonly verb: V } & M[V] }[keyof M];

export function encodeFromAgent<V extends keyof FromAgent>(verb: V, message: FromAgent[V]): Buffer[] {
  return [Buffer.from(verb), encode(message)];
}

export function encodeFromHub<V extends keyof FromHub>(verb: V, message: FromHub[V]): Buffer[] {
  return [Buffer.from(verb), encode(message)];
}

/** @throws DunlinError `message-invalid` */
export function decodeFromAgent(verb: string, body: Uint8Array | undefined): UplinkMessage<FromAgent> {
  return decodeUplink(FROM_AGENT, verb, body);
}

/** @throws DunlinError `message-invalid` */
export function decodeFromHub(verb: string, body: Uint8Array | undefined): UplinkMessage<FromHub> {
  return decodeUplink(FROM_HUB, verb, body);
}

function decodeUplink<M>(checks: Checks<M>, verb: string, body: Uint8Array | undefined): UplinkMessage<M> {
  if (body === undefined || !Object.hasOwn(checks, verb)) throw invalid(`no message ${short(verb)}`);
  const map = decodeMap(body);
  if (!checks[verb as keyof M](map)) throw invalid(`${verb} whose fields are not as they must be`);
  return { ...map, verb } as UplinkMessage<M>;
}

function short(verb: string): string {
  return JSON.stringify(verb).slice(0, 40);
}

function invalid(what: string): DunlinError {
  return new DunlinError("message-invalid", `hub link: ${what}`);
}
