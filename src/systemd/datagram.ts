import { loadLibc } from "../base/index.ts";

/** unix(7), socket(2), send(2): the same numbers on x64 and arm64. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Longest name of a socket, bytes: sun_path less its end mark. */
const MAX_NAME_BYTES = 107;

/** @returns whether it was taken; not so when the receiver's queue is full, the message too long, or nobody there */
export type SendDatagram = (message: Uint8Array) => boolean;

const libc = loadLibc({
  socket: ["i32", "i32", "i32", "i32"],
  sendto: ["i64", "i32", "buffer", "u64", "i32", "buffer", "u32"],
});

/** Whether this Node can send datagrams to Unix sockets, which Node itself offers no way to. */
export const canSendDatagrams = libc !== undefined;

/**
 * Sends to a Unix datagram socket, without ever waiting. The receiver may go and come back: each message finds it anew.
 * @param name a path, or with @ before it a name in the abstract space
 * @returns undefined where this Node cannot, or the name is none
 */
export function openDatagram(name: string): SendDatagram | undefined {
  const address = addressOf(name);
  const fd = Number(libc?.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) ?? -1);
  if (!libc || !address || fd < 0) return undefined;
  const { sendto } = libc;
  return (message) =>
    Number(
      sendto(fd, message, BigInt(message.length), MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length),
    ) === message.length;
}

/** sockaddr_un; a name in the abstract space begins with a zero byte and has no end mark. */
function addressOf(name: string): Buffer | undefined {
  const bytes = Buffer.from(name);
  if (bytes.length < 2 || bytes.length > MAX_NAME_BYTES || !/^[/@]/.test(name)) return undefined;
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = AF_UNIX;
  if (name.startsWith("@")) bytes[0] = 0;
  return Buffer.concat([family, bytes, Buffer.alloc(name.startsWith("@") ? 0 : 1)]);
}
