import { lookAtClock } from "./clock.ts";
import { lookAtDisk } from "./disk.ts";
import type { Finding } from "./finding.ts";
import { lookAtHub } from "./hub.ts";
import { lookAtKeys } from "./keys.ts";
import { lookAtMeddlers } from "./meddlers.ts";
import type { Patient } from "./patient.ts";
import { lookAtPorts } from "./ports.ts";
import { lookAtRunning } from "./running.ts";
import { lookAtState } from "./state.ts";
import { lookAtUnit } from "./unit.ts";
import { lookAtWear } from "./wear.ts";

/** Looks at everything at once; in the order in which it is told. None of the looks changes anything or opens a port. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const { config, service } = patient;
  const looks = [
    lookAtUnit(service),
    lookAtRunning(patient),
    lookAtPorts(config),
    lookAtMeddlers(config),
    lookAtKeys(config),
    lookAtHub(config),
    lookAtDisk(config),
    lookAtState(config),
    lookAtWear(config),
    lookAtClock(config),
  ];
  return (await Promise.all(looks)).flat();
}
