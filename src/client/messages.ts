import {
  decodeAgentState,
  decodeDeviceStatus,
  decodeProgress,
  decodeReading,
  parseTopic,
  type AgentState,
  type CommandProgress,
  type DeviceStatus,
  type Reading,
} from "../message/index.ts";

/** One message of a subscription, by the kind of its topic. */
export type Message =
  | ({ readonly kind: "telemetry"; readonly agent: string; readonly device: string } & Reading)
  | { readonly kind: "state"; readonly agent: string; readonly state: AgentState }
  | {
      readonly kind: "device";
      readonly agent: string;
      readonly device: string;
      readonly status: DeviceStatus;
    }
  | { readonly kind: "command"; readonly agent: string; readonly progress: CommandProgress };

/** @throws DunlinError `message-invalid`; @returns undefined for a topic of no known kind */
export function decodeMessage(topicText: string, body: Buffer): Message | undefined {
  const topic = parseTopic(topicText);
  switch (topic?.kind) {
    case "telemetry":
      return { kind: "telemetry", agent: topic.agent, device: topic.device, ...decodeReading(body) };
    case "state":
      return topic.device === undefined
        ? { kind: "state", agent: topic.agent, state: decodeAgentState(body) }
        : { kind: "device", agent: topic.agent, device: topic.device, status: decodeDeviceStatus(body) };
    case "command":
      return { kind: "command", agent: topic.agent, progress: decodeProgress(body) };
    case undefined:
      return undefined;
  }
}
