import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import { freeBasePort, startAgent } from "../support/agent.ts";
import { kill, PYTHON, start } from "../support/program.ts";

const EXAMPLES = join(import.meta.dirname, "../../docs/examples");

/** Every message of a broker, as `topic payload`. It subscribes before it says that it does. */
const WATCH = `
import sys
import paho.mqtt.client as mqtt
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2) if hasattr(mqtt, "CallbackAPIVersion") else mqtt.Client()
client.on_connect = lambda client, *_: client.subscribe("#")
client.on_subscribe = lambda *_: print("subscribed", flush=True)
client.on_message = lambda _, __, message: print(message.topic, message.payload.decode(), flush=True)
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_forever()
`;

function lines(t: Test, args: readonly string[]): AsyncIterator<string> {
  const child = start(PYTHON, args);
  t.teardown(() => kill(child));
  if (!child.stdout) throw new Error("no pipe");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

t.test("the example for MQTT brings readings to a real broker", async (t) => {
  const port = await freeBasePort();
  const broker = start("/usr/sbin/mosquitto", ["-p", String(port)]);
  t.teardown(() => kill(broker));
  if (!broker.stderr) throw new Error("no pipe");
  for await (const line of createInterface({ input: broker.stderr })) if (line.includes(" running")) break;
  const watch = lines(t, ["-c", WATCH, String(port)]);
  t.equal((await watch.next()).value, "subscribed");
  const program = { command: PYTHON, args: [join(EXAMPLES, "component.py")] };
  const agent = await startAgent({ components: [{ kind: "foreign", name: "weather", program }] });
  t.teardown(() => agent.close());
  const bridge = start(PYTHON, [
    join(EXAMPLES, "to_mqtt.py"),
    agent.client.endpoints.telemetry,
    "telemetry/",
    "127.0.0.1",
    String(port),
  ]);
  t.teardown(() => kill(bridge));
  const failed = once(bridge, "exit").then(() => ({ value: "it ended" }));
  t.match((await Promise.race([watch.next(), failed])).value, /^pi\/weather\/temperature -?\d+\.\d+$/);
});
