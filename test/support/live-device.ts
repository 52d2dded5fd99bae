import type { Socket } from "node:net";
import { SerialServer } from "./serial-server.ts";
import { TestDevice } from "./link-device.ts";

const POLL_MS = 5;

/** A device of the link's behind a serial server: in real time, through whatever connections there are. */
export class LiveDevice {
  readonly device: TestDevice;
  readonly #server: SerialServer;
  readonly #poll: NodeJS.Timeout;
  #socket: Socket | undefined;
  /** It has no power: it neither hears nor says anything. */
  isOff = false;

  private constructor(server: SerialServer, device: TestDevice) {
    this.#server = server;
    this.device = device;
    this.#poll = setInterval(
      () => this.#send(this.isOff ? undefined : device.poll(performance.now())),
      POLL_MS,
    );
    void this.#listen();
  }

  static async open(device = new TestDevice()): Promise<LiveDevice> {
    return new LiveDevice(await SerialServer.listen(), device);
  }

  get address(): string {
    return `tcp://127.0.0.1:${this.#server.port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.#poll);
    await this.#server.die();
  }

  async #listen(): Promise<void> {
    for (;;) {
      const socket = await this.#server.client();
      this.#socket = socket;
      socket.on("data", (bytes) => {
        if (!this.isOff) this.#send(this.device.receive(Buffer.from(bytes as Buffer), performance.now()));
      });
    }
  }

  #send(bytes: Buffer | undefined): void {
    if (bytes && bytes.length > 0 && this.#socket?.writable) this.#socket.write(bytes);
  }
}
