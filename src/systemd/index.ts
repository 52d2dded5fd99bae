/**
 * What a service tells the host: that it is ready, how it is, that it lives, and its log with fields. Both go as datagrams
 * to sockets of systemd's, and neither ever waits for it.
 */
export * from "./journal-entry.ts";
export * from "./journal-log.ts";
export * from "./notifier.ts";
export * from "./watchdog.ts";
