import t from "tap";
import { parseKeyValues } from "../../src/cli/key-value.ts";

t.test("words become values: JSON's scalars as such, all else as text", async (t) => {
  t.same(
    parseKeyValues(["a=1", "b=-2.5", "c=true", "d=null", "e=on", 'f="1"', "g=x=y", "h=", 'i={"fan":true}']),
    {
      a: 1,
      b: -2.5,
      c: true,
      d: null,
      e: "on",
      f: "1",
      g: "x=y",
      h: "",
      i: '{"fan":true}',
    },
  );
});

t.test("a word that is not key=value is wrong usage", async (t) => {
  for (const word of ["a", "=1", ""]) t.throws(() => parseKeyValues([word]), { code: "usage" }, word);
});
