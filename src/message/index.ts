/** Layer 1: everything that goes over a wire of Dunlin's own, as values and as CBOR, and the grammars of names and ports. Pure. docs/protocol.md is its specification. */
export * from "./arguments.ts";
export * from "./cbor.ts";
export * from "./check-description.ts";
export * from "./command.ts";
export * from "./description.ts";
export * from "./envelope.ts";
export * from "./invitation.ts";
export * from "./name.ts";
export * from "./port-address.ts";
export * from "./query.ts";
export * from "./reading.ts";
export * from "./replay.ts";
export * from "./state.ts";
export * from "./topic.ts";
export * from "./uplink.ts";
export * from "./values.ts";
export * from "./well-formed.ts";
