import t from "tap";
import { errorOf, identityOf, valueOf } from "../../../devices/scpi/answers.ts";
import { scpi } from "../../../devices/scpi/driver.ts";
import type { Session } from "../../../src/device/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

/** A query and what its answer means: the parts of an identity or of an error, or a value. */
interface Exchange {
  readonly q: string;
  readonly a: unknown;
}

for (const capture of capturesOf("scpi"))
  t.test(`scpi ${capture.name}`, async (t) => {
    const exchanges = (capture.expected["exchanges"] ?? []) as readonly Exchange[];
    t.not(exchanges.length, 0);
    for (const { q, a } of exchanges) {
      const answer = answerIn(capture, q);
      t.strictSame(meaningOf(q, answer), a, q);
      // The session hears the query too, as from an instrument that echoes.
      if (isPolled(q)) t.strictSame(polled(q, `${q}\n${answer}\r\n`), a, `${q} polled`);
    }
  });

/** The line after the query's. */
function answerIn({ bytes }: Capture, query: string): string {
  const lines = bytes.toString("latin1").split(/[\r\n]+/);
  return lines[lines.indexOf(query) + 1] ?? "";
}

function meaningOf(query: string, answer: string): unknown {
  if (/^:?SYST:ERR/i.test(query)) return errorOf(answer);
  if (query !== "*IDN?") return valueOf("number", answer);
  const { manufacturer, model, serial_number: serial, firmware } = identityOf(answer) ?? {};
  return { manufacturer, model, serial, firmware };
}

function isPolled(query: string): boolean {
  return query !== "*IDN?" && !/^:?SYST:ERR/i.test(query);
}

function polled(query: string, wire: string): unknown {
  const queries = [{ metric: "found", query }];
  const session: Session = scpi.open(settingsOf(scpi, { queries, identify: false, errorQuery: "" }));
  session.start?.();
  const readings = session
    .push(Buffer.from(wire, "latin1"))
    .flatMap((event) => (event.type === "reading" ? [event.values["found"]] : []));
  return readings[0];
}
