/** A bridge with drivers made to fail on command, run as a process of its own by the fault tests. */
import * as Type from "typebox";
import { runBridge } from "../../src/bridge/index.ts";
import {
  LINE_8N1,
  type AnyDriver,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import type { CommandDescriptions } from "../../src/message/index.ts";

const COMMANDS: CommandDescriptions = {
  throw: { description: "throw now", arguments: {} },
  spin: { description: "never return", arguments: {} },
  "never-answer": { description: "give no outcome", arguments: {}, timeoutMs: 60_000 },
};

/** One byte is one reading: its value. */
class CountingSession implements Session {
  readonly #throwsAlways: boolean;

  constructor(throwsAlways: boolean) {
    this.#throwsAlways = throwsAlways;
  }

  push(chunk: Uint8Array): DriverEvent[] {
    if (this.#throwsAlways) throw new Error("made to fail at every chunk");
    return [...chunk].map((value) => ({ type: "reading", values: { value } }));
  }

  run({ name }: { readonly name: string }): DriverEvent[] {
    if (name === "throw") throw new Error("made to fail");
    while (name === "spin");
    return [];
  }
}

function faulty(name: string, throwsAlways: boolean): Driver {
  return {
    name,
    title: "counts",
    settings: Type.Object({}),
    line: { baudRate: 9600, ...LINE_8N1 },
    describe: () => ({ metrics: { value: { type: "integer" } }, commands: COMMANDS, silenceMs: 5_000 }),
    open: () => new CountingSession(throwsAlways),
    simulate: () => {
      let count = 0;
      return {
        step: () => ({ bytes: Uint8Array.of(count++ & 0xff), afterMs: 20 }),
        receive: () => new Uint8Array(0),
      };
    },
  };
}

const drivers: Record<string, () => Promise<AnyDriver>> = {
  counter: () => Promise.resolve(faulty("counter", false)),
  thrower: () => Promise.resolve(faulty("thrower", true)),
};

const orphaned = new Promise<void>((resolve) => {
  process.stdin.on("end", resolve).resume();
});
await runBridge({
  endpoint: process.env["DUNLIN_ENDPOINT"] ?? "",
  name: process.env["DUNLIN_COMPONENT"] ?? "",
  drivers: { shipped: drivers, describe: () => Promise.reject(new Error("nothing is described here")) },
  orphaned,
});
process.exit(0);
