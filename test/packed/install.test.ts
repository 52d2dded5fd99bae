import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { dunlin } from "../support/cli.ts";

t.test(
  "install --prefix puts the binary, its unit, its user and a first configuration in place; again keeps the configuration",
  async (t) => {
    const prefix = t.testdir();
    t.match(await dunlin(["install", "--prefix", prefix]), {
      code: 0,
      stderr: /copy .* to .*usr\/local\/bin\/dunlin/,
    });
    const binary = join(prefix, "usr/local/bin/dunlin");
    t.equal(statSync(binary).mode & 0o777, 0o755);
    const unit = readFileSync(join(prefix, "etc/systemd/system/dunlin.service"), "utf8");
    t.match(unit, /^ExecStart=\/usr\/local\/bin\/dunlin agent /m);
    t.match(readFileSync(join(prefix, "usr/lib/sysusers.d/dunlin.conf"), "utf8"), /^u dunlin /m);
    const template = readFileSync(join(prefix, "etc/systemd/system/dunlin@.service"), "utf8");
    t.match(template, /^ExecStart=\/usr\/local\/bin\/dunlin agent -c \/etc\/dunlin\/%i\.yaml$/m);
    for (const name of ["State", "Runtime", "Cache"])
      t.match(template, new RegExp(`^${name}Directory=dunlin@%i$`, "m"), "folders of its own");
    t.match(readFileSync(join(prefix, "usr/lib/tmpfiles.d/dunlin.conf"), "utf8"), /^d \/var\/lib\/dunlin /m);
    const config = join(prefix, "etc/dunlin/agent.yaml");
    t.match(
      await dunlin(["check", config]),
      { code: 0, stdout: /right/ },
      "the first configuration is right",
    );

    writeFileSync(config, "name: mine\n");
    t.match(await dunlin(["install", "--prefix", prefix]), { code: 0 });
    t.equal(readFileSync(config, "utf8"), "name: mine\n");
    t.notOk(existsSync(`${binary}.new`));
  },
);

t.test("install --dry-run says what it would do and does nothing", async (t) => {
  t.match(await dunlin(["install", "--dry-run"]), {
    code: 0,
    stderr: /run systemctl enable dunlin\.service/,
  });
});
