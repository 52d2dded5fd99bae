import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A TCP serial server as ser2net is one, with the test at the serial end. */
export class SerialServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connected = Promise.withResolvers<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      this.#connected.resolve(socket);
      this.#connected = Promise.withResolvers();
    });
  }

  /** @param port 0 for any that is free */
  static async listen(port = 0): Promise<SerialServer> {
    const server = new SerialServer();
    server.#server.listen(port, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next client; ask before it connects. */
  client(): Promise<Socket> {
    return this.#connected.promise;
  }

  /** Dies: resets every connection and listens no more. */
  async die(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Listens with room for one connection, and takes none. Socket is in perl-base, which every Debian has. */
const TAKES_NOBODY = `
  use Socket; $| = 1;
  socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
  bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
  listen($s, 0) or die $!;
  print((sockaddr_in(getsockname($s)))[0], "\\n");
  sleep;
`;

/** An address that answers no connection, as one behind a firewall that drops: the listener's queue is full. */
export async function openBlackHole(): Promise<{ port: number; close: () => void }> {
  const listener = spawn("perl", ["-e", TAKES_NOBODY], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(listener.stdout, "data")) as [Buffer];
  const port = Number(String(line));
  // The kernel takes backlog + 1 connections by itself; the next ones get no answer.
  const filler = connect(port, "127.0.0.1");
  await once(filler, "connect");
  return {
    port,
    close: () => {
      filler.destroy();
      listener.kill();
    },
  };
}
