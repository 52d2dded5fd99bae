import t from "tap";
import { keyOf } from "../../src/link/index.ts";
import { testLink, TestDevice } from "../support/link-device.ts";

const CONNECTED = "connected to test, firmware 1";
const DESCRIBED = "describe number,plain set,slow,again";

t.test("a device is greeted, asked what it is, and its readings have names", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  device.link.reading({ number: 1, plain: 21.1 }, true);
  device.link.reading({ plain: null }, false);
  device.link.log("hello", false);
  run.until(() => false, 100);
  t.same(told(), [CONNECTED, DESCRIBED, '{"number":1,"plain":21.1}', '{"plain":null}', "hello"]);
});

t.test(
  "readings that come before the description wait for it, and none that is reliable is lost",
  async (t) => {
    const { run, device, told } = testLink({ drop: 0.02, flip: 0.02 });
    let sent = 0;
    run.until(() => {
      if (sent < 200 && device.link.isConnected && device.link.reading({ number: sent }, true)) sent++;
      return false;
    }, 60_000);
    const numbers = told().flatMap((one) => /"number":(\d+)/.exec(one)?.[1] ?? []);
    t.same(
      numbers,
      Array.from({ length: 200 }, (_, i) => String(i)),
    );
  },
);

t.test("commands run once each and end on the firmware's word", async (t) => {
  const { run, device, told } = testLink();
  run.call("early", "set", 7);
  run.until(() => false, 200);
  run.call("late", "slow", -3);
  run.call("gone", "drop", 1);
  run.until(() => device.ran.length === 2, 1_000);
  t.same(told().slice(2), [
    'early ok {"value":7}',
    "gone command-unknown: the device has no command drop any more",
  ]);
  t.equal(device.ran[1]?.key, keyOf("late"));
  device.link.finish(keyOf("late"), false);
  run.until(() => false, 100);
  t.same(told(), ["late failed: failed"]);
});

t.test("four are under way, the others wait for their turn", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  told();
  for (let i = 0; i < 6; i++) run.call(`c${i}`, "slow", i);
  run.until(() => false, 500);
  t.same(
    device.ran.map(({ value }) => value),
    [0, 1, 2, 3],
  );
  device.link.finish(keyOf("c2"), true);
  run.until(() => device.ran.length === 5, 500);
  t.same(told(), ["c2 ok {}"]);
});

t.test(
  "a reset: what ran is interrupted, what may run twice runs again, what had not gone goes",
  async (t) => {
    const slowAgain = {
      description: "",
      arguments: { value: { type: "integer" } },
      idempotent: true,
    } as const;
    const { commands } = new TestDevice().firmware;
    const { run, device, told } = testLink(
      {},
      new TestDevice({
        commands: { ...commands, again: slowAgain },
        run: (name, args, key) => {
          device.ran.push({ name, value: args["value"], key });
          return "pending";
        },
      }),
    );
    run.until(() => false, 100);
    told();
    for (const [i, name] of ["set", "again", "set", "set", "set"].entries()) run.call(`c${i}`, name, i);
    run.until(() => device.ran.length === 4, 500);
    device.reset();
    run.until(() => device.ran.length === 6, 2_000);
    t.same(told(), [
      "the device was reset",
      "c0 interrupted: the device was reset while it had the command",
      "c2 interrupted: the device was reset while it had the command",
      "c3 interrupted: the device was reset while it had the command",
      CONNECTED,
    ]);
    t.same(
      device.ran.slice(4).map(({ value }) => value),
      [1, 4],
    );
    t.ok(run.nowMs < 1_600, `${run.nowMs} ms`);
  },
);

t.test("the firmware has changed: the new description takes the place of the old one", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  device.reset();
  run.until(() => false, 500);
  t.same(
    told().filter((one) => one.startsWith("describe")),
    [DESCRIBED],
    "the same is told once",
  );
  device.reset({ metrics: { number: { type: "number" } }, commands: {}, version: "2" });
  run.until(() => false, 500);
  device.link.reading({ number: 0.5 }, false);
  run.until(() => false, 100);
  t.same(told(), [
    "the device was reset",
    "connected to test, firmware 2",
    "describe number ",
    '{"number":0.5}',
  ]);
});

t.test("the agent starts again: nothing is lost, nothing runs again", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  run.call("one", "slow", 1);
  run.until(() => device.ran.length === 1, 100);
  run.restartHost();
  for (let i = 0; i < 5; i++) device.link.reading({ number: i }, true);
  device.link.finish(keyOf("one"), true);
  told();
  run.call("one", "slow", 1);
  run.until(() => false, 1_000);
  t.same(device.ran.length, 1);
  t.same(told(), [CONNECTED, DESCRIBED, ...[0, 1, 2, 3, 4].map((i) => `{"number":${i}}`), "one ok {}"]);
});

t.test("a wire that is cut for long: both remember, and go on where they were", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  told();
  const { device: far } = run;
  run.device = { poll: () => Buffer.of(), receive: () => Buffer.of() };
  for (let i = 0; i < 20; i++) device.link.reading({ number: i }, true);
  run.call("one", "set", 1);
  run.until(() => false, 5_000);
  t.same(told(), ["the link is lost: nothing valid has come for 3 s"]);
  run.device = far;
  run.until(() => device.ran.length === 1, 4_000);
  run.until(() => false, 1_000);
  const after = told();
  t.equal(after[0], "the link is back");
  t.same(
    after.filter((one) => one.startsWith("{")),
    Array.from({ length: 20 }, (_, i) => `{"number":${i}}`),
  );
  t.ok(after.includes('one ok {"value":1}'));
});

t.test("a call whose time has passed before the device had it is never begun", async (t) => {
  const { run, device, told } = testLink();
  run.until(() => false, 100);
  const { device: far } = run;
  run.device = { poll: () => Buffer.of(), receive: () => Buffer.of() };
  for (let i = 0; i < 6; i++) run.call(`c${i}`, "slow", i);
  run.until(() => false, 11_000);
  run.device = far;
  run.call("new", "slow", 9);
  run.until(() => device.ran.length > 0, 4_000);
  run.until(() => false, 4_000);
  t.same(
    device.ran.map(({ value }) => value),
    [9],
  );
  t.notOk(told().some((one) => /^c\d/.test(one)));
});

t.test("a call is cancelled: before it goes, on its way, while it runs", async (t) => {
  const { run, device } = testLink();
  run.call("never", "slow", 0);
  run.cancel("never");
  run.until(() => false, 100);
  const { device: far } = run;
  run.device = { poll: () => Buffer.of(), receive: () => Buffer.of() };
  run.call("lost", "slow", 1);
  run.until(() => false, 20);
  run.cancel("lost");
  run.device = far;
  run.call("next", "slow", 2);
  run.until(() => false, 3_000);
  t.same(
    device.ran.map(({ value }) => value),
    [1, 2],
    "what may have come is called off in order",
  );
});

t.test("what does not fit into the device's frames, or into 32 bits, is not sent", async (t) => {
  const text = { description: "", arguments: { value: { type: "text" } } } as const;
  const { run, told } = testLink(
    {},
    new TestDevice({
      commands: { say: text, set: { description: "", arguments: { value: { type: "integer" } } } },
    }),
  );
  run.until(() => false, 100);
  told();
  run.call("long", "say", "x".repeat(100));
  run.call("large", "set", 2 ** 40);
  run.call("right", "say", "x".repeat(45));
  run.until(() => false, 200);
  t.same(told(), [
    "long arguments-invalid: the arguments are too long: the device takes frames of 64 bytes",
    "large arguments-invalid: argument value cannot go over the link",
    `right ok {"value":"${"x".repeat(45)}"}`,
  ]);
});

t.test("arguments go by their places, also if their names are numbers", async (t) => {
  const ran: unknown[] = [];
  const device = new TestDevice({
    commands: { go: { description: "", arguments: { value: { type: "integer" } } } },
    run: (_, args) => {
      ran.push(args);
      return {};
    },
  });
  const { run } = testLink({}, device);
  run.call("one", "go", 5);
  run.until(() => ran.length === 1, 1_000);
  t.same(ran, [{ value: 5 }]);
});

t.test("how the link is", async (t) => {
  const { run } = testLink({ delayMs: [4, 4] });
  run.until(() => false, 3_500);
  const quality = run.takeQuality();
  t.match(quality, { loss: 0, retransmits: 0, badFrames: 0, dropped: 0 });
  t.ok((quality.rttMs ?? 0) >= 8 && (quality.rttMs ?? 0) < 20, `${quality.rttMs} ms`);
  t.match(run.takeQuality(), { rttMs: null, loss: null });
});
