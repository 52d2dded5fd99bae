import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { COMMON } from "./commands.ts";
import { typicalOf } from "./profiles.ts";
import { ESP3_FRAMES, PACKET, packetOf, writePacket, type Packet } from "./protocol.ts";
import { writeTelegram } from "./telegram.ts";

const INTERVAL_MS = 1_000;
const NOT_SUPPORTED = 2;
const CHIP_ID = "0181a2b3";
const BASE_ID = "ffa2b300";

/** The senders of a house whose configuration names none. */
const HOUSE: Readonly<Record<string, string>> = {
  "01:02:03:01": "D5-00-01",
  "01:02:03:02": "A5-02-05",
  "01:02:03:03": "A5-04-01",
  "01:02:03:04": "F6-02-01",
};

/**
 * A gateway that hears a telegram a second, of each sender in turn; the first is cut, as on a port that is opened while
 * the gateway is sending. It responds to the commands.
 */
export class EnoceanSimulator implements Simulator {
  readonly #random: () => number;
  readonly #senders: readonly (readonly [id: string, profile: string])[];
  readonly #requests = new FrameScanner(ESP3_FRAMES);
  #turn = 0;

  constructor(senders: Readonly<Record<string, string>>, random: () => number) {
    this.#random = random;
    this.#senders = Object.entries(Object.keys(senders).length > 0 ? senders : HOUSE);
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const [sender = "", profile = ""] = this.#senders[this.#turn % this.#senders.length] ?? [];
    const signalDbm = -45 - Math.floor(this.#random() * 40);
    const bytes = writeTelegram({ ...typicalOf(profile, this.#random), sender, signalDbm, subtelegrams: 1 });
    const cut = this.#turn === 0 ? 8 : 0;
    this.#turn++;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const requests = this.#requests.push(bytes).filter((item) => item.type === "frame");
    return Buffer.concat(requests.map((request) => respond(packetOf(request.bytes))));
  }
}

function respond({ type, data }: Packet): Buffer {
  if (type === PACKET.radioErp1) return writePacket(PACKET.response, Buffer.of(0));
  const [command] = data;
  if (type === PACKET.commonCommand && command === COMMON.readIdBase)
    return writePacket(PACKET.response, Buffer.from(`00${BASE_ID}`, "hex"), Buffer.of(10));
  if (type === PACKET.commonCommand && command === COMMON.readVersion) {
    const numbers = Buffer.from(`00020b010002060300${CHIP_ID}454f0103`, "hex");
    return writePacket(
      PACKET.response,
      Buffer.concat([numbers, Buffer.from("GATEWAYCTRL\0\0\0\0\0", "latin1")]),
    );
  }
  return writePacket(PACKET.response, Buffer.of(NOT_SUPPORTED));
}
