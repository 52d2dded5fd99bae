import t from "tap";
import { openPort } from "../../src/serial/index.ts";
import { LINE } from "../support/line.ts";
import { PortLog } from "../support/port-log.ts";
import { DunlinError } from "../../src/base/index.ts";

const handlers = (log: PortLog) => ({ onChunk: log.onChunk, onLost: (error: Error) => void t.error(error) });
const address = { kind: "sim", driver: "counter" } as const;

t.test("a simulated line sends its steps and answers what is written", async (t) => {
  let step = 0;
  const simulate = (driver: string) => ({
    step: () => ({ bytes: Buffer.from(`${driver} ${++step}\n`), afterMs: 1 }),
    receive: (bytes: Uint8Array) => Buffer.from(`got ${bytes.length}\n`),
  });
  const log = new PortLog();
  const port = await openPort(address, { line: LINE, simulate }, handlers(log));
  t.equal((await log.take(20)).toString(), "counter 1\ncounter 2\n");
  await port.close();
  await t.rejects(port.write(Buffer.from("?")), { code: "cancelled" });
});

t.test("the answer comes after the write, not within it", async (t) => {
  const simulate = () => ({
    step: () => ({ bytes: new Uint8Array(), afterMs: 60_000 }),
    receive: (bytes: Uint8Array) => Buffer.from(`got ${bytes.length}\n`),
  });
  const log = new PortLog();
  const port = await openPort(address, { line: LINE, simulate }, handlers(log));
  t.teardown(() => port.close());
  await port.write(Buffer.from("abc"));
  t.equal((await log.take(6)).toString(), "got 3\n");
});

t.test("without simulators, or with one that does not know the driver, opening fails", async (t) => {
  const log = new PortLog();
  await t.rejects(openPort(address, { line: LINE }, handlers(log)), { code: "address-invalid" });
  const simulate = (driver: string): never => {
    throw new DunlinError("driver-unknown", `no driver ${driver}`);
  };
  await t.rejects(openPort(address, { line: LINE, simulate }, handlers(log)), { code: "driver-unknown" });
});
