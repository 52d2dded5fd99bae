import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import t from "tap";
import { bind } from "../../src/bus/bind.ts";

/** As was seen of libzmq: the address was in use, and it gave another reason. */
const confused = {
  bind: () =>
    Promise.reject(Object.assign(new Error("Operation was not possible or timed out"), { code: "EAGAIN" })),
};

t.test("an address in use is told as that, whatever reason libzmq gives", async (t) => {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const endpoint = `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`;
    await t.rejects(bind(confused, endpoint), { code: "address-in-use" });
    server.close();
    await once(server, "close");
    await t.rejects(bind(confused, endpoint), { code: "address-invalid" });
  }
  await t.rejects(bind(confused, "ipc:///tmp/none"), { code: "address-invalid" });
});
