import { DunlinError } from "../base/index.ts";

/** Names of agents, devices and components: safe in topics, file names and shells. docs/protocol.md, "Names". */
export const NAME_PATTERN = "^[a-z0-9][a-z0-9._-]{0,62}$";
const NAME = new RegExp(NAME_PATTERN);

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** @throws DunlinError `arguments-invalid` */
export function checkName(text: string, what: string): string {
  if (isName(text)) return text;
  throw new DunlinError(
    "arguments-invalid",
    `${what} ${JSON.stringify(text)} is not a name: use a-z, 0-9, '.', '_' and '-', at most 63, beginning with a letter or digit`,
  );
}
