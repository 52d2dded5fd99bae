import type { Command, Option } from "commander";
import { makeProgram } from "../../src/cli/program.ts";
import { VERSION } from "../../src/cli/version.ts";

/** What of a page the help does not tell. */
const FILES: readonly (readonly [string, string])[] = [
  ["/etc/dunlin/agent.yaml", "configuration of dunlin.service"],
  ["/etc/dunlin/NAME.yaml", "configuration of dunlin@NAME.service, one of several agents on a host"],
  ["/var/lib/dunlin, /var/lib/dunlin@NAME", "journal, keys and epoch"],
];

/** dunlin(1), man(7): made from the help of every command, so that it cannot fall behind. @param date ISO 8601 */
export function manPage(date: string): string {
  const program = makeProgram(() => {});
  const commands = leaves(program);
  return [
    `.TH DUNLIN 1 ${date} "Dunlin ${VERSION}" "User Commands"`,
    ".SH NAME",
    `dunlin \\- ${roff(brief(program.description()))}`,
    ".SH SYNOPSIS",
    ".B dunlin",
    ".I command",
    "[\\fIarguments\\fR] [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    roff(program.description()),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ...verbatim(".SH EXIT STATUS", afterHelp(program).replace(/^Exit codes:\n/, "")),
    ".SH FILES",
    ...FILES.flatMap(([path, what]) => [".TP", `.I ${roff(path)}`, roff(what)]),
    ".SH SEE ALSO",
    ".BR systemctl (1),",
    ".BR journalctl (1)",
    "",
  ].join("\n");
}

/** Commands that do something themselves, by their order in the help. */
function leaves(command: Command): Command[] {
  const visible = command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== "help");
  return visible.flatMap((sub) => (sub.commands.length > 0 ? [sub, ...leaves(sub)] : [sub]));
}

function section(command: Command): string[] {
  const options = command.createHelp().visibleOptions(command);
  return [
    `.SS "${roff(`${path(command)} ${command.commands.length > 0 ? "<command>" : command.usage()}`)}"`,
    roff(sentence(command.description())),
    ...options.filter(({ long }) => long !== "--help").flatMap(optionEntry),
    ...verbatim(".PP", afterHelp(command)),
  ];
}

function path(command: Command): string {
  return command.parent ? `${path(command.parent)} ${command.name()}` : command.name();
}

function optionEntry(option: Option): string[] {
  const { flags, description, defaultValue, argChoices, envVar } = option;
  const shown: unknown = defaultValue;
  const said = shown === undefined || typeof shown === "boolean" ? [] : [`default ${JSON.stringify(shown)}`];
  const notes = [
    ...(argChoices ? [argChoices.join(", ")] : []),
    ...said,
    ...(envVar === undefined ? [] : [`environment ${envVar}`]),
  ];
  const text = [description, ...(notes.length > 0 ? [`(${notes.join("; ")})`] : [])].join(" ").trim();
  return [".TP", `.B ${roff(flags)}`, roff(text)];
}

/** What addHelpText() has put below the rest. */
function afterHelp(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

/** Lines as they are: examples, tables. */
function verbatim(head: string, text: string): string[] {
  return text === "" ? [] : [head, ".nf", ...text.split("\n").map(roff), ".fi"];
}

function brief(description: string): string {
  return description.replace(/[:.].*$/s, "").toLowerCase();
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Escapes what roff reads: backslashes, hyphens that are to be copied, a dot or quote that begins a line. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^([.'])/, "\\&$1");
}
