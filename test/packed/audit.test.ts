import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";

const SCRIPT = join(import.meta.dirname, "../../scripts/audit.ts");
const BULK = "/-/npm/v1/security/advisories/bulk";

/** Against yaml, which is shipped, and prettier, which is not. */
const KNOWN = { yaml: [advisory(1, "yaml")], prettier: [advisory(2, "prettier")] };

function advisory(id: number, name: string) {
  const url = `https://github.com/advisories/GHSA-aaaa-bbbb-000${id}`;
  return { id, url, title: `${name} does harm`, severity: "high", vulnerable_versions: "<1000" };
}

/** npm itself asks a registry of ours. */
async function audit(
  t: Test,
  registry: RequestListener,
  { answers = {}, flags = [] }: { readonly answers?: object; readonly flags?: readonly string[] } = {},
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const server = createServer(registry).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const file = join(t.testdir(), "answers.json");
  writeFileSync(file, JSON.stringify(answers));
  const env = {
    ...process.env,
    NODE_OPTIONS: "",
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    npm_config_cache: t.testdirName,
    npm_config_fetch_retry_mintimeout: "10",
    npm_config_offline: "true",
  };
  const run = spawn(process.execPath, [SCRIPT, "--answers", file, ...flags], { env });
  const [stdout, stderr, [code]] = await Promise.all([
    text(run.stdout),
    text(run.stderr),
    once(run, "close"),
  ]);
  return { code, stdout, stderr };
}

const tells =
  (known: object): RequestListener =>
  (request, response) => {
    if (request.url !== BULK) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(known));
  };

t.test("what is known fails the audit, and says whether it is shipped, in one line each", async (t) => {
  const { code, stderr } = await audit(t, tells(KNOWN));
  t.equal(code, 1);
  t.match(stderr, "GHSA-aaaa-bbbb-0001 high, shipped: yaml <1000: yaml does harm\n");
  t.match(stderr, "GHSA-aaaa-bbbb-0002 high, tools only: prettier <1000: prettier does harm\n");
  t.match(stderr, "2 without an answer");
});

t.test("an answer holds until its day; one to nothing is told", async (t) => {
  const answers = {
    "GHSA-aaaa-bbbb-0001": { reason: "we do not do that", until: "9999-12-31" },
    "GHSA-aaaa-bbbb-0002": { reason: "nor that", until: "2026-01-31" },
    "GHSA-aaaa-bbbb-0003": { reason: "nobody does", until: "9999-12-31" },
  };
  const both = await audit(t, tells(KNOWN), { answers });
  t.match(both, { code: 1, stdout: "we do not do that (until 9999-12-31)" });
  t.match(both.stderr, "answered until 2026-01-31: nor that\n1 without an answer");
  t.match(both.stderr, "GHSA-aaaa-bbbb-0003 is answered, and not found any more");
  t.notMatch(both.stderr, "GHSA-aaaa-bbbb-0001");
  t.match(await audit(t, tells({ yaml: KNOWN.yaml }), { answers }), {
    code: 0,
    stdout: "audited: 1 known, all answered",
  });
});

t.test("an answer without a reason or a day is refused", async (t) => {
  const answers = { "GHSA-aaaa-bbbb-0001": { reason: "later" } };
  t.match(await audit(t, tells(KNOWN), { answers }), {
    code: 1,
    stderr: "GHSA-aaaa-bbbb-0001 needs a reason, and until when it holds",
  });
});

t.test("nothing known passes", async (t) => {
  t.match(await audit(t, tells({})), { code: 0, stdout: "audited: none known", stderr: "" });
});

t.test(
  "a registry that does not tell is no pass: a warning, or a failure where it is required",
  async (t) => {
    const silent: RequestListener = (_request, response) => void response.writeHead(405).end();
    t.match(await audit(t, silent), { code: 0, stdout: "", stderr: /NOT AUDITED.*\n405 Method Not Allowed/ });
    t.match(await audit(t, silent, { flags: ["--required"] }), { code: 1, stderr: "NOT AUDITED" });
  },
);
