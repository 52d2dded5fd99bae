import { isName, stateTopic } from "../message/index.ts";

const ALL_STATES = "state/";

/**
 * What to subscribe to beside some topics in order to hear the heartbeats of every agent that they name; all agents' if
 * one of them names none. What the topics cover themselves is left out: XPUB would answer it twice.
 */
export function heartbeatPrefixes(prefixes: readonly string[]): readonly string[] {
  const wanted = new Set(prefixes.map(heartbeatsOf));
  const least = wanted.has(ALL_STATES) ? [ALL_STATES] : [...wanted];
  return least.filter((heartbeats) => !prefixes.some((prefix) => heartbeats.startsWith(prefix)));
}

/** Whether a message may have come only because of the heartbeats. */
export function isState(topic: string): boolean {
  return topic.startsWith(ALL_STATES);
}

/** The second level of every topic is the agent; without a slash after it, it may be the beginning of several names. */
function heartbeatsOf(prefix: string): string {
  const [, agent, rest] = prefix.split("/", 3);
  return agent !== undefined && rest !== undefined && isName(agent) ? stateTopic(agent) : ALL_STATES;
}
