/*
 * The device that tests talk with: in C, and as WebAssembly from TypeScript, whose exports these functions are. A frame
 * may have 64 bytes, the host's window is 4.
 *
 *     metric 0 "number", integer      command 0 "set" (value: integer): ends at once, with { value }
 *     metric 1 "plain", integer       command 1 "slow" (value: integer), cancellable: ends by device_finish
 *     metric 2 "text", text           command 2 "again" (value: integer), idempotent: ends at once
 *     metric 3 "level", number        command 3 "types" (on: boolean, level: number or none, name: text or none): fails
 */
#ifndef TEST_DEVICE_H
#define TEST_DEVICE_H

#include "dunlin_link.h"

/* Where the caller puts what device_receive and device_log are to take: 256 bytes. */
uint8_t *device_buffer(void);
/* As a reset: all is forgotten but the counts of runs. `tx_size`: as far as 4096. */
bool device_init(uint32_t tx_size);
void device_receive(uint32_t count);
void device_poll(uint32_t now_ms);
bool device_connected(void);
uint32_t device_time(void);

/* Reliable {0: number}. */
bool device_send(uint32_t number);
/* {1: number}, which may be lost. */
bool device_send_plain(uint32_t number);
/* The text of `count` bytes in the buffer. */
bool device_log(uint32_t count, bool reliable);

/* How often a command ran, in all, and with what last. */
uint32_t device_runs(uint32_t command);
int32_t device_last(uint32_t command);
uint32_t device_last_key(uint32_t command);
void device_finish(uint32_t key, bool succeeded);
bool device_cancelled(uint32_t key);

/* As told in pong. */
uint32_t device_bad(void);
uint32_t device_retransmits(void);
uint32_t device_dropped(void);

/* The link itself, for tests in C. */
dunlin_link *device_link(void);

/* Given by the caller: takes what the device sends. */
#ifdef __wasm__
__attribute__((import_module("env"), import_name("write")))
#endif
void device_write(const uint8_t *bytes, uint32_t count);

#endif
