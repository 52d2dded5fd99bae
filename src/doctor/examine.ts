import { lookAtClock } from "./clock.ts";
import { lookAtDisk } from "./disk.ts";
import type { Finding } from "./finding.ts";
import { lookAtHub } from "./hub.ts";
import { lookAtKeys } from "./keys.ts";
import { lookAtMeddlers } from "./meddlers.ts";
import type { Patient } from "./patient.ts";
import { lookAtPorts } from "./ports.ts";
import { lookAtRunning } from "./running.ts";

/** Looks at everything at once; in the order in which it is told. None of the looks changes anything or opens a port. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const { config } = patient;
  const looks = [
    lookAtRunning(patient),
    lookAtPorts(config),
    lookAtMeddlers(config),
    lookAtKeys(config),
    lookAtHub(config),
    lookAtDisk(config),
    lookAtClock(config),
  ];
  return (await Promise.all(looks)).flat();
}
