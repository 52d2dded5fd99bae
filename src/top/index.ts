/** Above layer 4: a live view of an agent or a hub on a terminal, made of what any client can have of it. */
export { agentLines } from "./agent-view.ts";
export { AgentWatch } from "./agent-watch.ts";
export { Frame } from "./frame.ts";
export { hubLines } from "./hub-view.ts";
export { HubWatch } from "./hub-watch.ts";
export { Screen } from "./screen.ts";
export { paint, plain, type Line, type Span, type Style } from "./line.ts";
export type { Watch } from "./watch.ts";
