import t from "tap";
import { readInflux } from "../../../devices/json-lines/influx.ts";
import { capturesOf } from "../captures.ts";

t.test("fields and tags, whatever their types and escapes", async (t) => {
  const cases: [string, unknown][] = [
    ["air temperature=21.5", [["air.temperature", 21.5]]],
    [
      "air,room=cellar t=-1i,u=7u,on=t,off=FALSE 1465839830100400200",
      [
        ["air.room", "cellar"],
        ["air.t", -1],
        ["air.u", 7],
        ["air.on", true],
        ["air.off", false],
      ],
    ],
    ['m s="a \\"b\\" \\\\ c, d=e"', [["m.s", 'a "b" \\ c, d=e']]],
    [
      "my\\ m\\,x,k\\=1=v\\ 2 f\\,g=1e3",
      [
        ["my m,x.k=1", "v 2"],
        ["my m,x.f,g", 1000],
      ],
    ],
    ["a  b=1  ", [["a.b", 1]]],
  ];
  for (const [line, wanted] of cases) t.same(readInflux(line), wanted, line);
});

for (const capture of capturesOf("influx-line"))
  t.test(`influx-line ${capture.name}`, async (t) => {
    const cases = capture.expected["cases"] as readonly Case[];
    for (const { text: raw, error, output } of cases) {
      const text = typeof raw === "string" ? raw : Buffer.from(raw.binary, "base64").toString();
      const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
      const refused = lines.some((line) => readInflux(line) === "unparsable");
      t.equal(refused, error !== undefined, `${JSON.stringify(raw)}: ${error ?? JSON.stringify(output)}`);
    }
  });

interface Case {
  readonly text: string | { readonly binary: string };
  readonly error?: string;
  readonly output?: unknown;
}
