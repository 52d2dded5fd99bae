import type { CommandDescription, Values } from "../../src/message/index.ts";
import { ownFunction, type Request } from "./frames.ts";
import type { ProfileFunction } from "./profile.ts";

/** Commands of a profile by function codes that only the maker has, such as the energy reset of a PZEM-004T. */

const TIMEOUT_MS = 10_000;

/** What is sent, and what its reply means: the command's result, or why it has failed. */
export interface Exchange {
  readonly request: Request;
  readonly check: (pdu: Buffer) => Values | string;
}

export function describeFunction({ description, idempotent = false }: ProfileFunction): CommandDescription {
  return { description, arguments: {}, idempotent, timeoutMs: TIMEOUT_MS };
}

export function functionWriting({ code, data = "", replyBytes }: ProfileFunction): Exchange {
  const bytes = Buffer.from(data.replaceAll(" ", ""), "hex");
  const request = ownFunction(code, bytes, replyBytes ?? bytes.length);
  const check = (pdu: Buffer): Values | string => {
    if (replyBytes !== undefined) return replyBytes === 0 ? {} : { reply: pdu.toString("hex", 1) };
    return pdu.equals(request.pdu) ? {} : "the device answered something else than what was asked";
  };
  return { request, check };
}
