import t from "tap";
import { parseDuration } from "../../src/config/duration.ts";
import { defaultName } from "../../src/config/index.ts";
import { nearest } from "../../src/config/nearest.ts";
import { NAME_PATTERN } from "../../src/message/index.ts";

t.test("durations are ms", async (t) => {
  const expected = {
    "500ms": 500,
    "10s": 10_000,
    "2m": 120_000,
    "1h": 3_600_000,
    "1.5s": 1500,
    "0.5ms": undefined,
  };
  for (const [text, ms] of Object.entries(expected)) t.equal(parseDuration(text), ms, text);
  t.equal(parseDuration(1500), 1500);
  for (const bad of [
    "",
    "10",
    "10 s",
    "s",
    "-1s",
    "1d",
    "01s",
    "1e3s",
    "0s",
    "600h",
    0,
    -1,
    Number.NaN,
    2 ** 31,
  ])
    t.equal(parseDuration(bad), undefined, String(bad));
});

t.test("the host's name becomes a name", async (t) => {
  const expected = {
    raspberrypi: "raspberrypi",
    "Plant 7": "plant-7",
    "pi-1.example.org": "pi-1.example.org",
    "-Zoë's Pi-": "zoe-s-pi",
    日本: "agent",
    "": "agent",
    "...": "agent",
  };
  for (const [host, name] of Object.entries(expected)) t.equal(defaultName(host), name, host);
  t.match(defaultName("x".repeat(80)), new RegExp(NAME_PATTERN));
});

t.test("the nearest word is one that is near", async (t) => {
  const words = ["baudRate", "dataBits", "parity", "stopBits", "flowControl", "exclusive"];
  const expected = {
    bauds: "baudRate",
    baudrate: "baudRate",
    baud_rate: "baudRate",
    stopbit: "stopBits",
    partiy: "parity",
    exclusiv: "exclusive",
    colour: undefined,
    "": undefined,
    x: undefined,
  };
  for (const [given, word] of Object.entries(expected)) t.equal(nearest(given, words)?.word, word, given);
  t.equal(nearest("clokc", ["clock", "log"])?.word, "clock");
  t.equal(nearest("x".repeat(1000), ["x".repeat(1000)]), undefined, "what is that long is no typing mistake");
});
