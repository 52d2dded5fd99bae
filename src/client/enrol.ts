import { enrolmentEndpoint, parseEndpoint, Requester, type ClientKeys } from "../bus/index.ts";
import { decodeReply, encodeEnrolment, type Token } from "../message/index.ts";

/** Who wants to be let in. */
export interface Newcomer {
  /** Under which the agent keeps the keys. */
  readonly name: string;
  readonly keys: Omit<ClientKeys, "serverKey">;
  /** Ed25519, Z85: for whoever is to sign commands. */
  readonly verifyKey?: string;
}

/** What the agent says to it. */
export interface Enrolled {
  readonly agent: string;
  readonly roles: readonly string[];
}

/**
 * Takes an invitation up: the agent that made it lets these keys in from then on.
 * @throws DunlinError `invitation-invalid`, `timed-out`, `address-invalid`
 */
export async function enrol(
  { address, serverKey, secret }: Token,
  { name, keys, verifyKey }: Newcomer,
  timeoutMs?: number,
): Promise<Enrolled> {
  const requester = Requester.open(enrolmentEndpoint(parseEndpoint(address)), { ...keys, serverKey });
  try {
    const { publicKey } = keys;
    const request = { secret, name, publicKey, ...(verifyKey === undefined ? {} : { verifyKey }) };
    return decodeReply(await requester.request(encodeEnrolment(request), timeoutMs)) as Enrolled;
  } finally {
    requester.close();
  }
}
