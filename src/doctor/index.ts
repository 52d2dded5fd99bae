/** Layer 4.5: what is wrong with an agent's host, its configuration and itself, each with what to do about it. */
export { examine } from "./examine.ts";
export { ok, problem, type Finding } from "./finding.ts";
export type { Patient } from "./patient.ts";
export { writeBundle } from "./bundle.ts";
