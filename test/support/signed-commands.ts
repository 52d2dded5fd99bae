import { CommandGate, type GatePlan } from "../../src/core/index.ts";
import type { ClockQuality, DunlinError } from "../../src/base/index.ts";
import { keyIdOf, newCertificate, type AuthorizedKey, type SecretCertificate } from "../../src/keys/index.ts";
import { decodeEnvelope, encodeCommand, signCommand, type Command } from "../../src/message/index.ts";
import { v7 } from "uuid";
import { harness, SECOND_US } from "./commands.ts";

const SIGNED: GatePlan = { commands: "signed", exceptions: {}, maxCommandsPerSecond: 1_000 };

export const operator = newCertificate("operator");
export const stranger = newCertificate("stranger");
const KEY: AuthorizedKey = { ...operator, role: "sign" };

/** Commands that run only if the operator has signed them. */
export function guarded(plan: Partial<GatePlan> = {}) {
  const invalid: DunlinError[] = [];
  const host = { us: 1_000 * SECOND_US, clock: "synced" as ClockQuality, ms: 0 };
  const gate = new CommandGate(
    { ...SIGNED, ...plan },
    {
      signer: (keyId) => (keyId.equals(keyIdOf(KEY.verifyKey ?? "")) ? KEY : undefined),
      hostUs: () => test.host.us,
      clock: () => test.host.clock,
    },
    () => host.ms,
  );
  const test = harness({
    gate: (envelope) => gate.fault(envelope),
    onInvalid: (error) => void invalid.push(error),
  });
  test.declare();
  return { ...test, invalid, now: host };
}

export function command(more: Partial<Command> = {}): Command {
  const issued = 1_000 * SECOND_US;
  const expires = issued + 30 * SECOND_US;
  return { id: v7(), target: "pi/gps", name: "once", args: {}, issued, expires, issuer: "", ...more };
}

export function signed(more: Partial<Command> = {}, by: SecretCertificate = operator): Buffer {
  return signCommand(command(more), by.signingKey ?? "");
}

/** Another payload under the same signature: what a broker that was taken over would try. */
export function withPayload(body: Buffer, change: (command: Command) => Command): Buffer {
  const { command } = decodeEnvelope(body);
  const before = encodeCommand(command);
  const at = body.indexOf(before);
  const after = encodeCommand(change(command));
  const head = Buffer.from([0x59, after.length >>> 8, after.length & 0xff]);
  return Buffer.concat([
    body.subarray(0, at - headBytes(before.length)),
    head,
    after,
    body.subarray(at + before.length),
  ]);
}

function headBytes(length: number): number {
  return length < 24 ? 1 : length < 256 ? 2 : 3;
}
