import { DunlinError } from "../base/index.ts";
import { isName } from "./name.ts";

/** Topics are ASCII and end in a slash, which keeps `pi-1` from matching `pi-10` under ZeroMQ's prefix subscription. */
export type Topic =
  | { readonly kind: "telemetry"; readonly agent: string; readonly device: string }
  | { readonly kind: "state"; readonly agent: string; readonly device?: string }
  | { readonly kind: "command"; readonly agent: string; readonly id: string };

export function telemetryTopic(agent: string, device: string): string {
  return `telemetry/${agent}/${device}/`;
}

export function stateTopic(agent: string, device?: string): string {
  return device === undefined ? `state/${agent}/` : `state/${agent}/${device}/`;
}

export function commandTopic(agent: string, id: string): string {
  return `command/${agent}/${id}/`;
}

/** @returns undefined for what is not a Dunlin topic */
export function parseTopic(text: string): Topic | undefined {
  const [kind, agent, last, ...rest] = text.split("/");
  if (!text.endsWith("/") || agent === undefined || !isName(agent)) return undefined;
  if (kind === "state" && last === "" && rest.length === 0) return { kind, agent };
  if (last === undefined || !isName(last) || rest.length !== 1) return undefined;
  if (kind === "telemetry" || kind === "state") return { kind, agent, device: last };
  return kind === "command" ? { kind, agent, id: last } : undefined;
}

/**
 * What a person means by a subscription: a topic prefix as it stands (`state/`, `telemetry/pi/`), or `<agent>`,
 * `<agent>/<device>` for telemetry. Nothing means all telemetry.
 * @throws DunlinError `arguments-invalid`
 */
export function subscriptionPrefix(text: string): string {
  if (text === "" || text === "*") return "telemetry/";
  if (/^(telemetry|state|command)(\/|$)/.test(text)) return text.includes("/") ? text : `${text}/`;
  const parts = text.replace(/\/$/, "").split("/");
  if (parts.length <= 2 && parts.every(isName)) return `telemetry/${parts.join("/")}/`;
  throw new DunlinError(
    "arguments-invalid",
    `${JSON.stringify(text)} is neither <agent>, <agent>/<device> nor a topic that begins with telemetry/, state/ or command/`,
  );
}
