import t from "tap";
import { LogLevels, openLog } from "../../src/base/index.ts";

t.test(
  "what a line's component says of its level counts before the general one, also when it changes",
  async (t) => {
    const lines: string[] = [];
    const levels = new LogLevels("info", { bridge: "debug" });
    const log = openLog({
      level: levels,
      format: "text",
      now: () => "",
      write: (line) => void lines.push(line.trim()),
    });
    const bridge = log.with({ component: "bridge" });
    log.debug("not this");
    bridge.debug("this");
    log.debug("and this", { component: "bridge" });
    levels.set("error", "bridge");
    bridge.warn("not this");
    levels.set("debug");
    log.debug("this again");
    levels.replace("warn");
    log.info("not this");
    bridge.warn("this too");
    t.match(lines, [
      /debug this component=bridge$/,
      /debug and this component=bridge$/,
      /debug this again$/,
      /warn {2}this too component=bridge$/,
    ]);
    t.equal(lines.length, 4);
  },
);
