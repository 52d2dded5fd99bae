/** The kinds of messages. firmware-bridge/SPEC.md, "Payloads". */
export const FROM_HOST = {
  hello: 0x01,
  ping: 0x02,
  ask: 0x03,
  call: 0x04,
  cancel: 0x05,
  ack: 0x06,
  time: 0x07,
} as const;

export const FROM_DEVICE = {
  ack: 0x06,
  boot: 0x11,
  welcome: 0x12,
  pong: 0x13,
  item: 0x14,
  reading: 0x15,
  outcome: 0x16,
  log: 0x17,
} as const;

export const LINK_VERSION = 1;

/** Of `welcome`: the device knows what time it is when told. */
export const KNOWS_TIME = 1;
