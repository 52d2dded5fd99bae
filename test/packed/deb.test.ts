import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { BootedDebian } from "../support/booted-debian.ts";
import { debOf, DIST, repack, version } from "../support/deb.ts";

// A Debian is made the first time, and a busy machine takes its time to restart things.
const LIMIT_MS = 600_000;
t.setTimeout(LIMIT_MS);

t.test("in a booted Debian", { timeout: LIMIT_MS }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-deb-"));
  const debian = await BootedDebian.boot({ [DIST]: "/dist", [folder]: "/next" });
  t.teardown(async () => {
    await debian.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const first = `/dist/dunlin_${version}-1_amd64.deb`;
  const state = () =>
    debian.show("dunlin", "ActiveState", "UnitFileState", "StatusText", "MainPID", "NRestarts");
  const restarted = (times: number) =>
    debian.until(`restart ${times}`, async () => {
      const now = await state();
      return Number(now.NRestarts) >= times && now.ActiveState === "active" ? now : undefined;
    });
  const reading = async (...args: string[]): Promise<{ epoch: number; seq: number; agent: string }> =>
    JSON.parse(await debian.must("dunlin", "sub", "-n", "1", "--json", "--timeout", "30", ...args)) as never;
  const pidOf = async (title: string): Promise<string> =>
    (await debian.must("pgrep", "-n", "-u", "dunlin", "-f", `^dunlin ${title}$`)).trim();

  await t.test("dpkg -i leaves it enabled, ready and publishing", async (t) => {
    await debian.must("dpkg", "-i", first);
    t.match(await state(), { ActiveState: "active", UnitFileState: "enabled", NRestarts: "0" });
    t.match(await reading(), { epoch: 1, device: "example" });
    await debian.until("its status", async () =>
      (await state()).StatusText === "1 device, online; journal ok" ? true : undefined,
    );
    t.match(await debian.must("dunlin", "query", "status"), /bridge/);
    const owners = await debian.shell("stat -c '%U %a' /var/lib/dunlin /run/dunlin /var/cache/dunlin");
    t.equal(owners, "dunlin 700\n".repeat(3));
  });

  await t.test("what the sandbox leaves open is at most 2.5 of 10", async (t) => {
    const units = ["dunlin.service", "dunlin@.service", "dunlin-hub.service"];
    for (const unit of units) {
      const text = await debian.must(
        "systemd-analyze",
        "security",
        "--no-pager",
        "--offline=yes",
        `/usr/lib/systemd/system/${unit}`,
      );
      const [, exposure] = /Overall exposure level for .*: ([0-9.]+)/.exec(text) ?? [];
      t.comment(`systemd-analyze security: ${unit} ${exposure}`);
      t.ok(Number(exposure) <= 2.5, `${unit}: ${exposure}`);
    }
    const { stderr } = await debian.run("systemd-analyze", "verify", "--man=no", ...units);
    const unknown = stderr
      .split("\n")
      .filter((line) => line !== "" && !/Restart(Steps|MaxDelaySec)/.test(line));
    t.strictSame(unknown, [], "and systemd understands all of the units but what is for a later one");
  });

  await t.test("udev understands its rules", async (t) => {
    const { stderr, stdout } = await debian.run("udevadm", "test", "--action=add", "/sys/class/tty/tty0");
    const said = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("dunlin"));
    t.match(said, [/^Reading rules file: .*61-dunlin\.rules$/], "without a complaint");
    t.equal(said.length, 1);
  });

  await t.test("its log is in journald, with priorities and fields", async (t) => {
    const [up] = await debian.entries("-u", "dunlin", "--grep", "is up");
    t.match(up, {
      PRIORITY: "6",
      SYSLOG_IDENTIFIER: "dunlin",
      _SYSTEMD_UNIT: "dunlin.service",
      DUNLIN_EPOCH: "1",
      DUNLIN_TELEMETRY: "tcp://127.0.0.1:5555",
      MESSAGE: /^agent \S+ is up epoch=1 telemetry=/,
    });
  });

  await t.test("kill -9: it is back by itself", async (t) => {
    await debian.must("kill", "-9", (await state()).MainPID);
    await restarted(1);
    const { epoch } = await reading();
    t.equal(epoch, 2);
  });

  await t.test("a bridge that is stopped is started again by the agent, which goes on", async (t) => {
    const before = await state();
    const bridge = await pidOf("bridge");
    await debian.must("kill", "-STOP", bridge);
    const lost = await debian.until("the warning", async () => {
      const found = await debian.entries(
        "-u",
        "dunlin",
        "-p",
        "warning",
        "--grep",
        "component bridge is lost",
        "--boot",
      );
      return found.at(-1);
    });
    t.match(lost, { PRIORITY: "4", MESSAGE: /^component bridge is lost/, DUNLIN_REASON: String });
    const next = await debian.until("the next bridge", async () => {
      const { stdout } = await debian.run("pgrep", "-n", "-u", "dunlin", "-f", "^dunlin bridge$");
      return stdout !== "" && stdout.trim() !== bridge ? stdout.trim() : undefined;
    });
    t.ok(next);
    await reading();
    const { MainPID, NRestarts } = await state();
    t.match({ MainPID, NRestarts }, { MainPID: before.MainPID, NRestarts: "1" });
  });

  await t.test("a core that is stopped is ended by the watchdog and started again", async (t) => {
    await debian.shell(
      "mkdir -p /etc/systemd/system/dunlin.service.d && printf '[Service]\\nWatchdogSec=5\\n' > /etc/systemd/system/dunlin.service.d/quick.conf && systemctl daemon-reload && systemctl restart dunlin",
    );
    const { epoch } = await reading();
    await debian.must("kill", "-STOP", (await state()).MainPID);
    await restarted(1);
    t.match(await debian.entries("-u", "dunlin", "--grep", "Watchdog timeout"), [{ _COMM: "systemd" }]);
    t.ok((await reading()).epoch > epoch);
    await debian.shell("rm -r /etc/systemd/system/dunlin.service.d; systemctl daemon-reload");
  });

  await t.test("a wrong configuration is not tried again; one put right starts", async (t) => {
    await debian.shell("cp /etc/dunlin/agent.yaml /root; echo 'devces: {}' >> /etc/dunlin/agent.yaml");
    t.match(await debian.run("systemctl", "restart", "dunlin"), { code: 1 });
    t.match(await debian.show("dunlin", "ActiveState", "ExecMainStatus", "NRestarts"), {
      ActiveState: "failed",
      ExecMainStatus: "2",
      NRestarts: "0",
    });
    await debian.shell("cp /root/agent.yaml /etc/dunlin/; systemctl start dunlin");
    t.match(await state(), { ActiveState: "active" });
  });

  await t.test(
    "reload: a good configuration is taken device by device, a broken one is refused",
    async (t) => {
      const before = await state();
      const { agent, epoch, seq } = await reading();
      await debian.shell(`printf '  second: {driver: pms5003, port: "sim://"}\\n' >> /etc/dunlin/agent.yaml`);
      await debian.must("systemctl", "reload", "dunlin");
      await debian.until("the second device", async () =>
        (await state()).StatusText === "2 devices, all online; journal ok" ? true : undefined,
      );
      const { MainPID, ActiveState } = await state();
      t.match({ MainPID, ActiveState }, { MainPID: before.MainPID, ActiveState: "active" });
      const after = await reading(`${agent}/example`);
      t.match(after, { epoch });
      t.ok(after.seq > seq);
      await debian.shell("sed -i s/pms5003/pms5004/ /etc/dunlin/agent.yaml");
      t.match(await debian.run("systemctl", "reload", "dunlin"), { code: 1 });
      t.match(await debian.entries("-u", "dunlin", "--grep", "there is no driver"), [
        { MESSAGE: /agent\.yaml:\d+:/ },
      ]);
      await debian.shell("kill -HUP $(systemctl show -P MainPID dunlin)");
      await debian.until("the agent's own refusal", async () =>
        (await debian.entries("-u", "dunlin", "--grep", "what was there before goes on")).at(-1),
      );
      t.match(await state(), { MainPID: before.MainPID, StatusText: "2 devices, all online; journal ok" });
      await debian.shell("cp /root/agent.yaml /etc/dunlin/; systemctl reload dunlin");
      await debian.until("one device again", async () =>
        (await state()).StatusText === "1 device, online; journal ok" ? true : undefined,
      );
    },
  );

  await t.test("a hub beside it: ready, watched, and read again at a reload", async (t) => {
    await debian.shell("printf 'listen: {port: 6100}\\n' > /etc/dunlin/hub.yaml; systemctl start dunlin-hub");
    const hub = () => debian.show("dunlin-hub", "ActiveState", "StatusText", "MainPID");
    await debian.until("its status", async () =>
      (await hub()).StatusText === "0 of 0 agents are here; journal ok" ? true : undefined,
    );
    await debian.must("systemctl", "reload", "dunlin-hub");
    await debian.until("its word", async () =>
      (await debian.entries("-u", "dunlin-hub", "--grep", "was read again")).at(-1),
    );
    t.match(await hub(), { ActiveState: "active" });
    const forgotten = await debian.run("dunlin", "fleet", "forget", "nobody");
    t.match(forgotten, { code: 1, stderr: /nobody.* in this fleet of 0/ }, "it is the hub that is asked");
    await debian.must("systemctl", "stop", "dunlin-hub");
  });

  await t.test("ports open to the group dialout, and to no more than that", async (t) => {
    await debian.shell("mknod /dev/ttyUSB7 c 188 7; chgrp dialout /dev/ttyUSB7; chmod 660 /dev/ttyUSB7");
    await debian.shell("mknod /dev/ttyUSB8 c 188 8; chmod 600 /dev/ttyUSB8");
    for (const [name, base] of [
      ["a", 6000],
      ["b", 6010],
    ] as const) {
      const devices =
        name === "a" ? [7, 8].map((n) => `  usb${n}: {driver: ubx, port: /dev/ttyUSB${n}}\n`) : [];
      const text = `name: ${name}\nlisten: {port: ${base}}\ndevices:\n  air: {driver: pms5003, port: "sim://"}\n${devices.join("")}`;
      writeFileSync(join(folder, `${name}.yaml`), text);
    }
    await debian.shell("cp /next/*.yaml /etc/dunlin/; systemctl start dunlin@a dunlin@b");
    const denied = await debian.until("both states", async () => {
      const status = await debian.must("dunlin", "query", "status", "--json", "-a", "tcp://127.0.0.1:6000");
      const { devices } = JSON.parse(status) as { devices: Record<string, { state: string; code?: string }> };
      return devices["usb7"]?.state !== "starting" && devices["usb8"]?.state !== "starting"
        ? devices
        : undefined;
    });
    t.match(denied["usb8"], { code: "port-denied" });
    t.not(denied["usb7"]?.code, "port-denied", "there is no adapter, but we may open it");
  });

  await t.test("two more agents from the template, each with its ports and its journal", async (t) => {
    for (const [name, port] of [
      ["a", 6000],
      ["b", 6010],
    ] as const) {
      t.match(await debian.show(`dunlin@${name}`, "ActiveState"), { ActiveState: "active" });
      t.match(await reading("-a", `tcp://127.0.0.1:${port}`), { agent: name, device: "air", epoch: 1 });
      await debian.must("test", "-d", `/var/lib/dunlin@${name}/journal`);
    }
    await debian.must("systemctl", "stop", "dunlin");
    t.match(
      await reading("-a", "tcp://127.0.0.1:6010"),
      { agent: "b" },
      "one that stops takes nothing of the others",
    );
    await debian.must("systemctl", "start", "dunlin");
  });

  await t.test("the secret key can be a credential", async (t) => {
    await debian.shell(`
      dunlin keys new --agent -c /etc/dunlin/agent.yaml
      mkdir -p -m 700 /etc/credstore
      mv /var/lib/dunlin/keys/agent.key_secret /etc/credstore/dunlin.agent.key_secret
      echo 'listen: {address: 0.0.0.0}' >> /etc/dunlin/agent.yaml
      systemctl restart dunlin`);
    t.match(await state(), { ActiveState: "active" });
    t.match(await reading(), { device: "example" }, "root is asked for no key");
    t.match(
      await debian.must("dunlin", "invite", "--role", "read", "--address", "tcp://pi:5555"),
      /^dunlin-/,
    );
    t.match(await debian.shell("dunlin doctor --json || true"), / runs, version /);
    // The folder of the sockets can be opened to a group.
    await debian.shell("useradd -m maria; useradd -m -G dunlin joan");
    const asked = (user: string) => debian.run("su", user, "-c", "dunlin query status -a ipc:///run/dunlin");
    t.match(await asked("joan"), { code: 2, stderr: /is not open to you/ });
    await debian.shell(`
      mkdir -p /etc/systemd/system/dunlin.service.d
      printf '[Service]\\nRuntimeDirectoryMode=0750\\n' > /etc/systemd/system/dunlin.service.d/local.conf
      systemctl daemon-reload
      systemctl restart dunlin`);
    t.match(await asked("joan"), { code: 0 });
    t.match(await asked("maria"), { code: 2, stderr: /is not open to you/ });
    // A drop-in may say another place.
    await debian.shell(`
      mv /etc/credstore/dunlin.agent.key_secret /root/key
      mkdir -p /etc/systemd/system/dunlin.service.d
      printf '[Service]\\nLoadCredential=agent.key_secret:/root/key\\n' > /etc/systemd/system/dunlin.service.d/key.conf
      systemctl daemon-reload
      systemctl restart dunlin`);
    t.match(await state(), { ActiveState: "active" });
  });

  await t.test("an upgrade keeps configuration and journal, and restarts all agents", async (t) => {
    const before = await Promise.all(["dunlin", "dunlin@a"].map((unit) => debian.show(unit, "MainPID")));
    repack(debOf("amd64"), join(folder, "next.deb"), `${version}-2`);
    await debian.must("dpkg", "-i", "/next/next.deb");
    t.match(
      await debian.must("dpkg-query", "-W", "-f", "${Version} ${Status}", "dunlin"),
      `${version}-2 install ok installed`,
    );
    t.match(await debian.must("tail", "-n1", "/etc/dunlin/agent.yaml"), "listen: {address: 0.0.0.0}");
    for (const [at, unit] of ["dunlin", "dunlin@a"].entries()) {
      const now = await debian.show(unit, "ActiveState", "MainPID");
      t.equal(now.ActiveState, "active", unit);
      t.not(now.MainPID, before[at]?.MainPID);
    }
    t.match(await replayed("a", 6000), /"epoch":1,/, "readings from before are there");
  });

  await t.test("removal leaves configuration and journal; installed again, it goes on", async (t) => {
    await debian.must("dpkg", "-r", "dunlin");
    await debian.shell(
      "test ! -e /usr/bin/dunlin; ! pgrep -u dunlin; test -s /etc/dunlin/agent.yaml; test -d /var/lib/dunlin/journal",
    );
    await debian.must("dpkg", "-i", first);
    t.match(await state(), { ActiveState: "active", UnitFileState: "enabled" });
    await debian.must("systemctl", "start", "dunlin@a");
    t.match(await replayed("a", 6000), /"epoch":1,/);
  });

  await t.test("purge takes all", async (t) => {
    await debian.must("dpkg", "-P", "dunlin");
    const left = await debian.shell(
      "ls -d /etc/dunlin* /var/lib/dunlin* /var/cache/dunlin* /usr/bin/dunlin /etc/systemd/system/*/dunlin* 2>/dev/null || true",
    );
    t.equal(left, "");
    t.equal((await debian.run("pgrep", "-u", "dunlin")).code, 1, "and no process is left");
  });

  await t.test("dunlin install, without a package, leaves it enabled and ready, too", async (t) => {
    await debian.must("/dist/dunlin-linux-x64", "install");
    t.match(await state(), { ActiveState: "active", UnitFileState: "enabled" });
    t.match(await reading(), { epoch: 1, device: "example" });
  });

  async function replayed(agent: string, port: number): Promise<string> {
    return debian.must(
      "dunlin",
      "sub",
      agent,
      "--from",
      "start",
      "--until-caught-up",
      "--json",
      "-a",
      `tcp://127.0.0.1:${port}`,
    );
  }
});
