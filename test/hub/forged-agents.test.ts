import t, { type Test } from "tap";
import { v7 } from "uuid";
import { Uplink } from "../../src/agent/uplink.ts";
import { openLog } from "../../src/base/index.ts";
import type { ClientKeys } from "../../src/client/index.ts";
import type { HubOptions } from "../../src/hub/index.ts";
import { authorize, newCertificate, type SecretCertificate } from "../../src/keys/index.ts";
import { encodeProgress, encodeReading } from "../../src/message/index.ts";
import { Collector } from "../support/agent.ts";
import { startHub, untilOnline, type TestHub } from "../support/hub.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

t.setTimeout(60_000);

/** The link of an agent that a test speaks for. */
function link(
  t: Test,
  hub: TestHub,
  name: string,
  keys?: ClientKeys,
): { readonly uplink: Uplink; readonly said: string[] } {
  const said: string[] = [];
  const log = openLog({ level: "debug", format: "text", write: (line) => void said.push(line) });
  const uplink = new Uplink(
    { ...hub.uplink, ...(keys ? { keys } : {}) },
    { name, version: "0", labels: {}, epoch: 1 },
    { onLive: () => {}, onCommand: () => {}, answer: (body) => body, onFault: () => {} },
    log,
  );
  t.teardown(() => uplink.close());
  return { uplink, said };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const guard = AbortSignal.timeout(30_000);
  while (!condition()) {
    if (guard.aborted) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function reading(seq: number): Buffer {
  return encodeReading({ epoch: 1, seq, time: 1_790_000_000_000_000, clock: "synced", values: { n: seq } });
}

t.test("what an agent publishes in another's name is refused and reported; its own goes on", async (t) => {
  const hub = await startHub();
  t.teardown(() => hub.close());
  const { uplink } = link(t, hub, "pi-1");
  link(t, hub, "pi-2");
  await untilOnline(hub, ["pi-1", "pi-2"]);
  const seen = new Collector(hub.client, ["telemetry/", "command/"]);
  uplink.reading(Buffer.from("telemetry/pi-1/gps/"), reading(1));
  await seen.first("its own first", (message) => message.kind === "telemetry");
  uplink.reading(Buffer.from("telemetry/pi-2/gps/"), reading(1));
  const id = v7();
  const progress = { id, target: "pi-2", name: "go", state: "succeeded", time: 1 } as const;
  uplink.publish([Buffer.from(`command/pi-2/${id}/`), encodeProgress(progress)]);
  uplink.reading(Buffer.from("telemetry/pi-1/gps/"), reading(2));
  await seen.first("its own second", (message) => message.kind === "telemetry" && message.seq === 2);
  await until("a word of each", () => hub.log.some((line) => line.includes("not its own")));
  t.ok(
    hub.log.some((line) =>
      /agent pi-1: a reading on "telemetry\/pi-2\/gps\/" that is not its own/.test(line),
    ),
  );
  t.same(
    seen.messages.filter((message) => message.agent === "pi-2"),
    [],
  );
});

/** A hub with keys, and agents that it knows. */
async function secureHub(t: Test) {
  const keysDirectory = mkdtempSync(join(tmpdir(), "dunlin-keys-"));
  t.teardown(() => rmSync(keysDirectory, { recursive: true, force: true }));
  const { publicKey: serverKey, secretKey } = newCertificate("hub");
  const gate = { commands: "open", exceptions: {}, maxCommandsPerSecond: 1_000 } as const;
  const security: HubOptions["security"] = { ...gate, keysDirectory, secretKey };
  const agents = ["pi-1", "pi-2"].map((name) => newCertificate(name));
  for (const agent of agents) authorize(keysDirectory, agent.name, agent, ["agent"]);
  const hub = await startHub({ security });
  t.teardown(() => hub.close());
  const keysOf = ({ publicKey, secretKey: own }: SecretCertificate): ClientKeys => ({
    serverKey,
    publicKey,
    secretKey: own,
  });
  return { hub, keysDirectory, keysOf, agents };
}

t.test("who has not the key of a name is not let in under it", async (t) => {
  const { hub, keysOf, agents } = await secureHub(t);
  const [first] = agents;
  if (!first) throw new Error("no key");
  const forger = link(t, hub, "pi-2", keysOf(first));
  await until("the refusal", () =>
    hub.log.some((line) => /agent pi-2: it has not the key of this name/.test(line)),
  );
  await until("the word of it", () =>
    forger.said.some((line) => line.includes("the hub refuses this agent")),
  );
  const honest = link(t, hub, "pi-1", keysOf(first));
  await until("the honest one", () => honest.said.some((line) => line.includes("hub hub has this agent")));
});

t.test("an agent whose key is revoked is cut off", async (t) => {
  const { hub, keysDirectory, keysOf, agents } = await secureHub(t);
  const [, second] = agents;
  if (!second) throw new Error("no key");
  const { said } = link(t, hub, "pi-2", keysOf(second));
  await until("the link", () => said.some((line) => line.includes("has this agent")));
  rmSync(join(keysDirectory, "authorized/agent/pi-2.key"));
  await until("its end at the hub", () => hub.log.some((line) => line.includes("agent pi-2 is away")));
  await until("its end at the agent", () =>
    said.some((line) => line.includes("the link to the hub is lost")),
  );
});
