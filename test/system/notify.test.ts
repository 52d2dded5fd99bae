import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { freeBasePort } from "../support/agent.ts";
import { RunningCli } from "../support/cli.ts";
import { Datagrams } from "../support/datagrams.ts";

t.test(
  "the service manager is told: ready when the sockets are bound, alive while the agent is, stopping",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    const port = await freeBasePort();
    const socket = join(folder, "notify");
    const manager = await Datagrams.open(socket, port + 2);
    const agent = new RunningCli(["agent", "--sim", "--port", String(port)], {
      cwd: folder,
      env: {
        STATE_DIRECTORY: join(folder, "state"),
        RUNTIME_DIRECTORY: join(folder, "run"),
        NOTIFY_SOCKET: socket,
        WATCHDOG_USEC: "600000",
      },
    });
    t.teardown(async () => {
      await agent.stop("SIGKILL");
      manager.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const ready = await manager.first(/^READY=1$/);
    t.ok(ready.reached, "when it is called ready, it answers");
    t.ok(manager.received.every(({ text, reached }) => reached || text !== "READY=1"));
    await manager.first(/^STATUS=3 devices, all online; journal ok$/);
    for (let i = 0; i < 3; i++) await manager.first(/^WATCHDOG=1$/, manager.received.length);
    agent.child.kill("SIGTERM");
    await manager.first(/^STOPPING=1/);
    t.equal(await agent.ended, 0);
  },
);
