import { CONVERSATION } from "./conversation.table.ts";
import { INERTIA } from "./inertia.table.ts";
import { messageOf, type Message } from "./message.ts";
import { MOTION } from "./motion.table.ts";
import { VEHICLE } from "./vehicle.table.ts";

/** Every message that this driver reads or writes, by its name. */
export const MESSAGES: Readonly<Record<string, Message>> = Object.fromEntries(
  Object.entries({ ...VEHICLE, ...MOTION, ...INERTIA, ...CONVERSATION }).map(([name, definition]) => [
    name,
    messageOf(name, definition),
  ]),
);

/** Those that become readings. */
export const READ_MESSAGES: readonly string[] = Object.keys({ ...VEHICLE, ...MOTION, ...INERTIA });

const BY_ID = new Map(
  Object.entries(MESSAGES).map(([name, message]) => [message.id, { ...message, name }] as const),
);

export function messageWithId(id: number): (Message & { readonly name: string }) | undefined {
  return BY_ID.get(id);
}

/** @throws Error for a name that is not in the table: names in this driver are constants */
export function messageNamed(name: string): Message {
  const message = MESSAGES[name];
  if (!message) throw new Error(`there is no message ${name}`);
  return message;
}
