import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeZ85 } from "../../../src/keys/index.ts";
import { verifyKeyOf } from "../../../src/keys/certificate.ts";
import { signCommand, type Command } from "../../../src/message/index.ts";
import { itemsIn } from "../cbor-items.ts";
import { NATURAL, tokens } from "../target.ts";

interface Vector {
  readonly type: string;
  readonly hex: string;
}

const file = join(import.meta.dirname, "../../../docs/vectors/messages.json");
const { valid, invalid } = JSON.parse(readFileSync(file, "utf8")) as Record<"valid" | "invalid", Vector[]>;

/** The messages of the specification, the bad ones too, of these types; of all if none is named. */
export function vectors(...types: readonly string[]): Buffer[] {
  return [...valid, ...invalid]
    .filter(({ type }) => types.length === 0 || types.includes(type))
    .map(({ hex }) => Buffer.from(hex, "hex"));
}

/** Every small item that the specification's messages have in them, and names that look like more than they are. */
export const ITEMS: readonly Buffer[] = [
  ...itemsIn(vectors(), 100),
  ...tokens(...NATURAL).map((name) => Buffer.concat([Buffer.from([0x60 | name.length]), name])),
];

/** The texts among them, which are the keys. */
export const KEYS = ITEMS.filter((item) => (item[0] as number) >> 5 === 3);

/** Not secret to anybody. */
export const SIGNING_KEY = encodeZ85(Buffer.alloc(32, 7));
export const VERIFY_KEY = verifyKeyOf(SIGNING_KEY);

export const COMMANDS: readonly Command[] = [{}, { level: 3, text: "on", dry: false, none: null }].map(
  (args, i) => ({
    id: `0198c0de-0000-7000-8000-00000000000${i}`,
    target: i === 0 ? "pi" : "pi/gps",
    name: "once",
    args,
    issued: 1_790_000_000_000_000,
    expires: 1_790_000_030_000_000,
    issuer: i === 0 ? "" : "somebody",
  }),
);

export const SIGNED = COMMANDS.map((command) => signCommand(command, SIGNING_KEY));
