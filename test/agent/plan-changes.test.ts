import t from "tap";
import { planChanges } from "../../src/agent/plan-changes.ts";
import type { BridgePlan, ForeignPlan } from "../../src/agent/index.ts";

const program = { command: "dunlin", args: ["component", "bridge"] };

function bridge(
  name: string,
  devices: Readonly<Record<string, { driver: string; baud?: number }>>,
): BridgePlan {
  return { kind: "bridge", name, program, devices };
}

function foreign(name: string, command?: string): ForeignPlan {
  return { kind: "foreign", name, ...(command === undefined ? {} : { program: { command, args: [] } }) };
}

t.test("the same plans, made anew, change nothing", async (t) => {
  const plans = () => [bridge("a", { x: { driver: "ubx" } }), foreign("p", "prog"), foreign("q")];
  t.strictSame(planChanges(plans(), plans()), { ended: [], started: [], reworked: [], goneDevices: [] });
});

t.test("of a bridge that goes on only devices that differ are named", async (t) => {
  const before = bridge("a", { same: { driver: "ubx" }, other: { driver: "ubx" }, gone: { driver: "ubx" } });
  const after = bridge("a", {
    same: { driver: "ubx" },
    other: { driver: "ubx", baud: 9600 },
    new: { driver: "ubx" },
  });
  t.strictSame(planChanges([before], [after]), {
    ended: [],
    started: [],
    reworked: [{ plan: after, begun: ["other", "new"] }],
    goneDevices: ["gone"],
  });
});

t.test("a device that moves is gone in one bridge and begun in the other", async (t) => {
  const before = [
    bridge("a", { x: { driver: "ubx" }, y: { driver: "ubx" } }),
    bridge("b", { z: { driver: "ubx" } }),
  ];
  const after = [
    bridge("a", { x: { driver: "ubx" } }),
    bridge("b", { z: { driver: "ubx" }, y: { driver: "ubx" } }),
  ];
  const { goneDevices, reworked, ended, started } = planChanges(before, after);
  t.strictSame([goneDevices, ended, started], [["y"], [], []]);
  t.strictSame(
    reworked.map(({ plan, begun }) => [plan.name, begun]),
    [
      ["a", []],
      ["b", ["y"]],
    ],
  );
});

t.test("a program that is another is ended and started; one that becomes a bridge, too", async (t) => {
  const before = [foreign("p", "one"), foreign("q", "two"), bridge("r", { x: { driver: "ubx" } })];
  const after = [foreign("p", "other"), bridge("q", { y: { driver: "ubx" } })];
  const { ended, started, reworked, goneDevices } = planChanges(before, after);
  t.strictSame(ended, ["p", "q", "r"]);
  t.strictSame(started, after);
  t.strictSame([reworked, goneDevices], [[], ["x"]]);
});
