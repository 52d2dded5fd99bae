import * as Type from "typebox";
import type { AnyDriver } from "../src/device/index.ts";
import { framesDriver } from "./described/frames-driver.ts";
import {
  FramesSchema,
  LineSchema,
  TextSchema,
  type FramesDescription,
  type TextDescription,
} from "./described/schema.ts";
import { textDriver } from "./described/text-driver.ts";
import { modbusDriver } from "./modbus/driver.ts";
import { ProfileSchema, type Profile } from "./modbus/profile.ts";

/** What a kind of description looks like, and the driver that one makes. */
interface Kind {
  readonly schema: Type.TObject;
  /** @param value fits the schema */
  make(name: string, value: never): AnyDriver;
}

const ModbusSchema = Type.Object(
  {
    kind: Type.Literal("modbus"),
    line: LineSchema,
    unit: Type.Integer({
      minimum: 1,
      maximum: 255,
      description: "The address that such devices have when they are new.",
      default: 1,
    }),
    ...ProfileSchema.properties,
  },
  {
    additionalProperties: false,
    title: "a driver of kind modbus",
    description: "A Modbus device: what is in its registers.",
  },
);

interface ModbusDescription extends Profile {
  readonly line: Parameters<typeof modbusDriver>[2];
  readonly unit: number;
}

/** The kinds of devices that can be described in YAML alone. */
export const KINDS: Readonly<Record<string, Kind>> = {
  text: { schema: TextSchema, make: (name, value: TextDescription) => textDriver(name, value) },
  frames: { schema: FramesSchema, make: (name, value: FramesDescription) => framesDriver(name, value) },
  modbus: {
    schema: ModbusSchema,
    make: (name, { line, unit, ...profile }: ModbusDescription) =>
      modbusDriver(name, profile, { ...line, flowControl: "none" }, unit) as unknown as AnyDriver,
  },
};

/** @param value what the configuration's check has let pass, its `kind` included */
export function describedDriver(name: string, value: unknown): AnyDriver {
  const { kind } = value as { readonly kind: string };
  return (KINDS[kind] as Kind).make(name, value as never);
}
