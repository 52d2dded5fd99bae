import {
  decodeEnvelope,
  parseSelector,
  splitManyTarget,
  type Envelope,
  type Selectable,
} from "../message/index.ts";

/**
 * Reads a command. A target of many becomes this agent's own, if it is meant. What somebody signed is held against what the agent
 * itself is, so that no hub can widen it; else the hub's word counts, which has labels of its own.
 * @param isChosen the hub says that the selector in the target chooses this agent
 * @throws DunlinError `message-invalid`, `message-too-large`
 */
export function readAddressed(body: Buffer, self: Selectable, isChosen: boolean): Envelope {
  const envelope = decodeEnvelope(body);
  const { command, signature } = envelope;
  const many = splitManyTarget(command.target);
  if (!many) return envelope;
  const isMeant = (isChosen && !signature) || isChosenBy(many.selector, self);
  if (!isMeant) return envelope;
  const target = many.device === undefined ? self.name : `${self.name}/${many.device}`;
  return { ...envelope, command: { ...command, target } };
}

/** One that cannot be read chooses nobody. */
function isChosenBy(selector: string, self: Selectable): boolean {
  try {
    return parseSelector(selector)(self);
  } catch {
    return false;
  }
}
