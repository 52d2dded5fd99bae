/** What `dunlin agent --sim` runs: one device of each kind, no hardware. Also the shortest example of a configuration. */
export const SIM_CONFIG = `
devices:
  gps:
    driver: nmea0183
    port: sim://
    settings: { sentences: [RMC, GGA] }
  air:
    driver: pms5003
    port: sim://
  greenhouse:
    driver: json-lines
    port: sim://
    settings:
      metrics:
        temperature: { unit: Cel }
        humidity: { unit: "%" }
      commands:
        fan:
          description: switch the fan
          template: fan={on}
          arguments:
            on: { type: boolean }
`;
