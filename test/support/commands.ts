import { Commands, type CommandPorts } from "../../src/agent/commands.ts";
import { DeviceTable } from "../../src/agent/device-table.ts";
import type { ClockQuality } from "../../src/base/index.ts";
import type { CommandPut, FromCore } from "../../src/ipc/index.ts";
import { encodeCommand, type Command, type CommandProgress } from "../../src/message/index.ts";

export const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
export const SECOND_US = 1_000_000;

/**
 * Commands of agent pi with one device, gps of component bridge, and time in the test's hands.
 * @param more instead of letting everybody in, and of failing at what is malformed
 */
export function harness(more: Partial<Pick<CommandPorts, "gate" | "onInvalid">> = {}) {
  const devices = new DeviceTable(() => {});
  const published: CommandProgress[] = [];
  const sent: FromCore["command"][] = [];
  const cancelled: string[] = [];
  const puts: { put: CommandPut; done: Parameters<CommandPorts["put"]>[1] }[] = [];
  const host = {
    us: 1_000 * SECOND_US,
    ms: 0,
    clock: "synced" as ClockQuality,
    live: true,
    disk: true,
    awaits: false,
    setByUs: 0,
  };
  const commands = new Commands(
    {
      self: () => ({ name: "pi", labels: {} }),
      devices,
      nowUs: () => host.us,
      hostUs: () => host.us + host.setByUs,
      clock: () => host.clock,
      publish: (progress) => void published.push(progress),
      gate: () => undefined,
      isLive: () => host.live,
      awaits: () => host.awaits,
      send: (_component, verb, message) => {
        if (verb === "command") sent.push(message as FromCore["command"]);
        else cancelled.push(message.id);
      },
      put: (put, done) => void (host.disk ? done({ kind: "durable" }) : puts.push({ put, done })),
      own: { "cancel-command": { description: "", arguments: { id: { type: "text" } }, idempotent: true } },
      runOwn: () => {},
      onInvalid: (error) => {
        throw error;
      },
      ...more,
    },
    () => host.ms,
  );
  const declare = (): void =>
    devices.declare(
      {
        gps: {
          commands: {
            once: { arguments: {} },
            again: { arguments: {}, idempotent: true },
            long: { arguments: {}, cancellable: true },
          },
        },
      },
      "bridge",
      host.us,
    );
  const push = (name: string, more: Partial<Command> = {}): void =>
    commands.receive(
      encodeCommand({
        id: ID,
        target: "pi/gps",
        name,
        args: {},
        issued: host.us,
        expires: host.us + 30 * SECOND_US,
        issuer: "",
        ...more,
      }),
    );
  const states = (): string[] => published.map(({ state }) => state);
  return { commands, devices, host, sent, cancelled, puts, states, published, declare, push };
}
