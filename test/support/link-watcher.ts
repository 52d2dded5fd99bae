/** A subscriber that says how its link is and what it reads. Arguments: the agent's address, topics. */
import { connect } from "../../src/client/index.ts";

const [address, ...topics] = process.argv.slice(2);
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

// Nobody who could end it is left.
process.stdin.on("end", () => process.exit()).resume();

const stream = connect(address).subscribe(topics, { onLink: (link) => say({ link }) });
say({ link: stream.link });
for await (const message of stream) if (message.kind === "telemetry") say({ seq: message.seq });
