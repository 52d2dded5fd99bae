import { version as libzmq } from "zeromq";
import { PROTOCOL_VERSION } from "../message/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { table, terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export async function versionCommand(options: { json?: boolean }): Promise<ExitCode> {
  const versions = {
    dunlin: VERSION,
    protocol: String(PROTOCOL_VERSION),
    node: process.versions.node,
    libzmq,
    architecture: process.arch,
  };
  terminal.print(options.json ? JSON.stringify(versions) : table(Object.entries(versions)));
  return EXIT.ok;
}
