import type { Metric } from "../../src/message/index.ts";
import type { Mode } from "./protocol.ts";

/** What a label's value is, and under which name it is published. */
export interface Label {
  readonly name: string;
  readonly metric: Metric;
  /** Its timestamp is published too, as `<name>_time`. */
  readonly timed?: true;
  /** Its timestamp is what is published; the value says nothing. */
  readonly isTime?: true;
  readonly mode: Mode;
}
type Labels = Readonly<Record<string, Label>>;

const HISTORIC = "historic";
const STANDARD = "standard";

function number(mode: Mode, name: string, unit: string, description: string): Label {
  return { name, mode, metric: { type: "integer", unit, description } };
}

function count(name: string, description: string): Label {
  return { name, mode: STANDARD, metric: { type: "integer", description } };
}

function text(mode: Mode, name: string, description: string): Label {
  return { name, mode, metric: { type: "text", description } };
}

function time(name: string, description: string): Label {
  return { name, mode: STANDARD, isTime: true, metric: { type: "text", description } };
}

function timed(name: string, unit: string, description: string): Label {
  return { ...number(STANDARD, name, unit, description), timed: true };
}

/** The same for each of some phases or indices: `IRMS1` is current_1. */
function each(count: number, of: (index: number) => readonly [label: string, entry: Label]): Labels {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => of(index + 1)));
}

const energy = (name: string, description: string): Label => number(HISTORIC, name, "W.h", description);

/** Enedis-NOI-CPT_54E, 6.1 (Linky in historic mode); ERDF-NOI-CPT_02E (meters before it). */
const HISTORIC_LABELS: Labels = {
  ADCO: text(HISTORIC, "address", "of the meter"),
  OPTARIF: text(HISTORIC, "tariff_option", "BASE, HC.., EJP. or BBR and a programme"),
  ISOUSC: number(HISTORIC, "subscribed_current", "A", "per phase"),
  BASE: energy("energy_base", "in the option Base"),
  HCHC: energy("energy_off_peak", "in off-peak hours"),
  HCHP: energy("energy_peak", "in peak hours"),
  EJPHN: energy("energy_ejp_normal", "in normal hours of EJP"),
  EJPHPM: energy("energy_ejp_mobile_peak", "in mobile peak hours of EJP"),
  BBRHCJB: energy("energy_blue_off_peak", "in off-peak hours of blue days"),
  BBRHPJB: energy("energy_blue_peak", "in peak hours of blue days"),
  BBRHCJW: energy("energy_white_off_peak", "in off-peak hours of white days"),
  BBRHPJW: energy("energy_white_peak", "in peak hours of white days"),
  BBRHCJR: energy("energy_red_off_peak", "in off-peak hours of red days"),
  BBRHPJR: energy("energy_red_peak", "in peak hours of red days"),
  PEJP: number(HISTORIC, "ejp_notice", "min", "until mobile peak hours begin"),
  PTEC: text(HISTORIC, "tariff_period", "TH.., HC.., HP.., HN.., PM.., HCJB and so on"),
  DEMAIN: text(HISTORIC, "tomorrow", "BLEU, BLAN or ROUG; null if it is not known yet"),
  IINST: number(HISTORIC, "current", "A", "of the only phase"),
  ADPS: number(HISTORIC, "overload_current", "A", "only while it is above what is subscribed"),
  IMAX: number(HISTORIC, "max_current", "A", "ever"),
  ...each(3, (phase) => [`IINST${phase}`, number(HISTORIC, `current_${phase}`, "A", `of phase ${phase}`)]),
  ...each(3, (phase) => [
    `ADIR${phase}`,
    number(HISTORIC, `overload_current_${phase}`, "A", "only while it is above what is subscribed"),
  ]),
  ...each(3, (phase) => [`IMAX${phase}`, number(HISTORIC, `max_current_${phase}`, "A", "ever")]),
  PMAX: number(HISTORIC, "max_power", "W", "of three phases, of the day before"),
  PPOT: text(HISTORIC, "potentials", "of three phases, in hexadecimal: 00 if all are there"),
  PAPP: number(HISTORIC, "apparent_power", "V.A", "drawn from the grid"),
  HHPHC: text(HISTORIC, "off_peak_schedule", "letter of the timetable"),
  MOTDETAT: text(HISTORIC, "status_word", "of the meter, for its owner"),
};

/** Enedis-NOI-CPT_54E, 6.2. */
const STANDARD_LABELS: Labels = {
  ADSC: text(STANDARD, "address", "of the meter"),
  VTIC: text(STANDARD, "protocol_version", "02 is the standard mode"),
  NGTF: text(STANDARD, "tariff_calendar", "of the supplier"),
  LTARF: text(STANDARD, "tariff", "of the supplier, now"),
  EAST: number(STANDARD, "energy_total", "W.h", "drawn from the grid"),
  ...each(10, (index) => [
    `EASF${two(index)}`,
    number(STANDARD, `energy_supplier_${index}`, "W.h", `drawn, index ${index} of the supplier`),
  ]),
  ...each(4, (index) => [
    `EASD${two(index)}`,
    number(STANDARD, `energy_distributor_${index}`, "W.h", `drawn, index ${index} of the distributor`),
  ]),
  EAIT: number(STANDARD, "energy_injected", "W.h", "fed into the grid"),
  ...each(4, (quadrant) => [
    `ERQ${quadrant}`,
    number(STANDARD, `reactive_energy_${quadrant}`, "V.A.h", `reactive, quadrant ${quadrant}`),
  ]),
  ...each(3, (phase) => [`IRMS${phase}`, number(STANDARD, `current_${phase}`, "A", `of phase ${phase}`)]),
  ...each(3, (phase) => [`URMS${phase}`, number(STANDARD, `voltage_${phase}`, "V", `of phase ${phase}`)]),
  PREF: number(STANDARD, "subscribed_power", "kV.A", "reference"),
  PCOUP: number(STANDARD, "cut_off_power", "kV.A", "above which the meter cuts off"),
  SINSTS: number(STANDARD, "apparent_power", "V.A", "drawn from the grid"),
  ...each(3, (phase) => [
    `SINSTS${phase}`,
    number(STANDARD, `apparent_power_${phase}`, "V.A", `drawn, phase ${phase}`),
  ]),
  SMAXSN: timed("max_power_today", "V.A", "drawn"),
  "SMAXSN-1": timed("max_power_yesterday", "V.A", "drawn"),
  ...each(3, (phase) => [
    `SMAXSN${phase}`,
    timed(`max_power_${phase}_today`, "V.A", `drawn, phase ${phase}`),
  ]),
  ...each(3, (phase) => [
    `SMAXSN${phase}-1`,
    timed(`max_power_${phase}_yesterday`, "V.A", `drawn, phase ${phase}`),
  ]),
  SINSTI: number(STANDARD, "injected_power", "V.A", "apparent, fed into the grid"),
  SMAXIN: timed("max_injected_power_today", "V.A", "apparent"),
  "SMAXIN-1": timed("max_injected_power_yesterday", "V.A", "apparent"),
  CCASN: timed("load_curve", "W", "mean of the last period of the load curve"),
  "CCASN-1": timed("load_curve_previous", "W", "mean of the period before"),
  CCAIN: timed("injection_curve", "W", "mean of the last period, fed into the grid"),
  "CCAIN-1": timed("injection_curve_previous", "W", "mean of the period before"),
  ...each(3, (phase) => [`UMOY${phase}`, timed(`mean_voltage_${phase}`, "V", `of phase ${phase}`)]),
  STGE: text(STANDARD, "status", "32 bits in hexadecimal"),
  ...each(3, (index) => [`DPM${index}`, time(`mobile_peak_${index}_start`, "ISO 8601")]),
  ...each(3, (index) => [`FPM${index}`, time(`mobile_peak_${index}_end`, "ISO 8601")]),
  MSG1: text(STANDARD, "message", "of the supplier"),
  MSG2: text(STANDARD, "short_message", "of the supplier"),
  PRM: text(STANDARD, "delivery_point", "number of the connection"),
  RELAIS: count("relays", "bits: 1 is the real one, the others are virtual"),
  NTARF: count("tariff_index", "of the supplier, now"),
  NJOURF: count("calendar_day", "number of the day in the supplier's calendar"),
  "NJOURF+1": count("calendar_day_next", "number of the next day"),
  "PJOURF+1": text(STANDARD, "day_profile_next", "hhmm and four digits for each change of the next day"),
  PPOINTE: text(STANDARD, "peak_day_profile", "hhmm and four digits for each change of the next peak day"),
};

export const LABELS: Labels = { ...HISTORIC_LABELS, ...STANDARD_LABELS };

/** `DATE`, of which both values come from the timestamp. */
export const CLOCK: Readonly<Record<string, Metric>> = {
  meter_time: { type: "text", description: "of the meter's clock, ISO 8601" },
  meter_time_sure: {
    type: "boolean",
    description: "false: the meter has lost its time and goes by a saved one",
  },
};

/** A part of `STGE`. Enedis-NOI-CPT_54E, 6.2.3.14. */
export interface StatusBits {
  readonly shift: number;
  /** Bits; one is a boolean. */
  readonly width: number;
  readonly description: string;
}

export const STATUS: Readonly<Record<string, StatusBits>> = {
  relay_open: { shift: 0, width: 1, description: "the dry contact is open" },
  breaker: {
    shift: 1,
    width: 3,
    description:
      "0 closed, open for: 1 power, 2 voltage, 3 load shedding, 4 an order, 5 heat with overcurrent, 6 heat",
  },
  cover_open: { shift: 4, width: 1, description: "the terminals' cover is open" },
  overvoltage: { shift: 6, width: 1, description: "on a phase" },
  over_power: { shift: 7, width: 1, description: "above the reference" },
  producer: { shift: 8, width: 1, description: "the meter counts what is fed in too" },
  injecting: { shift: 9, width: 1, description: "active energy is fed in" },
  clock_degraded: { shift: 16, width: 1, description: "the meter's clock has lost its time" },
  tempo_today: { shift: 24, width: 2, description: "colour: 0 none, 1 blue, 2 white, 3 red" },
  tempo_tomorrow: { shift: 26, width: 2, description: "colour: 0 none, 1 blue, 2 white, 3 red" },
  mobile_peak_notice: { shift: 28, width: 2, description: "0 none, or 1 to 3" },
  mobile_peak: { shift: 30, width: 2, description: "0 none, or 1 to 3" },
};

function two(index: number): string {
  return String(index).padStart(2, "0");
}
