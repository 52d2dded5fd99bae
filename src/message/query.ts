import { DunlinError, ERROR_CODES, type ErrorCode } from "../base/index.ts";
import { decodeMap, encode, isMap } from "./cbor.ts";

export const QUERIES = ["describe", "status", "read", "replay", "command", "commands"] as const;
/** A hub answers one more, and takes `agent` beside `device`. */
export const HUB_QUERIES = [...QUERIES, "fleet"] as const;
export type HubQueryName = (typeof HUB_QUERIES)[number];
/** What a client may ask; an agent knows no fleet. */
export type QueryName = HubQueryName;

export interface Query {
  readonly query: string;
  readonly [argument: string]: unknown;
}

/** Every REQ gets a reply: `{ok: true, result}` or `{ok: false, error: {code, message}}`. */
export function encodeResult(result: unknown): Buffer {
  return encode({ ok: true, result });
}

export function encodeError(error: DunlinError): Buffer {
  return encode({ ok: false, error: { code: error.code, message: error.message } });
}

/** @throws DunlinError `message-invalid` */
export function decodeQuery(body: Uint8Array): Query {
  const map = decodeMap(body);
  if (typeof map["query"] !== "string")
    throw new DunlinError("message-invalid", `a query is a map with the key "query": ${QUERIES.join(", ")}`);
  return map as Query;
}

/** @throws the DunlinError that the reply carries, or `message-invalid` */
export function decodeReply(body: Uint8Array): unknown {
  const map = decodeMap(body);
  if (map["ok"] === true) return map["result"];
  const error = isMap(map["error"]) ? map["error"] : {};
  const code = ERROR_CODES.includes(error["code"] as ErrorCode)
    ? (error["code"] as ErrorCode)
    : "message-invalid";
  throw new DunlinError(
    code,
    typeof error["message"] === "string" ? error["message"] : "reply without a message",
  );
}
