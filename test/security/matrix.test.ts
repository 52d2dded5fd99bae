import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { v7 } from "uuid";
import { connect, type ClientKeys } from "../../src/client/index.ts";
import { newCertificate, type SecretCertificate } from "../../src/keys/index.ts";
import { encode, encodeCommand } from "../../src/message/index.ts";
import { Collector } from "../support/agent.ts";
import { PYTHON, run } from "../support/program.ts";
import { startSecureAgent } from "../support/secure-agent.ts";

const KINDS = ["telemetry", "command", "query"] as const;
const WHO = ["no CURVE", "unknown key", "key of another role", "revoked key", "right key"] as const;
/** How long a cell that must not work is watched, ms. One that works needs some milliseconds. */
const LIMIT_MS = 3_000;

interface Cell {
  readonly who: (typeof WHO)[number];
  readonly kind: (typeof KINDS)[number];
  readonly endpoint: string;
  readonly keys: ClientKeys | undefined;
  /** The command's id. */
  readonly id: string;
  readonly body: Buffer;
}

t.test(
  "only the right key works, for each socket and from each language",
  { timeout: 120_000 },
  async (t) => {
    const agent = await startSecureAgent();
    t.teardown(() => agent.close());
    const reader = await agent.allow("reader", ["read"]);
    const commander = await agent.allow("commander", ["command"]);
    const gone: Record<string, SecretCertificate> = {};
    for (const role of ["read", "command"] as const) gone[role] = await agent.allow(`gone-${role}`, [role]);
    const witness = new Collector(agent.clientOf(await agent.allow("witness", ["read"])), [
      "command/",
      "state/",
    ]);
    await witness.first("the agent", ({ kind }) => kind === "state");
    for (const role of ["read", "command"] as const) agent.revoke(`gone-${role}`, role);
    await until(() => agent.test.log.filter((line) => line.includes("is revoked")).length >= 2);

    const { telemetry, commands, queries } = agent.test.client.endpoints;
    const endpoints = { telemetry, command: commands, query: queries };
    const keysFor = (who: Cell["who"], kind: Cell["kind"]): ClientKeys | undefined => {
      const role = kind === "command" ? "command" : "read";
      if (who === "no CURVE") return undefined;
      if (who === "unknown key") return agent.keysOf(newCertificate("stranger"));
      if (who === "revoked key") return agent.keysOf(gone[role] as SecretCertificate);
      const isRight = (who === "right key") === (role === "read");
      return agent.keysOf(isRight ? reader : commander);
    };
    const cellsFor = (): Cell[] =>
      WHO.flatMap((who) =>
        KINDS.map((kind) => {
          const id = v7();
          const body = kind === "query" ? encode({ query: "status" }) : commandOf(id);
          return { who, kind, endpoint: endpoints[kind], keys: keysFor(who, kind), id, body };
        }),
      );
    const languages: Record<string, TryAll> = {
      "zeromq.js": tryHere,
      pyzmq: tryPython,
      C: await compiled(t),
    };
    for (const [language, tryAll] of Object.entries(languages)) {
      const cells = cellsFor();
      const results = await tryAll(cells);
      for (const [at, { who, kind, id }] of cells.entries()) {
        const arrived = witness.messages.some(
          (message) => message.kind === "command" && message.progress.id === id,
        );
        const worked = kind === "command" ? arrived : results[at];
        t.equal(worked, who === "right key", `${language}: ${kind} with ${who}`);
      }
    }
    const status = (await agent.clientOf(reader).query("status")) as { security: { refused: number } };
    t.ok(status.security.refused > 0, "refusals are counted");
    const text = agent.test.log.join("\n");
    t.match(
      text,
      /key that is not authorized to read was refused.*SHA256:/,
      "and logged with what to compare",
    );
    t.notOk(text.includes(reader.secretKey), "no secret is in the log");
  },
);

t.test("a client whose key is allowed later gets in by itself", { timeout: 120_000 }, async (t) => {
  const agent = await startSecureAgent();
  t.teardown(() => agent.close());
  const stranger = newCertificate("late");
  let refusals = 0;
  const client = connect(agent.test.address, { keys: agent.keysOf(stranger) });
  t.teardown(() => client.close());
  const stream = client.subscribe("state/", { onRefused: () => refusals++ });
  const first = stream.next();
  await until(() => refusals > 0);
  await t.rejects(client.query("status", {}, { timeoutMs: 1_000 }), {
    code: "timed-out",
    message: /does it know this key/,
  });
  await agent.allow("late", ["read"], stranger);
  t.match(await first, { value: { kind: "state" } });
  t.match(await client.query("status", {}, { timeoutMs: 40_000 }), { agent: "pi" });
});

/** What came of each cell; for a command that cannot be seen from there. */
type TryAll = (cells: readonly Cell[]) => Promise<boolean[]>;

function tryHere(cells: readonly Cell[]): Promise<boolean[]> {
  return Promise.all(
    cells.map(async ({ kind, keys, endpoint, id }) => {
      const client = connect(endpointBase(kind, endpoint), keys ? { keys } : {});
      const yes = (): boolean => true;
      const no = (): boolean => false;
      try {
        if (kind === "query") return await client.query("status", {}, { timeoutMs: LIMIT_MS }).then(yes, no);
        if (kind === "command")
          return await client.push("pi", "nothing", {}, { id, expiresMs: LIMIT_MS }).then(yes, no);
        const stream = client.subscribe("state/", { signal: AbortSignal.timeout(LIMIT_MS) });
        return (await stream.next()).done !== true;
      } finally {
        client.close();
      }
    }),
  );
}

async function tryPython(cells: readonly Cell[]): Promise<boolean[]> {
  const specs = cells.map(({ kind, endpoint, keys, body }) => ({
    kind,
    endpoint,
    body: body.toString("hex"),
    ...(keys && { server: keys.serverKey, public: keys.publicKey, secret: keys.secretKey }),
  }));
  const script = join(import.meta.dirname, "matrix-client.py");
  const { out, err } = await run(PYTHON, [script, String(LIMIT_MS / 1_000)], {}, JSON.stringify(specs));
  if (out === "") throw new Error(err);
  return JSON.parse(out) as boolean[];
}

async function compiled(t: Test): Promise<TryAll> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "client");
  const source = join(import.meta.dirname, "matrix-client.c");
  const flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"];
  t.match(await run("cc", [...flags, source, "-lzmq", "-o", program]), { code: 0, err: /^$/ });
  return (cells) =>
    Promise.all(
      cells.map(async ({ kind, endpoint, keys, body }) => {
        const words = [keys?.serverKey ?? "-", keys?.publicKey ?? "-", keys?.secretKey ?? "-"];
        const { code, err } = await run(program, [
          kind,
          endpoint,
          ...words,
          body.toString("hex"),
          String(LIMIT_MS),
        ]);
        if (code !== 0 && code !== 1) throw new Error(err);
        return code === 0;
      }),
    );
}

/** The agent's base address by one of its endpoints. */
function endpointBase(kind: Cell["kind"], endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  return `tcp://${hostname}:${Number(port) - { telemetry: 0, command: 1, query: 2 }[kind]}`;
}

function commandOf(id: string): Buffer {
  const issued = Date.now() * 1_000;
  return encodeCommand({
    id,
    target: "pi",
    name: "nothing",
    args: {},
    issued,
    expires: issued + 60e6,
    issuer: "",
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
