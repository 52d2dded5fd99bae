import { Option, type Command } from "commander";
import { DRIVERS } from "../../devices/index.ts";
import type { Run } from "./run.ts";

export function addRecordings(program: Command, run: Run): void {
  program
    .command("record <port> <file>")
    .description("write every byte that a device sends to a file, with its time")
    .option("--baud <rate>", "bits per second; default the driver's", Number)
    .addOption(new Option("--data-bits <number>", "default the driver's, or 8").choices(["5", "6", "7", "8"]))
    .addOption(
      new Option("--parity <kind>", "default the driver's, or none").choices(["none", "even", "odd"]),
    )
    .addOption(new Option("--stop-bits <number>", "default the driver's, or 1").choices(["1", "2"]))
    .addOption(driverOption("set the line as this driver has it, and note the driver in the file"))
    .option("--no-exclusive", "let other programs have the port open, too, and take some of the bytes")
    .option("--duration <duration>", "end after this time: 30s, 10m, 1h")
    .option("--bytes <number>", "end after this many bytes", Number)
    .option("--force", "write over a file that is there already")
    .addHelpText(
      "after",
      `
Ends with Ctrl-C. The file is text (docs/recording.md); what was killed leaves all but its last second.
Examples:
  dunlin record /dev/ttyUSB0 gps.rec --driver nmea0183
  dunlin record /dev/ttyUSB0 meter.rec --baud 2400 --parity even --duration 10m
  dunlin record tcp://192.168.1.20:4001 plc.rec --bytes 100000
  dunlin record sim:// air.rec --driver pms5003 --duration 10s`,
    )
    .action(run(async () => (await import("./record-command.ts")).recordCommand));
  program
    .command("replay <file>")
    .description("print the readings that a driver makes of a recording, and what it discards")
    .addOption(driverOption("default the recording's own"))
    .option("--set <key=value>", "a setting of the driver; may be given again", collect, [])
    .option("--json", "one JSON object a line, the last one a summary")
    .addHelpText(
      "after",
      `
As fast as it goes, without an agent: the exit code is 1 if there was no reading. To play a recording to an agent
in its own time, make it the device's port: file:///tmp/gps.rec
Examples:
  dunlin replay gps.rec
  dunlin replay weather.rec --driver json-lines --set format=csv --set 'columns=["temperature","humidity"]'
  dunlin replay gauge.rec --driver drivers/rain-gauge.yaml
  dunlin replay gps.rec --json > gps.expected.jsonl`,
    )
    .action(run(async () => (await import("./replay-command.ts")).replayCommand));
}

export function addDevices(devices: Command, run: Run): void {
  devices.description("describe a device in YAML, and test the description against recordings").addHelpText(
    "after",
    `
Examples:
  dunlin device new rain-gauge --kind text --folder /etc/dunlin/drivers
  dunlin device test drivers/rain-gauge.yaml rain.rec --accept
  dunlin device test nmea0183 gps.rec gps2.rec`,
  );
  devices
    .command("new <name>")
    .description("write the beginning of a description (docs/describing-devices.md)")
    .addOption(
      new Option("--kind <kind>", "lines of text, frames of bytes, or Modbus registers")
        .choices(["text", "frames", "modbus"])
        .default("text"),
    )
    .option("--folder <folder>", "where: beside the configuration it is read by the agent", "drivers")
    .option("--force", "write over a file that is there already")
    .action(run(async () => (await import("./device-command.ts")).newDeviceCommand));
  devices
    .command("test <driver> <recording...>")
    .description("hold a driver, or a description, against what was recorded and accepted before")
    .option("--accept", "what comes out now is right: write it beside the recording")
    .action(run(async () => (await import("./device-test-command.ts")).testDeviceCommand));
}

function driverOption(what: string): Option {
  return new Option(
    "--driver <name>",
    `${what}: ${Object.keys(DRIVERS).join(", ")}, or the file of a description`,
  );
}

function collect(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}
