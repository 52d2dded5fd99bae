import t from "tap";
import { endpointsOf, Server } from "../../src/bus/index.ts";
import { connect } from "../../src/client/index.ts";
import { encodeDeviceStatus, stateTopic } from "../../src/message/index.ts";
import { freeBasePort } from "../support/agent.ts";

t.test(
  "a device's state that is said again for another subscriber is left out, a new one is not",
  async (t) => {
    const port = await freeBasePort();
    const topic = Buffer.from(stateTopic("pi", "gps"));
    const say = (state: "online" | "silent", since: number): void =>
      server.publish([topic, encodeDeviceStatus({ state, since })]);
    const server = await Server.open(endpointsOf("127.0.0.1", port), {
      // As an agent does for every new subscription.
      onSubscribe: (prefix) => prefix === "state/pi/gps/" && say("online", 1),
      onCommand: () => {},
      onQuery: (body) => body,
    });
    t.teardown(() => server.close());
    const client = connect(`tcp://127.0.0.1:${port}`);
    t.teardown(() => client.close());
    const stream = client.subscribe("state/pi/gps/");
    t.match((await stream.next()).value, { status: { state: "online", since: 1 } });
    const other = client.subscribe("state/pi/gps/");
    await other.next();
    say("silent", 2);
    say("online", 3);
    t.match((await stream.next()).value, { status: { state: "silent", since: 2 } });
    t.match((await stream.next()).value, { status: { state: "online", since: 3 } });
  },
);
