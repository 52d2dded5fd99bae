/*
 * libFuzzer: what comes over the line, the program on the device, and time, in any order. An input is a list of steps: a byte
 * that chooses, then what the step takes. Frames are made whole, so that what lies behind the crc32 is reached; raw bytes
 * between them are as they come. What lies behind the sizes that the library was told is poisoned: the address sanitizer
 * sees what goes there.
 */
#include "dunlin_link.h"
#include "line.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *at;
    const uint8_t *end;
} input;

static const char SELF[] = DUNLIN_DEVICE("fuzzed", "1")
    DUNLIN_METRIC("a", DUNLIN_NUMBER, "Cel", "left out, if need be")
    DUNLIN_METRIC("b", DUNLIN_TEXT, "", "")
    DUNLIN_COMMAND("now", DUNLIN_IDEMPOTENT, 100, "")
    DUNLIN_ARGUMENT("x", DUNLIN_NUMBER, "", 0, 9, DUNLIN_OPTIONAL, "")
    DUNLIN_ARGUMENT("y", DUNLIN_TEXT, "", DUNLIN_ANY, 9, DUNLIN_OPTIONAL, "")
    DUNLIN_COMMAND("later", DUNLIN_CANCELLABLE, 0, "")
    DUNLIN_ARGUMENT("z", DUNLIN_INTEGER, "", -9, DUNLIN_ANY, DUNLIN_REQUIRED, "")
    DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_OPTIONAL, "");

static dunlin_link link;
static uint8_t segment[600];
static size_t segment_count;
/*
 * Keys begun + 1, the last first: of the last four none may begin again. Calls that go on for long take places from them,
 * so that this is asked only until the first of those.
 */
static uint32_t begun[DUNLIN_CALLS];
static bool later_begun;

#define require(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "line %d: %s\n", __LINE__, #holds); \
            abort(); \
        } \
    } while (0)

/* All that the device writes is frames, each of its own two zeros, of kinds that a device sends. */
static void take_written(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    require(count > 0);
    for (size_t i = 0; i < count; i++) {
        line_frame frame;
        if (bytes[i] != 0) {
            require(segment_count < sizeof segment);
            segment[segment_count++] = bytes[i];
        } else if (segment_count != 0) {
            require(line_decode(segment, segment_count, &frame));
            require(frame.count <= 248);
            require(frame.kind == 0x06 || ((frame.kind & 0x7F) >= 0x11 && (frame.kind & 0x7F) <= 0x17));
            segment_count = 0;
        }
    }
}

static void begins(uint32_t key) {
    for (size_t i = 0; i < DUNLIN_CALLS; i++) require(begun[i] != key + 1 || later_begun);
    memmove(begun + 1, begun, sizeof begun - sizeof begun[0]);
    begun[0] = key + 1;
}

static dunlin_result now(dunlin_link *called, const dunlin_call *call) {
    char text[7];
    volatile float x = dunlin_call_float(call, 0);
    (void)x;
    require(call->command == 0);
    if (call->key != UINT32_MAX) begins(call->key);
    require(dunlin_call_text(call, 1, text, sizeof text) < 256);
    require(memchr(text, 0, sizeof text) != NULL);
    if (dunlin_call_has(call, 0)) {
        dunlin_outcome_begin(called, call->key);
        dunlin_outcome_text(called, "y", text);
        if (dunlin_outcome_send(called, call->key)) dunlin_log(called, text, false);
    }
    return (call->key & 1) != 0 ? DUNLIN_SUCCEEDED : DUNLIN_FAILED;
}

static dunlin_result later(dunlin_link *called, const dunlin_call *call) {
    (void)called;
    require(call->command == 1);
    later_begun = true;
    (void)dunlin_call_int(call, 0);
    (void)dunlin_call_uint(call, 0);
    (void)dunlin_call_bool(call, 1);
    return DUNLIN_PENDING;
}

static const dunlin_handler HANDLERS[] = {now, later};
static const dunlin_device DEVICE = {SELF, HANDLERS, 2, 8};

static uint8_t take(input *in) {
    return in->at < in->end ? *in->at++ : 0;
}

static size_t take_bytes(input *in, size_t most, uint8_t *to) {
    size_t count = take(in);
    if (count > most) count = most;
    if (count > (size_t)(in->end - in->at)) count = (size_t)(in->end - in->at);
    memcpy(to, in->at, count);
    in->at += count;
    return count;
}

static void give(const uint8_t *bytes, size_t count, size_t piece) {
    while (count != 0) {
        const size_t part = count < piece ? count : piece;
        /* At the end of what there is: reads beyond it are seen. */
        static uint8_t copy[304];
        memcpy(copy + sizeof copy - part, bytes, part);
        dunlin_receive(&link, copy + sizeof copy - part, part);
        bytes += part;
        count -= part;
    }
}

static void give_frame(uint8_t kind, uint8_t seq, uint8_t ack, const uint8_t *payload, size_t count) {
    line_frame frame;
    uint8_t encoded[300];
    frame.kind = kind;
    frame.seq = seq;
    frame.ack = ack;
    frame.count = count;
    memcpy(frame.payload, payload, count);
    give(encoded, line_encode(&frame, encoded), sizeof encoded);
}

static void hello(input *in) {
    const uint8_t payload[] = {0x83, 0x01, (uint8_t)(1 + take(in) % 3), 0x18, (uint8_t)(24 + take(in) % 200)};
    give_frame(0x01, 0, take(in), payload, sizeof payload);
}

/* A call as the host makes it, its arguments as they come. */
static void call(input *in) {
    uint8_t payload[200] = {0x83, (uint8_t)(take(in) % 12), (uint8_t)(take(in) % 3), 0xA1, 0x00};
    payload[3] = (uint8_t)(0xA0 + take(in) % 3);
    if (payload[3] == 0xA0) give_frame(0x84, link.expected, link.first, payload, 4);
    else give_frame(0x84, link.expected, link.first, payload, 5 + take_bytes(in, 180, payload + 5));
}

static void acknowledge(input *in) {
    const uint8_t payload[] = {0x81, 0x18, take(in)};
    give_frame(0x06, 0, (uint8_t)(link.first + take(in) % 10), payload, sizeof payload);
}

static void any_frame(input *in) {
    uint8_t payload[248];
    const uint8_t kind = take(in);
    const uint8_t seq = (kind & 1) != 0 ? link.expected : take(in);
    const size_t count = take_bytes(in, sizeof payload, payload);
    give_frame((uint8_t)((kind & 0x80) | (kind >> 1 & 0x1F)), seq, take(in), payload, count);
}

static void raw(input *in) {
    uint8_t bytes[255];
    const size_t count = take_bytes(in, sizeof bytes, bytes);
    give(bytes, count, (size_t)take(in) % 16 + 1);
}

static void reading(input *in) {
    char text[64];
    const uint8_t what = take(in);
    dunlin_reading_begin(&link);
    for (uint8_t left = what & 31; left != 0; left--) dunlin_reading_uint(&link, left, (uint32_t)what << left);
    if ((what & 32) != 0) {
        text[take_bytes(in, sizeof text - 1, (uint8_t *)text)] = '\0';
        dunlin_reading_text(&link, 1, text);
    }
    if ((what & 64) != 0) dunlin_reading_null(&link, 0);
    dunlin_reading_send(&link, (what & 128) != 0);
}

static void log_line(input *in) {
    char text[256];
    text[take_bytes(in, sizeof text - 1, (uint8_t *)text)] = '\0';
    dunlin_log(&link, text, (take(in) & 1) != 0);
}

static void end_call(input *in) {
    const uint8_t what = take(in);
    const uint32_t key = what % 12;
    (void)dunlin_call_is_cancelled(&link, key);
    if (what < 100) dunlin_call_succeed(&link, key);
    else if (what < 200) dunlin_call_fail(&link, key, "a reason");
    else {
        dunlin_outcome_begin(&link, key);
        dunlin_outcome_uint(&link, "value", what);
        dunlin_outcome_send(&link, key);
    }
}

static void step(input *in, uint32_t *now_ms) {
    switch (take(in) % 10) {
        case 0: raw(in); break;
        case 1: any_frame(in); break;
        case 2: hello(in); break;
        case 3: call(in); break;
        case 4: acknowledge(in); break;
        case 5: reading(in); break;
        case 6: log_line(in); break;
        case 7: end_call(in); break;
        case 8: *now_ms += (uint32_t)take(in) << take(in) % 24; break;
        default: *now_ms += take(in); break;
    }
    dunlin_poll(&link, *now_ms);
    require(link.tx_used <= link.tx_size && link.sent <= 8 && (link.rx_used <= link.rx_size || link.rx_used == 255));
    require(segment_count == 0);
}

/* dunlin_init writes all that it describes once, which takes longer than most inputs: so half of them begin with a copy. */
static void begin_link(uint8_t *rx, size_t rx_size, uint8_t *tx, size_t tx_size, bool anew) {
    static dunlin_link fresh;
    static bool has_fresh;
    if (!has_fresh || anew) require(dunlin_init(&fresh, &DEVICE, take_written, NULL, rx, rx_size, tx, tx_size));
    has_fresh = true;
    link = fresh;
    link.rx_size = (uint8_t)rx_size;
    link.tx_size = (uint16_t)(tx_size - DUNLIN_TX_OVERHEAD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in;
    uint32_t now_ms;
    size_t rx_size;
    size_t tx_size;
    static uint8_t rx[DUNLIN_RX_BYTES_MAX];
    static uint8_t tx[DUNLIN_TX_BYTES_MIN + 512];
    in.at = data;
    in.end = data + size;
    rx_size = 40u + take(&in) % 220u;
    tx_size = DUNLIN_TX_BYTES_MIN + (size_t)take(&in) * 2;
    now_ms = (uint32_t)take(&in) << 24;
    if (rx_size > sizeof rx) rx_size = sizeof rx;
    ASAN_POISON_MEMORY_REGION(rx + rx_size, sizeof rx - rx_size);
    ASAN_POISON_MEMORY_REGION(tx + tx_size, sizeof tx - tx_size);
    segment_count = 0;
    memset(begun, 0, sizeof begun);
    later_begun = false;
    begin_link(rx, rx_size, tx, tx_size, (now_ms & 0x01000000u) == 0);
    while (in.at < in.end) step(&in, &now_ms);
    ASAN_UNPOISON_MEMORY_REGION(rx, sizeof rx);
    ASAN_UNPOISON_MEMORY_REGION(tx, sizeof tx);
    return 0;
}
