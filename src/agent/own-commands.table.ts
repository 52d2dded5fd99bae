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
};
