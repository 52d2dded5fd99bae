import type { Command } from "commander";

/** What can follow a command's name. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { readonly flag: string; readonly description: string }[];
  readonly choices: readonly string[];
}

type Shell = "bash" | "zsh" | "fish";

/** A completion script, made from the program itself, so that it cannot fall behind. */
export function completion(program: Command, shell: Shell): string {
  const commands = program.createHelp().visibleCommands(program).map(wordsOf);
  return SCRIPTS[shell](commands);
}

function wordsOf(command: Command): Words {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options
      .filter((option) => !option.hidden)
      .flatMap((option) => [option.long, option.short].filter((flag) => flag !== undefined && flag !== null))
      .map((flag) => ({
        flag,
        description: command.options.find((o) => o.long === flag || o.short === flag)?.description ?? "",
      })),
    choices: [
      ...(command.registeredArguments[0]?.argChoices ?? []),
      ...command.commands.map((each) => each.name()),
    ],
  };
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Words[]) => string>> = { bash, zsh, fish };

function bash(commands: readonly Words[]): string {
  const cases = commands.map(
    ({ name, options, choices }) =>
      `    ${name}) words="${[...choices, ...options.map(({ flag }) => flag), "--help"].join(" ")}" ;;`,
  );
  return `# bash completion for dunlin
_dunlin() {
  local words="${commands.map(({ name }) => name).join(" ")} --help --version"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -F _dunlin dunlin
`;
}

function zsh(commands: readonly Words[]): string {
  const names = commands.map(({ name, description }) => `    '${quote(`${name}:${description}`)}'`);
  const cases = commands.map(({ name, options, choices }) => {
    const specs = options.map(
      ({ flag, description }) => `'${quote(`${flag}[${description.replaceAll(/[[\]]/g, "")}]`)}'`,
    );
    const first = choices.length > 0 ? [`'1:argument:(${choices.join(" ")})'`] : [];
    return `    ${name}) _arguments ${[...specs, ...first, "'*:file:_files'"].join(" ")} ;;`;
  });
  return `#compdef dunlin
_dunlin() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _dunlin dunlin
# Loaded by name at the first completion, as from a folder of completions, this file is the function's body.
[[ $funcstack[1] = _dunlin ]] && _dunlin "$@"
`;
}

function fish(commands: readonly Words[]): string {
  const lines = commands.flatMap(({ name, description, options, choices }) => [
    `complete -c dunlin -n __fish_use_subcommand -f -a ${name} -d '${quote(description)}'`,
    ...(choices.length > 0
      ? [`complete -c dunlin -n '__fish_seen_subcommand_from ${name}' -f -a '${choices.join(" ")}'`]
      : []),
    ...options.map(
      ({ flag, description }) =>
        `complete -c dunlin -n '__fish_seen_subcommand_from ${name}' ${flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`} -d '${quote(description)}'`,
    ),
  ]);
  return `# fish completion for dunlin\n${lines.join("\n")}\n`;
}

function quote(text: string): string {
  return text.replaceAll("'", "’");
}
