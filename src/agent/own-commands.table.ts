import { LOG_LEVELS } from "../base/index.ts";
import type { CommandDescriptions } from "../message/index.ts";

/** What any agent can be told to do. */
export const OWN_COMMANDS: CommandDescriptions = {
  "cancel-command": {
    description:
      "Call a command off: one that has not begun, or one that runs and whose description says cancellable",
    arguments: { id: { type: "text", description: "The command's id" } },
    idempotent: true,
  },
  "restart-component": {
    description: "End a component's process and start it again",
    arguments: {
      component: {
        type: "text",
        description: "Its name: a bridge, or one of the configuration's components",
      },
    },
    idempotent: true,
  },
  "set-log-level": {
    description: "Log more or less, until the configuration is read again",
    arguments: {
      level: { type: "text", enum: LOG_LEVELS },
      component: {
        type: "text",
        description: "Only of this one: a bridge, journal, hub, or one of the configuration's components",
        optional: true,
      },
    },
    idempotent: true,
  },
};
