import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { accessOf, isSameNode, lookAt, membersOf, watchNode } from "../../src/serial/device-node.ts";

t.test("a watched node that goes and comes back is told each look, and is another one then", async (t) => {
  const folder = t.testdir({ ttyUSB0: "", other: "" });
  const path = join(folder, "ttyUSB0");
  const first = await lookAt(path);
  const looks: Awaited<ReturnType<typeof lookAt>>[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const end = watchNode(path, 1, (node) => {
    looks.push(node);
    if (looks.length === 1) rmSync(path);
    if (looks.length === 2) renameSync(join(folder, "other"), path);
    if (looks.length === 3) resolve();
  });
  await done;
  end();
  t.same(
    looks.map((node) => isSameNode(first, node)),
    [true, false, false],
  );
  t.same(
    looks.map((node) => node === undefined),
    [false, true, false],
  );
});

t.test("who may use a node is told by names, or by numbers that have none", async (t) => {
  const etc = t.testdir({
    passwd: "root:x:0:0:root:/root:/bin/sh\n",
    group: "root:x:0:\ndialout:x:20:pi,ada\n",
    node: "",
  });
  const path = join(etc, "node");
  chmodSync(path, 0o640);
  const roots = { dev: "", sys: "", proc: "", etc };
  const access = await accessOf(path, roots);
  t.match(access, { readable: true, writable: true, mode: "rw-r-----" });
  t.equal(access.owner, process.getuid?.() === 0 ? "root" : String(process.getuid?.()));
  t.same(await membersOf("dialout", roots), ["pi", "ada"]);
  t.same(await membersOf("root", roots), []);
  writeFileSync(join(etc, "group"), "");
  t.equal((await accessOf(path, roots)).group, String(process.getgid?.()));
});
