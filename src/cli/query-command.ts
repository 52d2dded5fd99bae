import { stringify } from "yaml";
import type { QueryName } from "../message/index.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { terminal } from "./terminal.ts";

export async function queryCommand(
  query: QueryName,
  words: string[],
  options: ClientOptions & { readonly json?: boolean; readonly timeout: number },
): Promise<ExitCode> {
  const client = openClient(options);
  try {
    const result = await client.query(query, parseKeyValues(words), { timeoutMs: options.timeout * 1_000 });
    terminal.print(options.json ? JSON.stringify(result) : stringify(result).trimEnd());
    return EXIT.ok;
  } finally {
    client.close();
  }
}
