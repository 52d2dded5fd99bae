import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";

const LIBRARY = join(import.meta.dirname, "../../firmware-bridge");
/** Without one of these the Arduino IDE (1.8) takes no library. Arduino's "Library specification", library.properties. */
const MANDATORY = [
  "name",
  "version",
  "author",
  "maintainer",
  "sentence",
  "paragraph",
  "url",
  "architectures",
];

const read = (file: string): string => readFileSync(join(LIBRARY, file), "utf8");
const headers = read("src/Dunlin.h") + read("src/dunlin_link.h");

t.test("library.properties is what the Arduino IDE wants, and of the library's version", async (t) => {
  const properties = new Map(
    read("library.properties")
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  );
  for (const name of MANDATORY) t.ok(properties.get(name), name);
  t.equal(properties.get("version"), /#define DUNLIN_VERSION "(.*)"/.exec(headers)?.[1]);
});

t.test("the editor's keywords are the library's", async (t) => {
  for (const line of read("keywords.txt").trim().split("\n")) {
    const [, word, kind] = /^(\w+)\t(KEYWORD[12]|LITERAL1)$/.exec(line) ?? [];
    t.ok(kind, line);
    t.match(headers, new RegExp(`\\b${word}\\b`), `${word} is there`);
  }
});

t.test("an example is a folder with a sketch of its name", async (t) => {
  for (const example of readdirSync(join(LIBRARY, "examples")))
    t.match(readdirSync(join(LIBRARY, "examples", example)), [`${example}.ino`]);
});
