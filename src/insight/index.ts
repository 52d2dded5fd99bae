/** Layer 4: what monitoring is told of an agent or hub over HTTP: `/metrics` and `/healthz`. It reads what the query `status` answers, when it is asked. */
export { healthOf, type Finding as HealthFinding, type Health } from "./health.ts";
export { Insight, type InsightOptions, type Subject } from "./insight.ts";
export type { Family, Sample } from "./family.ts";
export { statusToMetrics } from "./status-to-metrics.ts";
