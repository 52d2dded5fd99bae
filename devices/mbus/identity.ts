import { MEDIA } from "./media.table.ts";

/** What a meter says of itself at the beginning of its variable data. M-Bus documentation 4.8, 6.3.1 */
export interface Identity {
  /** Eight digits; some makers have letters in them, as 0500023E. */
  readonly id: string;
  /** Three letters of the FLAG Association's list. */
  readonly manufacturer: string;
  readonly version: number;
  readonly mediumCode: number;
  readonly accessNumber: number;
  readonly status: number;
  /** Also called configuration: whether and how the data are encrypted. */
  readonly signature: number;
}

export const IDENTITY_BYTES = 12;

const WILD_BYTE = 0xff;

/** Mode 5 and 7 of the configuration are AES-128, others DES or TLS; 0 is none, and 1F stands for no configuration at all. */
const ENCRYPTED: ReadonlySet<number> = new Set([2, 3, 4, 5, 7, 8, 9, 10, 13]);
/** What decrypted data begin with: some gateways decrypt, and leave the mode as it was. */
const DECRYPTED = 0x2f2f;

/** @param data at least {@link IDENTITY_BYTES}, in the order of mode 1, lowest byte first */
export function readIdentity(data: Buffer): Identity {
  return {
    id: hexOf(data.subarray(0, 4)),
    manufacturer: lettersOf(data.readUInt16LE(4)),
    version: data[6] ?? 0,
    mediumCode: data[7] ?? 0,
    accessNumber: data[8] ?? 0,
    status: data[9] ?? 0,
    signature: data.readUInt16LE(10),
  };
}

export function writeIdentity(identity: Identity): Buffer {
  const data = Buffer.alloc(IDENTITY_BYTES);
  Buffer.from(identity.id, "hex").reverse().copy(data);
  data.writeUInt16LE(codeOf(identity.manufacturer), 4);
  data.set([identity.version, identity.mediumCode, identity.accessNumber, identity.status], 6);
  data.writeUInt16LE(identity.signature, 10);
  return data;
}

export function isEncrypted({ signature }: Identity, data: Buffer): boolean {
  const mode = (signature >> 8) & 0x1f;
  return ENCRYPTED.has(mode) && !(data.length >= 2 && data.readUInt16LE(0) === DECRYPTED);
}

export function mediumOf(code: number): string {
  return MEDIA[code] ?? `medium_${code}`;
}

/** The secondary address that selects a meter; version and medium are left open. M-Bus documentation 4.8, 7.1 */
export function secondaryAddress(id: string, manufacturer: string): Buffer {
  const maker = Buffer.alloc(2, WILD_BYTE);
  if (manufacturer !== "") maker.writeUInt16LE(codeOf(manufacturer));
  return Buffer.concat([Buffer.from(id, "hex").reverse(), maker, Buffer.of(WILD_BYTE, WILD_BYTE)]);
}

/** Whether a meter is the one that is meant; F in the wanted id is any digit. */
export function isMeant(wantedId: string, wantedMaker: string, id: string, manufacturer?: string): boolean {
  if (!new RegExp(`^${wantedId.toUpperCase().replaceAll("F", ".")}$`).test(id)) return false;
  return wantedMaker === "" || manufacturer === undefined || wantedMaker.toUpperCase() === manufacturer;
}

export function hexOf(bytes: Buffer): string {
  return Buffer.from(bytes).reverse().toString("hex").toUpperCase();
}

/** Five bits a letter. M-Bus documentation 4.8, 6.3.1 */
function lettersOf(code: number): string {
  return String.fromCharCode(...[10, 5, 0].map((shift) => 0x40 + ((code >> shift) & 0x1f)));
}

function codeOf(letters: string): number {
  return Buffer.from(letters.toUpperCase()).reduce((code, letter) => (code << 5) | (letter & 0x1f), 0);
}
