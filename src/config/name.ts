/** NAME_PATTERN of message/ in words. */
export const NAME_TITLE = "a name (a-z, 0-9, '.', '_', '-'; at most 63; a letter or digit first)";

const MAX_LENGTH = 63;

/** A legal name as like the text as can be: `Plant 7` gives `plant-7`. Empty if no letter or digit is in it. */
export function suggestName(text: string): string {
  return text
    .slice(0, 4 * MAX_LENGTH)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/[._-]+$/, "");
}

/** The agent's name when the configuration gives none: the host's name made into a name; `agent` if nothing is left of it. */
export function defaultName(hostname: string): string {
  return suggestName(hostname) || "agent";
}
