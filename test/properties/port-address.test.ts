import fc from "fast-check";
import t from "tap";
import {
  formatPortAddress,
  parsePortAddress,
  PORT_PATTERN,
  type PortAddress,
  portAddressHint,
} from "../../src/message/index.ts";

const SHAPE = new RegExp(PORT_PATTERN);

/** Pieces that addresses are made of, thrown together: reaches further than characters at random. */
const pieces = fc.constantFrom(
  ..."/ // : :// tcp tcp:// sim sim:// file: file:/// ?speed= ?loop &loop dev tty S0 COM 3 [ ] ::1 fe80 % eth0 . - _ a Z host.lan 0 1 23 65535 99999".split(
    " ",
  ),
  "\0",
  "\n",
  " ",
  "é",
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);

function parsed(text: string): PortAddress | undefined {
  try {
    return parsePortAddress(text);
  } catch (error) {
    t.match(error, { name: "DunlinError", code: "address-invalid" });
    return undefined;
  }
}

t.test("an address that is read comes back from what is written, and editors take both", async (t) => {
  fc.assert(
    fc.property(texts, (text) => {
      const address = parsed(text);
      if (!address) return true;
      const written = formatPortAddress(address);
      t.strictSame(parsePortAddress(written), address);
      return SHAPE.test(text) && SHAPE.test(written) && portAddressHint(text) === undefined;
    }),
    { numRuns: 5000 },
  );
});

t.test("what has the shape and is no address is told why", async (t) => {
  fc.assert(
    fc.property(
      texts,
      (text) => !SHAPE.test(text) || (portAddressHint(text) !== undefined) !== !!parsed(text),
    ),
    { numRuns: 5000 },
  );
  t.pass();
});

t.test("a correction that is offered is an address", async (t) => {
  fc.assert(
    fc.property(texts, (text) => {
      const meant = /^did you mean (.*)\?$/s.exec(portAddressHint(text) ?? "")?.[1];
      return meant === undefined || parsed(meant) !== undefined;
    }),
    { numRuns: 5000 },
  );
  t.pass();
});
