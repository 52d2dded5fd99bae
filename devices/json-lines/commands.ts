import type { Argument, CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import type { JsonLinesSettings } from "./settings.ts";

const ENDINGS = { lf: "\n", crlf: "\r\n", cr: "\r", none: "" } as const;

const SEND: CommandDescription = {
  description: "write a line to the device",
  arguments: { text: { type: "text", min: 1, max: 1_000, description: "the line, without its end" } },
};

/** The commands of the configuration, and `send` unless there is one of that name among them. */
export function commandsOf({ commands }: JsonLinesSettings): CommandDescriptions {
  const configured = Object.entries(commands).map(([name, { description, idempotent, arguments: args }]) => [
    name,
    { description, arguments: args as Record<string, Argument>, idempotent },
  ]);
  return { send: SEND, ...(Object.fromEntries(configured) as CommandDescriptions) };
}

/** What a command writes, or why it cannot be written. */
export function lineOf(
  name: string,
  args: Values,
  { commands, lineEnding }: JsonLinesSettings,
): Buffer | { readonly fault: string } {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const text = command
    ? render(command.template, Object.keys(command.arguments), args)
    : String(args["text"]);
  // A line's end inside would make two commands of one.
  // oxlint-disable-next-line eslint/no-control-regex
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return { fault: "the line would hold a control character" };
  return Buffer.from(text + ENDINGS[lineEnding]);
}

/** Only the names of arguments are placeholders: `{"fan":{on}}` has one. */
function render(template: string, names: readonly string[], args: Values): string {
  return template.replaceAll(/\{([a-z0-9][a-z0-9._-]*)\}/g, (placeholder, name: string) =>
    names.includes(name) ? String(args[name] ?? "") : placeholder,
  );
}
