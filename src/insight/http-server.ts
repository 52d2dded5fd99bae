import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { DunlinError, systemCodeOf, messageOf } from "../base/index.ts";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** A scraper has one or two; who opens more waits for nobody but itself. */
const MAX_CONNECTIONS = 16;
const MAX_HEADER_BYTES = 8 * 1024;
/** A request is a line and some headers: whoever takes longer to send it is cut off, ms. */
const REQUEST_LIMIT_MS = 5_000;
const NOT_FOUND: Answer = { status: 404, contentType: "text/plain", body: "/metrics or /healthz\n" };
const NOT_ALLOWED: Answer = { status: 405, contentType: "text/plain", body: "only GET and HEAD\n" };
const FAILED: Answer = { status: 500, contentType: "text/plain", body: "it failed; the log says why\n" };

/** HTTP, read only: a page for each path, nothing of a request is used but its method and path. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param pages by path
   * @param onFault told when a page cannot be made
   * @throws DunlinError `address-in-use`, `address-invalid`
   */
  static async open(
    { address, port }: Address,
    pages: ReadonlyMap<string, () => Promise<Answer>>,
    onFault: (error: unknown) => void,
  ): Promise<HttpServer> {
    const answer = async (request: IncomingMessage): Promise<Answer> => {
      const page = pages.get(pathOf(request.url));
      if (!page) return NOT_FOUND;
      if (request.method !== "GET" && request.method !== "HEAD") return NOT_ALLOWED;
      return page();
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      answer(request)
        .catch((cause: unknown) => {
          onFault(cause);
          return FAILED;
        })
        .then((given) => send(response, given, request.method === "HEAD"))
        .catch(onFault);
    };
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: REQUEST_LIMIT_MS,
        requestTimeout: REQUEST_LIMIT_MS,
      },
      handle,
    );
    server.maxConnections = MAX_CONNECTIONS;
    await listen(server, address, port);
    return new HttpServer(server);
  }

  /** Also of those that are connected. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenFault(cause, `${address} port ${port}`)));
    server.listen({ host: address, port }, resolve);
  });
}

function listenFault(cause: unknown, where: string): DunlinError {
  if (systemCodeOf(cause) === "EADDRINUSE")
    return new DunlinError(
      "address-in-use",
      `${where} is in use: another agent or program listens there; set http.port to another port`,
      { cause },
    );
  return new DunlinError("address-invalid", `cannot listen on ${where}: ${messageOf(cause)}`, { cause });
}

function pathOf(url = ""): string {
  return url.split("?", 1)[0] ?? "";
}

function send(response: ServerResponse, { status, contentType, body }: Answer, isHead: boolean): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": bytes.length,
    "cache-control": "no-store",
    ...(status === NOT_ALLOWED.status ? { allow: "GET, HEAD" } : {}),
  });
  response.end(isHead ? undefined : bytes);
}
