import * as commands from "./commands.table.ts";
import * as electricity from "./electricity.ts";
import {
  byte,
  choice,
  command,
  humidity,
  id,
  pressure,
  scaled,
  signal,
  signalAndBattery,
  skip,
  temperature,
  type Field,
} from "./fields.ts";
import { kind, named, numbered, type PacketKind } from "./kinds.ts";
import * as senders from "./senders.ts";
import * as weather from "./weather.ts";

const ANY = signal(15);

export const SECURITY_MODELS = named(
  "X10 X10motion X10remote KD101 PowerCode PowerCodeMotion CodeSecure PowerCodeAux Meiantech SA30 RM174RF Ferport",
);
const securityStatus: Field = {
  bytes: 1,
  accepts: (one) => Object.hasOwn(commands.SECURITY, one & 0x7f),
  read: (packet, at) => {
    const number = (packet[at] ?? 0) & 0x7f;
    return {
      status: commands.SECURITY[number] ?? null,
      status_number: number,
      tamper: ((packet[at] ?? 0) & 0x80) !== 0,
    };
  },
};

const DIGIMAX_STATUS = ["none", "demand", "no_demand", "initializing"] as const;
const digimaxStatus: Field = {
  bytes: 1,
  accepts: (one) => (one & 0x7c) === 0,
  read: (packet, at) => ({
    status: DIGIMAX_STATUS[(packet[at] ?? 0) & 3] ?? null,
    status_number: (packet[at] ?? 0) & 3,
    cooling: ((packet[at] ?? 0) & 0x80) !== 0,
  }),
};
/** The short Digimax tells no set point. */
const setpoint: Field = {
  bytes: 1,
  accepts: (one) => one <= 100,
  read: (packet, at, subtype) => ({ setpoint: subtype === 1 ? null : (packet[at] ?? 0) }),
};
const halfDegrees: Field = {
  bytes: 2,
  accepts: (one, index) => (index === 0 ? one <= 50 : one <= 5),
  read: (packet, at) => ({ setpoint: (packet[at] ?? 0) + (packet[at + 1] ? 0.5 : 0) }),
};
/** Temperature, or raw millivolts, or a number of a message. */
const rfxSensor: Field = {
  bytes: 2,
  read: (packet, at, subtype) =>
    subtype === 0
      ? (temperature("temperature", 100).read?.(packet, at, subtype) ?? {})
      : { raw_value: packet.readUInt16BE(at) },
};

const ELECTRICITY: readonly PacketKind[] = [
  kind(0x59, "current", numbered("ELEC", 1), id(2), electricity.owlCurrents, signalAndBattery),
  kind(0x5a, "energy", { 1: "ELEC2", 2: "ELEC3" }, id(2), electricity.owlPower, signalAndBattery),
  kind(0x5b, "current_energy", { 1: "ELEC4" }, id(2), electricity.owlCurrentsAndEnergy, signalAndBattery),
  kind(0x5c, "power", { 1: "ELEC5" }, id(2), electricity.revolt, ANY),
  kind(0x60, "cartelectronic", { 1: "TIC" }, electricity.teleinfo, signalAndBattery),
  kind(0x60, "cartelectronic", { 2: "encoder" }, electricity.encoder, signalAndBattery),
  kind(0x60, "cartelectronic", { 3: "Linky" }, electricity.linky, signalAndBattery),
];

/** Sensors, meters, thermostats and alarm devices. RFXtrx SDK, packet types 20, 21 and 40 to 77. */
export const SENSOR_KINDS: readonly PacketKind[] = [
  kind(0x20, "security", SECURITY_MODELS, senders.security, securityStatus, signalAndBattery),
  kind(0x21, "keeloq", named("classic"), id(24), signalAndBattery),
  kind(
    0x40,
    "thermostat1",
    named("Digimax DigimaxShort"),
    id(2),
    byte("temperature", 100),
    setpoint,
    digimaxStatus,
    ANY,
  ),
  kind(
    0x41,
    "thermostat2",
    named("HE105 RTS10"),
    id(1),
    command(() => commands.THERMOSTAT2),
    ANY,
  ),
  kind(
    0x42,
    "thermostat3",
    named("G6RH4T1 G6RH4TB G6RH4TD G6RH4S G6RH3T1"),
    id(3),
    command(commands.thermostat3),
    ANY,
  ),
  kind(
    0x43,
    "thermostat4",
    named("MCZ1 MCZ2 MCZ3"),
    id(3),
    skip(3),
    byte("level", 5),
    choice("status", ["off", "manual", "auto", "eco"]),
    ANY,
  ),
  kind(
    0x44,
    "thermostat5",
    named("Gazco"),
    id(2),
    choice("status", ["off", "on", "on_standby", "on_low", "on_high"]),
    skip(6),
    ANY,
  ),
  kind(
    0x48,
    "radiator",
    named("Smartwares"),
    id(4),
    byte("unit"),
    command(() => commands.RADIATOR),
    halfDegrees,
    ANY,
  ),
  // A probe that is not there, or too hot, tells more than 600 degrees.
  kind(
    0x4e,
    "barbecue",
    { 1: "ET732" },
    id(2),
    scaled("temperature", 2, 1, 0x02),
    scaled("temperature_2", 2, 1, 0x02),
    signalAndBattery,
  ),
  kind(
    0x4f,
    "temperature_rain",
    { 1: "WS1200" },
    id(2),
    temperature(),
    scaled("rain_total", 2, 10),
    signalAndBattery,
  ),
  kind(0x50, "temperature", numbered("TEMP", 15), id(2), temperature(), signalAndBattery),
  kind(0x51, "humidity", numbered("HUM", 5), id(2), humidity, signalAndBattery),
  kind(0x52, "temperature_humidity", numbered("TH", 20), id(2), temperature(), humidity, signalAndBattery),
  kind(0x53, "pressure", numbered("BARO", 2), id(2), pressure, signalAndBattery),
  kind(
    0x54,
    "temperature_humidity_pressure",
    numbered("THB", 3),
    id(2),
    temperature(),
    humidity,
    pressure,
    signalAndBattery,
  ),
  kind(0x55, "rain", numbered("RAIN", 10), id(2), weather.rain, signalAndBattery),
  kind(0x56, "wind", numbered("WIND", 9), id(2), weather.wind, signalAndBattery),
  kind(0x57, "uv", numbered("UV", 4), id(2), weather.uv, signalAndBattery),
  kind(0x58, "clock", numbered("DT", 1), id(2), weather.clock, signalAndBattery),
  ...ELECTRICITY,
  kind(0x5d, "weight", numbered("WEIGHT", 2), id(2), scaled("weight", 2, 10), signalAndBattery),
  kind(0x70, "rfxsensor", named("temperature input supply message"), id(1), rfxSensor, ANY),
  kind(0x71, "rfxmeter", named("count"), id(2), scaled("count", 4, 1), ANY),
  kind(0x72, "fs20", named("FS20 FHT8V FHT80"), id(3), command(commands.fs20, 0xff), byte("level"), ANY),
  kind(
    0x73,
    "level_sensor",
    named("FT002"),
    id(2),
    byte("status_number"),
    scaled("depth", 2, 1),
    temperature(),
    skip(2),
    signalAndBattery,
  ),
  kind(
    0x74,
    "lightning",
    named("WH57"),
    id(3),
    byte("status_number"),
    byte("lightning_distance"),
    byte("lightning_count"),
    skip(2),
    signalAndBattery,
  ),
  kind(0x76, "weather", named("WS90 ACH2010 WS5500"), id(2), weather.station, signalAndBattery),
  kind(0x77, "solar", numbered("SOLAR", 2), id(2), scaled("irradiance", 2, 100), skip(2), signalAndBattery),
];
