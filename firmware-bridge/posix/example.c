/*
 * A device on a POSIX system: two metrics, one command. A pty to try it on:
 *
 *     socat pty,raw,echo=0,link=/tmp/device pty,raw,echo=0,link=/tmp/agent &
 *     build/example /tmp/device
 *
 * and /tmp/agent is the agent's port. With "-" it speaks on standard input and output.
 */
#include "dunlin_posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPTIME, COUNTER };

static uint32_t counter;

static const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("posix-example", "1.0.0")
    DUNLIN_METRIC("uptime", DUNLIN_NUMBER, "s", "since the program began")
    DUNLIN_METRIC("counter", DUNLIN_INTEGER, "1", "what `count` has set, and counts on")
    DUNLIN_COMMAND("count", DUNLIN_IDEMPOTENT, 1000, "sets the counter")
    DUNLIN_ARGUMENT("from", DUNLIN_INTEGER, "1", 0, 1000000, DUNLIN_REQUIRED, "");

static dunlin_result run_count(dunlin_link *link, const dunlin_call *call) {
    counter = dunlin_call_uint(call, 0);
    dunlin_log(link, "counts anew", false);
    return DUNLIN_SUCCEEDED;
}

static const dunlin_handler HANDLERS[] DUNLIN_FLASH = {run_count};
static const dunlin_device DEVICE DUNLIN_FLASH = {SELF, HANDLERS, 1, 8};

int main(int count, char **arguments) {
    static dunlin_link link;
    static uint8_t rx[DUNLIN_RX_BYTES_MAX];
    static uint8_t tx[4096];
    dunlin_posix port;
    const uint32_t start_ms = dunlin_posix_now_ms();
    uint32_t next_ms = start_ms;
    if (count < 2 || !dunlin_posix_open(&port, arguments[1], count > 2 ? strtoul(arguments[2], NULL, 10) : 0)) {
        perror(count < 2 ? "usage: example <port, or -> [baud]" : arguments[1]);
        return 1;
    }
    if (!dunlin_init(&link, &DEVICE, dunlin_posix_write, &port, rx, sizeof rx, tx, sizeof tx)) return 1;
    while (dunlin_posix_step(&port, &link, 5)) {
        const uint32_t now_ms = dunlin_posix_now_ms();
        if (!dunlin_is_connected(&link) || (int32_t)(now_ms - next_ms) < 0) continue;
        next_ms = now_ms + 1000;
        dunlin_reading_begin(&link);
        dunlin_reading_float(&link, UPTIME, (float)(now_ms - start_ms) / 1000.0f);
        dunlin_reading_uint(&link, COUNTER, counter++);
        dunlin_reading_send(&link, true);
    }
    dunlin_posix_close(&port);
    return 0;
}
