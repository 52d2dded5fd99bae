import type { DriverEvent } from "../../src/device/index.ts";
import type { Exchange, Request } from "./exchange.ts";
import {
  isModeReply,
  modeOf,
  refusalOf,
  statusOf,
  writeMode,
  writeReset,
  writeStart,
  writeStatus,
  type Mode,
} from "./interface.ts";
import { TYPE } from "./protocol.ts";

/** After a reset it hears nothing for half a second. RFXtrx user guide. */
const RESET_TICKS = 10;
const REPLY_TICKS = 10;
/** A transceiver that has just been plugged in is not there yet. */
const AGAIN_TICKS = 20;

/**
 * What has to be said before the transceiver receives:
 *
 *   reset ──1 s──► status ──reply──► (mode) ──► start receiver
 *                    ▲ └─none──► again
 */
export class Opening {
  readonly #exchange: Exchange;
  readonly #protocols: readonly string[];
  #isTold = false;
  #mode: Mode | undefined;

  /** @param protocols what to listen for; none: what the transceiver has stored */
  constructor(exchange: Exchange, protocols: readonly string[]) {
    this.#exchange = exchange;
    this.#protocols = protocols;
  }

  /** What the transceiver said last of itself. */
  get mode(): Mode | undefined {
    return this.#mode;
  }

  start(): DriverEvent[] {
    return [
      ...this.#exchange.request({ answer: undefined, ticks: RESET_TICKS, write: writeReset, end: () => [] }),
      ...this.#exchange.request(this.#status(REPLY_TICKS)),
    ];
  }

  /** Any reply to a status or mode command tells of the mode. */
  heard(reply: Buffer): void {
    if (isModeReply(reply)) this.#mode = modeOf(reply);
  }

  #status(ticks: number): Request {
    return {
      answer: TYPE.interfaceMessage,
      ticks,
      write: writeStatus,
      end: (reply) => (reply ? this.#answered(reply) : this.#unanswered()),
    };
  }

  #answered(reply: Buffer): readonly DriverEvent[] {
    const started = { answer: TYPE.interfaceMessage, ticks: REPLY_TICKS, write: writeStart, end: () => [] };
    this.heard(reply);
    const mode = this.#mode;
    if (this.#protocols.length > 0 && mode) this.#exchange.requestFirst(this.#listen(mode), started);
    else this.#exchange.requestFirst(started);
    const { receiver, firmware, protocols } = statusOf(reply);
    return [{ type: "log", text: `RFXtrx ${receiver}, firmware ${firmware}, listens for ${protocols}` }];
  }

  #listen(mode: Mode): Request {
    return {
      answer: TYPE.interfaceMessage,
      ticks: REPLY_TICKS,
      write: (sequence) => writeMode(sequence, mode, this.#protocols),
      end: (reply) => {
        const refusal = reply ? refusalOf(reply) : "the transceiver does not answer";
        return refusal === undefined ? [] : [{ type: "log", text: `mode: ${refusal}` }];
      },
    };
  }

  /** Told once; what it receives is taken all the same. */
  #unanswered(): readonly DriverEvent[] {
    this.#exchange.requestFirst(this.#status(AGAIN_TICKS));
    if (this.#isTold) return [];
    this.#isTold = true;
    return [{ type: "log", text: "the transceiver does not answer when asked for its status" }];
  }
}
