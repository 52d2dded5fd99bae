import { stringify } from "yaml";
import { connect } from "../client/index.ts";
import type { QueryName } from "../message/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { terminal } from "./terminal.ts";

export async function queryCommand(
  query: QueryName,
  words: string[],
  options: { readonly address: string; readonly json?: boolean; readonly timeout: number },
): Promise<ExitCode> {
  const client = connect(options.address);
  try {
    const result = await client.query(query, parseKeyValues(words), { timeoutMs: options.timeout * 1_000 });
    terminal.print(options.json ? JSON.stringify(result) : stringify(result).trimEnd());
    return EXIT.ok;
  } finally {
    client.close();
  }
}
