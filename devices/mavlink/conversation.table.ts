import type { Definitions } from "./message.ts";

/** What is said back and forth, and is no reading. Message definitions, common.xml. */
export const CONVERSATION = {
  PARAM_REQUEST_READ: {
    id: 20,
    fields: "int16_t param_index, uint8_t target_system, uint8_t target_component, char[16] param_id",
  },
  PARAM_VALUE: {
    id: 22,
    fields:
      "float param_value, uint16_t param_count, uint16_t param_index, char[16] param_id, uint8_t param_type",
  },
  COMMAND_LONG: {
    id: 76,
    fields:
      "float param1, float param2, float param3, float param4, float param5, float param6, float param7, " +
      "uint16_t command, uint8_t target_system, uint8_t target_component, uint8_t confirmation",
  },
  COMMAND_ACK: {
    id: 77,
    fields:
      "uint16_t command, uint8_t result | uint8_t progress, int32_t result_param2, " +
      "uint8_t target_system, uint8_t target_component",
  },
  STATUSTEXT: { id: 253, fields: "uint8_t severity, char[50] text | uint16_t id, uint8_t chunk_seq" },
} as const satisfies Definitions;
