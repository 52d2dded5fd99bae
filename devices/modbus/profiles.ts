import { readdirSync, readFileSync } from "node:fs";
import { Check } from "typebox/schema";
import { parse } from "yaml";
import { ProfileSchema, type Profile } from "./profile.ts";

/** Replaced by the files' texts, as JSON, when the binary is bundled (scripts/package); read from the source tree otherwise. */
declare const MODBUS_PROFILES: string | undefined;

const SUFFIX = ".yaml";

/** The profiles of this folder, as text, by name. */
export const PROFILES: Readonly<Record<string, string>> =
  typeof MODBUS_PROFILES === "undefined"
    ? readProfiles()
    : (JSON.parse(MODBUS_PROFILES) as Record<string, string>);

const parsed = new Map<string, Profile>();

/** @throws Error if there is none, or if it is none, which a test holds to be impossible */
export function profileNamed(name: string): Profile {
  const known = parsed.get(name);
  if (known) return known;
  const value: unknown = parse(PROFILES[name] ?? "");
  if (!Check(ProfileSchema, value)) throw new Error(`profile ${name} is no profile`);
  parsed.set(name, value);
  return value;
}

function readProfiles(): Record<string, string> {
  const folder = new URL("profiles/", import.meta.url);
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith(SUFFIX))
      .sort()
      .map((file) => [file.slice(0, -SUFFIX.length), readFileSync(new URL(file, folder), "utf8")]),
  );
}
