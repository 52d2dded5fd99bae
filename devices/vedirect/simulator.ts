import type { Simulator } from "../../src/device/index.ts";
import type { DeviceKind } from "./commands.ts";
import { ANSWERS, COMMANDS, registerOf, writeHex, writeRegister, type HexFrame } from "./hex.ts";
import { HISTORY_REGISTER, writeHistory } from "./history.ts";
import { VeDirectScanner, writeBlock } from "./protocol.ts";
import { LOAD_REGISTER, MODE_REGISTER, RELAY_REGISTER } from "./registers.table.ts";

const INTERVAL_MS = 1_000;
/** Steps without text after a HEX command; a real device takes some seconds too. */
const QUIET_STEPS = 2;
/** A charger tells of its history once in so many steps. */
const HISTORY_STEPS = 10;
const FIRMWARE = 0x4159;

const LOAD_ON = 4;
const LOAD_AUTO = 1;

type Fields = [label: string, value: string][];

/**
 * A charger with its load output, a battery monitor with its history in every other block, or an inverter; its first
 * block is cut, as on a port that is opened while the device is sending. Registers can be read and written.
 */
export class VeDirectSimulator implements Simulator {
  readonly #device: Exclude<DeviceKind, "any">;
  readonly #random: () => number;
  readonly #scanner = new VeDirectScanner();
  readonly #registers = new Map<number, Buffer>([
    [MODE_REGISTER, Buffer.of(1)],
    [RELAY_REGISTER, Buffer.of(0)],
    [LOAD_REGISTER, Buffer.of(LOAD_AUTO)],
    [0xedf0, Buffer.of(150, 0)],
    [0xedf6, Buffer.from("6405", "hex")],
    [0xedf7, Buffer.from("A005", "hex")],
  ]);
  #step = 0;
  #quiet = 0;
  /** Of the panels, or drawn by the load. */
  #watts = 40;
  /** 0.01 kWh of today, with what is less. */
  #yield = 12;

  constructor(device: DeviceKind, random: () => number) {
    this.#device = device === "any" ? "mppt" : device;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#watts = Math.max(5, Math.min(120, this.#watts + (this.#random() - 0.5) * 8));
    this.#yield += this.#watts / 36_000;
    const isFirst = this.#step === 0;
    const block = this.#quiet > 0 ? Buffer.of() : writeBlock(this.#fields());
    const tells = this.#device === "mppt" && this.#step % HISTORY_STEPS === HISTORY_STEPS - 1;
    this.#quiet = Math.max(0, this.#quiet - 1);
    this.#step++;
    const bytes = isFirst ? block.subarray(30) : tells ? this.#withHistory(block) : block;
    return { bytes, afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers = this.#scanner.push(bytes).map((item) => {
      if (item.type === "hex") return this.#answer(item.frame);
      return item.type === "discard" && item.reason === "checksum"
        ? writeHex(ANSWERS.error, Buffer.of(0xaa, 0xaa))
        : Buffer.of();
    });
    return Buffer.concat(answers);
  }

  #answer({ command, data }: HexFrame): Buffer {
    this.#quiet = QUIET_STEPS;
    const version = Buffer.of(FIRMWARE & 0xff, FIRMWARE >> 8);
    if (command === COMMANDS.ping) return writeHex(ANSWERS.ping, version);
    if (command === COMMANDS.version) return writeHex(ANSWERS.done, version);
    if (command === COMMANDS.restart) return Buffer.of();
    const asked =
      command === COMMANDS.get || command === COMMANDS.set ? registerOf({ command, data }) : undefined;
    if (!asked) return writeHex(ANSWERS.unknown, Buffer.of(command));
    const { register, value } = asked;
    const held = this.#valueOf(register);
    if (!held) return writeRegister(command, { register, flags: 1, value: Buffer.of() });
    if (command === COMMANDS.get) return writeRegister(command, { register, flags: 0, value: held });
    if (value.length !== held.length || !this.#registers.has(register))
      return writeRegister(command, { register, flags: value.length === held.length ? 2 : 4, value });
    this.#registers.set(register, Buffer.from(value));
    return writeRegister(command, { register, flags: 0, value });
  }

  #valueOf(register: number): Buffer | undefined {
    const day = register - HISTORY_REGISTER;
    if (this.#device === "mppt" && day >= 0 && day <= 30) return this.#history(day);
    return this.#registers.get(register);
  }

  #history(day: number): Buffer {
    return writeHistory({
      yield_today: day === 0 ? Math.floor(this.#yield) / 100 : 0.4,
      max_voltage_today: 13.9,
      min_voltage_today: 12.2,
      bulk_today: 194,
      max_power_today: 119,
      max_current_today: 8.9,
      max_panel_voltage_today: 35.2,
      day_sequence: Math.max(0, 274 - day),
    });
  }

  /** In the middle of a block, where real ones come now and then. */
  #withHistory(block: Buffer): Buffer {
    const frame = writeRegister(ANSWERS.async, {
      register: HISTORY_REGISTER,
      flags: 0,
      value: this.#history(0),
    });
    const at = Math.floor(this.#random() * 40);
    return Buffer.concat([block.subarray(0, at), block.length > 0 ? frame : Buffer.of(), block.subarray(at)]);
  }

  #fields(): Fields {
    if (this.#device === "mppt") return this.#charger();
    if (this.#device === "inverter") return this.#inverter();
    return this.#step % 2 === 0 ? this.#monitor() : this.#monitorHistory();
  }

  #charger(): Fields {
    const millivolts = 12_900 + 10 * Math.floor(this.#watts / 4);
    const load = this.#byte(LOAD_REGISTER);
    const isOff = this.#byte(MODE_REGISTER) !== 1;
    const watts = isOff ? 0 : Math.round(this.#watts);
    const isOn = load === LOAD_ON || load === LOAD_AUTO;
    return [
      ["PID", "0xA042"],
      ["FW", "159"],
      ["SER#", "HQ0000SIMUL"],
      ["V", `${millivolts}`],
      ["I", `${10 * Math.round((watts * 1e5) / millivolts)}`],
      ["VPV", `${33_000 + 10 * Math.floor(this.#random() * 200)}`],
      ["PPV", `${watts}`],
      ["CS", isOff ? "0" : "3"],
      ["MPPT", isOff ? "0" : "2"],
      ["OR", isOff ? "0x00000004" : "0x00000000"],
      ["ERR", "0"],
      ["LOAD", isOn ? "ON" : "OFF"],
      ["IL", isOn ? "500" : "0"],
      ["H19", `${8_272 + Math.floor(this.#yield)}`],
      ["H20", `${Math.floor(this.#yield)}`],
      ["H21", "119"],
      ["H22", "40"],
      ["H23", "119"],
      ["HSDS", "274"],
    ];
  }

  #monitor(): Fields {
    const milliamps = -Math.round((this.#watts * 1e6) / 12_700);
    return [
      ["PID", "0x203"],
      ["V", "12700"],
      ["I", `${milliamps}`],
      ["P", `${-Math.round(this.#watts)}`],
      ["CE", `${-Math.floor(this.#yield * 790)}`],
      ["SOC", "839"],
      ["TTG", "942"],
      ["Alarm", "OFF"],
      ["Relay", this.#byte(RELAY_REGISTER) === 1 ? "ON" : "OFF"],
      ["AR", "0"],
      ["BMV", "700"],
      ["FW", "0308"],
    ];
  }

  #monitorHistory(): Fields {
    const values = ["-149322", "-82854", "0", "0", "0", "-5526294", "11733", "16161", "---", "26", "0", "0"];
    return [
      ...values.map((value, index): Fields[number] => [`H${index + 1}`, value]),
      ["H17", "6843"],
      ["H18", "8527"],
    ];
  }

  #inverter(): Fields {
    const isOff = this.#byte(MODE_REGISTER) === 4;
    return [
      ["PID", "0xA231"],
      ["FW", "0121"],
      ["SER#", "HQ0000SIMUL"],
      ["MODE", isOff ? "4" : "2"],
      ["CS", isOff ? "0" : "9"],
      ["AC_OUT_V", isOff ? "0" : `${22_990 + Math.floor(this.#random() * 20)}`],
      ["AC_OUT_I", isOff ? "0" : `${Math.round((this.#watts * 10) / 230)}`],
      ["AC_OUT_S", isOff ? "0" : `${Math.round(this.#watts)}`],
      ["V", "12700"],
      ["AR", "0"],
      ["WARN", "0"],
      ["OR", isOff ? "0x00000002" : "0x00000000"],
    ];
  }

  #byte(register: number): number {
    return this.#registers.get(register)?.[0] ?? 0;
  }
}
