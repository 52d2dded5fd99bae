import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import t from "tap";

/** docs/adr/0001: imports go downwards only. A folder may import from the folders of lower layers, by their index.ts. */
const LAYERS: Record<string, number> = {
  base: 0,
  message: 1,
  codec: 1,
  keys: 0.5,
  config: 1.5,
  serial: 2,
  journal: 2,
  bus: 2,
  ipc: 2,
  systemd: 2,
  device: 3,
  link: 3,
  command: 3,
  component: 3,
  core: 3.5,
  agent: 4,
  hub: 4,
  insight: 4,
  client: 4,
  bridge: 4,
  journaling: 4,
  "fleet-sim": 4.5,
  doctor: 4.5,
  top: 4.5,
  cli: 5,
};
const CLIENT_MAY = ["base", "message", "bus"];
const DRIVER_MAY = ["base", "message", "codec", "device"];

/** Protocols that are defined on another's, whose reading is not written twice. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = { "dsmr-p1": ["iec62056-21"] };

/** What is defined beside a driver, and spoken by it alone. */
const DRIVER_ALSO_MAY: Readonly<Record<string, readonly string[]>> = { "dunlin-link": ["link"] };

const root = resolve(import.meta.dirname, "..");
const files = [...sources("src"), ...sources("devices")];
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

/** Relative imports, type imports and dynamic ones included, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    relative(root, resolve(root, dirname(file), match[1] ?? "")),
  );
}

function area(file: string): { top: string; folder: string } {
  const [top = "", folder = ""] = file.split("/");
  return { top, folder: file.split("/").length > 2 ? folder : "" };
}

t.test("every folder of src/ has a layer and an index.ts", async (t) => {
  for (const folder of new Set(
    files.filter((file) => file.startsWith("src/")).map((file) => area(file).folder),
  )) {
    t.ok(folder in LAYERS, `src/${folder} is in the table of layers`);
    t.ok(folder === "cli" || files.includes(`src/${folder}/index.ts`), `src/${folder}/index.ts is there`);
  }
});

t.test("src/ imports downwards only, and other folders only by their door", async (t) => {
  for (const [file, targets] of imports) {
    const from = area(file);
    if (from.top !== "src") continue;
    for (const target of targets) {
      const to = area(target);
      if (to.top === "src" && to.folder === from.folder) continue;
      if (to.top === "devices") {
        t.equal(from.folder, "cli", `${file} imports ${target}: only cli/ may import devices/`);
        continue;
      }
      if (target === "package.json") continue;
      const down = (LAYERS[to.folder] ?? 99) < (LAYERS[from.folder] ?? -1);
      const allowed = from.folder === "client" ? CLIENT_MAY.includes(to.folder) : down;
      if (!allowed) t.fail(`${file} imports ${target}: not a lower layer`);
      if (!target.endsWith("/index.ts")) t.fail(`${file} imports ${target}: not the folder's index.ts`);
    }
  }
  t.pass(`${imports.size} files`);
});

t.test("a driver imports only base, message, codec and device", async (t) => {
  for (const [file, targets] of imports) {
    const from = area(file);
    if (from.top !== "devices" || from.folder === "") continue;
    for (const target of targets) {
      const to = area(target);
      const mayMeet = [from.folder, ...(BUILT_ON[from.folder] ?? [])];
      const mayUse = [...DRIVER_MAY, ...(DRIVER_ALSO_MAY[from.folder] ?? [])];
      const allowed = to.top === "devices" ? mayMeet.includes(to.folder) : mayUse.includes(to.folder);
      if (!allowed) t.fail(`${file} imports ${target}`);
    }
  }
  t.pass("checked");
});

/** What is imported statically is in the memory of every process that loads the importer. */
const HTTP = /^import (?!type ).*"(?:node:https?|@prometheus-io\/client)"/m;
const INSIGHT = /^import (?!type ).*"\.\.\/insight\/index\.ts"/m;

t.test("HTTP and the metrics library are loaded only where they are used", async (t) => {
  for (const file of files) {
    const { folder } = area(file);
    const text = readFileSync(join(root, file), "utf8");
    if (HTTP.test(text) && folder !== "insight") t.fail(`${file} imports them: that is for insight`);
    if (INSIGHT.test(text) && folder !== "doctor") t.fail(`${file} imports insight statically`);
  }
  t.pass(`${files.length} files`);
});

t.test("there is no import cycle", async (t) => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      t.fail(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  t.pass(`${files.length} files`);
});

t.test("process.exit is called in cli/ only", async (t) => {
  for (const file of files) {
    if (area(file).folder === "cli") continue;
    t.notMatch(readFileSync(join(root, file), "utf8"), /process\.exit\(/, file);
  }
});
