import * as commands from "./commands.table.ts";
import {
  byte,
  command,
  commandOf,
  house,
  id,
  scaled,
  signal,
  signalAndBattery,
  skip,
  type Decoded,
  type Field,
  type Names,
} from "./fields.ts";
import { kind, named, numbered, type PacketKind } from "./kinds.ts";
import * as senders from "./senders.ts";

/** What is sent by remote controls ends in four bits that are 0; of lighting1 they are not. */
const QUIET = signal(0);
const ANY = signal(15);

export const LIGHTING1_MODELS = named(
  "X10 ARC AB400D Waveman EMW200 IMPULS RisingSun Philips Energenie Energenie5 GDR2 HQ Oase",
);
export const LIGHTING2_MODELS = named("AC HomeEasyEU ANSLUT Kambrook");
export const LIGHTING5_MODELS = named(
  "LightwaveRF EMW100 BBSB MDremote RSL Livolo TRC02 Aoke TRC02_2 Eurodomest Livolo1to10 RGB432W MDremote107 LegrandCAD Avantek IT MDremote108 Kangtai",
);
export const LIGHTING6_MODELS = named("Blyss Cuveo");
export const FAN_MODELS = named(
  "SiemensSF01 IthoCVE LucciAir SeavTXS4 Westinghouse LucciAirDC Casafan FT1211R Falmec LucciAirDCII IthoCVEECO Novy Orcon IthoHRU400",
);
export const BLINDS_MODELS = numbered("T", 21, 0);
export const RFY_MODELS: Names = { 0: "RFY", 1: "RFYext", 3: "ASA" };
const CHIMES_OLD = named("ByronSX ByronMP001 SelectPlus ByronBY Envivo");
const CHIMES_LONG = named("Alfawise 1byOne ByronDBY Friedland", 5);
const EDISIO_MODELS = named(
  "gateway emitter emitter230 motion door temperature lighting dimmer light_on_off shutter shutter_osc heat_cool pilot",
);

const edisio = [
  id(4),
  byte("unit"),
  command(() => commands.EDISIO),
  byte("level", 100),
  { bytes: 3, read: (packet, at): Decoded => ({ color: packet.toString("hex", at, at + 3) }) } as Field,
  { bytes: 1, accepts: (one): boolean => one <= 16 } as Field,
  byte("repeat", 16),
  scaled("supply_voltage", 1, 10),
  {
    bytes: 1,
    accepts: (one): boolean => one <= 0x0f,
    read: (packet, at): Decoded => ({ rssi: packet[at] ?? 0 }),
  } as Field,
] as const;

/** How a bell was pressed; a motion detector has its status there. */
const ring: Field = {
  bytes: 1,
  accepts: (one) => one <= 1,
  read: (packet, at, subtype) =>
    subtype === 0 ? commandOf(packet[at] ?? 0, commands.BELL) : { status_number: packet[at] ?? 0 },
};
/** Whether another bell has passed it on. */
const relay: Field = { bytes: 1, accepts: (one) => one <= 1 };

/** Remote controls, wall switches, bells. RFXtrx SDK, packet types 10 to 1F, 28, 30, 31. */
export const REMOTE_KINDS: readonly PacketKind[] = [
  kind(
    0x10,
    "lighting1",
    LIGHTING1_MODELS,
    house("sender", "P"),
    byte("unit"),
    command(() => commands.LIGHTING1),
    ANY,
  ),
  kind(
    0x11,
    "lighting2",
    LIGHTING2_MODELS,
    id(4, 0x03),
    byte("unit", 16),
    command(() => commands.LIGHTING2),
    byte("level", 15),
    QUIET,
  ),
  kind(
    0x12,
    "lighting3",
    named("Koppla"),
    id(3),
    command(() => commands.LIGHTING3),
    QUIET,
  ),
  kind(
    0x13,
    "lighting4",
    named("PT2262"),
    { bytes: 3, read: (packet, at) => ({ code: packet.toString("hex", at, at + 3) }) },
    scaled("pulse_width", 2, 1, 0x07),
    QUIET,
  ),
  kind(
    0x14,
    "lighting5",
    LIGHTING5_MODELS,
    id(3),
    byte("unit", 0x20),
    command(commands.lighting5),
    byte("level", 0x1f),
    QUIET,
  ),
  kind(
    0x15,
    "lighting6",
    LIGHTING6_MODELS,
    id(2),
    house("house", "P"),
    byte("unit", 16),
    command(() => commands.LIGHTING6),
    skip(2),
    QUIET,
  ),
  // Firmware before 1050 sent a byte less.
  kind(0x16, "chime", CHIMES_OLD, senders.chime, QUIET),
  kind(0x16, "chime", CHIMES_OLD, senders.chime, byte("unit", 0x0f), QUIET),
  kind(0x16, "chime", CHIMES_LONG, id(4), QUIET),
  kind(0x17, "fan", FAN_MODELS, senders.fan, command(commands.fan, 0x12), QUIET),
  // Itho and Orcon tell what the fan itself says after it.
  kind(0x17, "fan", FAN_MODELS, senders.fan, command(commands.fan, 0x12), QUIET, skip(9)),
  kind(0x17, "fan", FAN_MODELS, senders.fan, command(commands.fan, 0x12), QUIET, skip(31)),
  kind(
    0x18,
    "curtain",
    named("Harrison"),
    house("sender", "P"),
    byte("unit", 16),
    command(() => commands.CURTAIN),
    QUIET,
  ),
  kind(0x19, "blinds", BLINDS_MODELS, senders.blinds, command(commands.blinds), signalAndBattery),
  kind(
    0x1a,
    "rfy",
    RFY_MODELS,
    id(3, 0x0f),
    byte("unit", 16),
    command(() => commands.RFY),
    skip(3),
    QUIET,
  ),
  kind(
    0x1b,
    "home_confort",
    named("TEL010"),
    id(3),
    house("house", "D"),
    byte("unit", 16),
    command(() => commands.HOME_CONFORT),
    skip(2),
    QUIET,
  ),
  // Newer firmware puts bytes of its own behind.
  ...[0, 1, 2, 3].map((extra) => kind(0x1c, "edisio", EDISIO_MODELS, edisio, skip(extra))),
  kind(
    0x1d,
    "bell",
    { 0: "ActivLink", 1: "ActivLinkPIR" },
    id(3, 0x0f),
    byte("alert", 15),
    ring,
    relay,
    signalAndBattery,
  ),
  kind(
    0x1e,
    "funkbus",
    named("Gira Insta"),
    id(2),
    house("house", "P"),
    byte("unit"),
    command(() => commands.FUNKBUS),
    skip(2),
    ANY,
  ),
  kind(
    0x1f,
    "hunter_fan",
    named("Hunter"),
    id(6),
    command(() => commands.HUNTER),
    QUIET,
  ),
  kind(
    0x28,
    "camera",
    named("X10"),
    house("sender", "P"),
    command(() => commands.CAMERA),
    ANY,
  ),
  kind(0x30, "remote", named("ATI ATIplus Medion PC ATI2"), id(1), byte("command_number"), ANY),
  kind(
    0x31,
    "blinds2",
    named("DDxxxx"),
    id(4),
    byte("unit", 16),
    command(() => commands.DDXXXX),
    byte("level", 100),
    skip(1),
    ANY,
  ),
];
