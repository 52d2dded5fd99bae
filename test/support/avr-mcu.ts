import {
  adcConfig,
  AVRADC,
  AVRIOPort,
  avrInstruction,
  AVRTimer,
  AVRUSART,
  CPU,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
} from "avr8js";

export const CLOCK_HZ = 16_000_000;
const FLASH_BYTES = 32_768;
const SRAM_BYTES = 2_048;
/** SRAM begins behind the registers. ATmega328P data sheet, "SRAM Data Memory". */
const SRAM_START = 0x100;
export const RAM_END = SRAM_START + SRAM_BYTES - 1;
/** A register without a meaning of its own: firmware under test marks with it when something begins and ends. Data sheet, "General Purpose I/O Registers". */
const GPIOR0 = 0x3e;
const SP_LOW = 0x5d;
const SP_HIGH = 0x5e;
const BITS_PER_BYTE = 10;

export type PortName = "B" | "C" | "D";

export interface Mark {
  readonly value: number;
  readonly cycles: number;
}

/**
 * An ATmega328P at 16 MHz with the program of an Intel HEX file, instruction by instruction. Its time is what `run` gives it.
 *
 *   receive() ──► queue ──paced──► UART ──► the program ──► UART ──paced──► run() returns the bytes
 */
export class Mcu {
  /** Since the start, across resets. */
  #cyclesBefore = 0;
  #lowestSp = RAM_END;
  readonly #program: Uint16Array;
  readonly #queue: number[] = [];
  readonly #volts = new Map<number, number>();
  readonly #inputs = new Map<string, readonly [PortName, number, boolean]>();
  /** Bytes that are on the wire, and when their last bit will have been. */
  #sent: { readonly byte: number; readonly atCycle: number }[] = [];
  #marks: Mark[] = [];
  #chip: ReturnType<typeof makeChip>;

  constructor(hex: string) {
    this.#program = programOf(hex);
    this.#chip = this.#powerUp();
  }

  get cycles(): number {
    return this.#cyclesBefore + this.#chip.cpu.cycles;
  }

  /** The most that has been on the stack since the start, bytes. */
  get deepestStackBytes(): number {
    return RAM_END - this.#lowestSp;
  }

  /** What the program has marked since the last call. */
  takeMarks(): readonly Mark[] {
    return this.#marks.splice(0);
  }

  /** As by the reset pin: registers as after power up, SRAM as it was. A byte that is half on the wire is lost. */
  reset(): void {
    const { cpu } = this.#chip;
    this.#cyclesBefore += cpu.cycles;
    this.#sent = [];
    const sram = cpu.data.slice(SRAM_START);
    this.#chip = this.#powerUp();
    this.#chip.cpu.data.set(sram, SRAM_START);
  }

  /** Puts bytes on the wire to the UART, behind those that are still on their way. */
  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.#queue.push(byte);
    this.#feed();
  }

  /** Goes on for this many cycles, or a few more. @returns bytes that came out of the UART meanwhile */
  run(cycles: number): Buffer {
    const { cpu, usart } = this.#chip;
    const { data } = cpu;
    const until = cpu.cycles + cycles;
    // A UART that is not switched on hears nothing.
    if (!usart.rxEnable) this.#queue.splice(0, Math.ceil(cycles / this.#byteCycles()));
    let lowest = this.#lowestSp;
    while (cpu.cycles < until) {
      avrInstruction(cpu);
      cpu.tick();
      const sp = (data[SP_LOW] ?? 0) | ((data[SP_HIGH] ?? 0) << 8);
      if (sp < lowest) lowest = sp;
    }
    this.#lowestSp = lowest;
    if (!usart.rxBusy) this.#feed();
    return this.#takeSent();
  }

  /** @param volts 0 to 5 */
  setAnalog(channel: number, volts: number): void {
    this.#volts.set(channel, volts);
    this.#chip.adc.channelValues[channel] = volts;
  }

  setPin(port: PortName, bit: number, isHigh: boolean): void {
    this.#inputs.set(`${port}${bit}`, [port, bit, isHigh]);
    this.#chip.ports[port].setPin(bit, isHigh);
  }

  /** Whether the program drives this pin high. */
  isHigh(port: PortName, bit: number): boolean {
    return this.#chip.ports[port].pinState(bit) === PinState.High;
  }

  /** Of the data memory. */
  readMemory(address: number, bytes: number): number[] {
    return [...this.#chip.cpu.data.subarray(address, address + bytes)];
  }

  #powerUp(): ReturnType<typeof makeChip> {
    const chip = makeChip(this.#program);
    chip.usart.onByteTransmit = (byte) =>
      void this.#sent.push({ byte, atCycle: chip.cpu.cycles + this.#byteCycles() });
    chip.usart.onRxComplete = () => this.#feed();
    chip.cpu.writeHooks[GPIOR0] = (value) => void this.#marks.push({ value, cycles: this.cycles });
    for (const [channel, volts] of this.#volts) chip.adc.channelValues[channel] = volts;
    for (const [port, bit, isHigh] of this.#inputs.values()) chip.ports[port].setPin(bit, isHigh);
    return chip;
  }

  #byteCycles(): number {
    return (BITS_PER_BYTE * CLOCK_HZ) / this.#chip.usart.baudRate;
  }

  #feed(): void {
    const [next] = this.#queue;
    if (next !== undefined && this.#chip.usart.writeByte(next)) this.#queue.shift();
  }

  #takeSent(): Buffer {
    const { cycles } = this.#chip.cpu;
    const onTheWay = this.#sent.findIndex(({ atCycle }) => atCycle > cycles);
    const whole = this.#sent.splice(0, onTheWay < 0 ? this.#sent.length : onTheWay);
    return Buffer.from(whole.map(({ byte }) => byte));
  }
}

/** Data sheet, "USART Control and Status Register 0 A" and "B". */
const RXC: Interrupt = {
  address: usart0Config.rxCompleteInterrupt,
  flagRegister: usart0Config.UCSRA,
  flagMask: 0x80,
  enableRegister: usart0Config.UCSRB,
  enableMask: 0x80,
  constant: true,
};
const RXEN = 0x10;
type Interrupt = Parameters<CPU["setInterruptFlag"]>[0];

/**
 * avr8js 0.21.1 takes each write to UCSRB for one that switches the receiver off and on, and throws away a byte that the
 * program has not fetched. Serial writes there whenever it begins and ends to send.
 */
function keepReceivedByte(cpu: CPU): void {
  const write = cpu.writeHooks[usart0Config.UCSRB];
  cpu.writeHooks[usart0Config.UCSRB] = (value, ...rest) => {
    const has = (cpu.data[RXC.flagRegister] ?? 0) & RXC.flagMask;
    const isDone = write?.(value, ...rest);
    if (has && value & RXEN) cpu.setInterruptFlag(RXC);
    return isDone;
  };
}

function makeChip(program: Uint16Array) {
  const cpu = new CPU(program, SRAM_BYTES);
  for (const timer of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, timer);
  const [B, C, D] = [portBConfig, portCConfig, portDConfig].map((port) => new AVRIOPort(cpu, port));
  if (!B || !C || !D) throw new Error("there are three ports");
  const usart = new AVRUSART(cpu, usart0Config, CLOCK_HZ);
  keepReceivedByte(cpu);
  return {
    cpu,
    usart,
    adc: new AVRADC(cpu, adcConfig),
    ports: { B, C, D },
  };
}

/** Reads Intel HEX: `:` count address type data checksum, of which types 00 (data) and 01 (end) occur in 32 KiB. */
function programOf(hex: string): Uint16Array {
  const bytes = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const line of hex.trim().split(/\r?\n/)) {
    const record = Buffer.from(line.slice(1), "hex");
    if (record.reduce((sum, byte) => sum + byte, 0) % 256 !== 0) throw new Error(`damaged HEX line ${line}`);
    const [count = 0, , , type] = record;
    if (type === 0) bytes.set(record.subarray(4, 4 + count), record.readUInt16BE(1));
  }
  return new Uint16Array(bytes.buffer);
}
