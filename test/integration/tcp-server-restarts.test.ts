import t from "tap";
import { reopen, SOON } from "../support/reopen.ts";
import { SerialServer } from "../support/serial-server.ts";

t.test("a TCP serial server that dies is tried until it is back", async (t) => {
  const server = await SerialServer.listen();
  const { port: number } = server;
  const first = server.client();
  const { port, log } = reopen(t, `tcp://127.0.0.1:${number}`, { backoff: SOON });
  (await first).write("before");
  t.equal((await log.take(6)).toString(), "before");

  await server.die();
  t.match(await log.until("lost"), { error: { code: "port-failed" } });
  t.match(await log.until("waiting"), { error: { code: "port-failed" } });
  t.match(await log.until("waiting"), { error: { code: "port-missing", message: /nothing listens there/ } });
  await t.rejects(port.write(Buffer.from("?")), { message: /is not open/ });

  const again = await SerialServer.listen(number);
  t.teardown(() => again.die());
  const second = again.client();
  await log.until("open");
  (await second).write("after");
  t.equal((await log.take(5)).toString(), "after");
  await port.close();
});
