import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { DunlinError, ERROR_CODES } from "../../src/base/index.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

t.test("docs/errors.md has every code of src/base/errors.ts and no other, in order", async (t) => {
  t.same(
    rows.map(([, code]) => code?.replaceAll("`", "")),
    [...ERROR_CODES],
  );
});

t.test("each row says what it means and what to do, and whether it may work again", async (t) => {
  for (const [, quoted = "", again, meaning = "", remedy = ""] of rows) {
    const code = ERROR_CODES.find((each) => quoted === `\`${each}\``) ?? "internal";
    t.ok(meaning.length > 20 && remedy.length > 10, `${quoted} is explained`);
    t.equal(again, new DunlinError(code, "").retryable ? "yes" : "no", `${quoted} again`);
  }
});
