import { asDunlinError, type Log } from "../base/index.ts";
import type { Server } from "../bus/index.ts";
import { fingerprint, Invitations } from "../keys/index.ts";
import { decodeEnrolment, encodeError, encodeResult } from "../message/index.ts";

/** What an agent that has invited somebody needs. */
export interface EnrolmentPorts {
  readonly agent: string;
  readonly keysDirectory: string;
  readonly server: Server;
  readonly log: Log;
  readonly onFault: (error: unknown) => void;
}

/** Lets in whoever comes with the secret of an open invitation. While there is none, nobody listens. */
export class Enrolment {
  readonly #ports: EnrolmentPorts;
  readonly #invitations: Invitations;

  constructor(ports: EnrolmentPorts) {
    this.#ports = ports;
    this.#invitations = new Invitations(ports.keysDirectory, {
      onOpen: (open) => this.#turn(open),
      onFault: (error) => ports.onFault(error),
    });
  }

  close(): void {
    this.#invitations.close();
  }

  #turn(open: boolean): void {
    const { server, log, onFault } = this.#ports;
    log.info(open ? "an invitation is open" : "no invitation is open any more");
    if (!open) return server.closeEnrolment();
    server.openEnrolment((body) => this.#answer(body)).catch((cause: unknown) => onFault(cause));
  }

  #answer(body: Buffer): Buffer {
    const { agent, log, onFault } = this.#ports;
    try {
      const { secret, name, publicKey, verifyKey } = decodeEnrolment(body);
      const certificate = { name, publicKey, ...(verifyKey === undefined ? {} : { verifyKey }) };
      const roles = this.#invitations.redeem(secret, name, certificate);
      log.info(`${name} has enrolled`, { roles, key: fingerprint(publicKey) });
      return encodeResult({ agent, roles });
    } catch (cause) {
      onFault(cause);
      return encodeError(asDunlinError(cause));
    }
  }
}
