#include "test-device.h"

#include <string.h>

enum { NUMBER, PLAIN, TEXT, LEVEL };
enum { SET, SLOW, AGAIN, TYPES, COMMANDS };

static dunlin_link link_state;
static uint8_t buffer[256];
static uint8_t rx[64];
static uint8_t tx[4096];
static uint32_t runs[COMMANDS];
static int32_t last[COMMANDS];
static uint32_t last_key[COMMANDS];

static const char SELF[] DUNLIN_FLASH = 
    DUNLIN_DEVICE("test-device", "1.2.3")
    DUNLIN_METRIC("number", DUNLIN_INTEGER, "1", "counts up")
    DUNLIN_METRIC("plain", DUNLIN_INTEGER, "", "")
    DUNLIN_METRIC("text", DUNLIN_TEXT, "", "a description that is much too long for a frame of sixty-four bytes")
    DUNLIN_METRIC("level", DUNLIN_NUMBER, "Cel", "")
    DUNLIN_COMMAND("set", DUNLIN_PLAIN, 0, "sets a value")
    DUNLIN_ARGUMENT("value", DUNLIN_INTEGER, "", -5, 1000000, DUNLIN_REQUIRED, "")
    DUNLIN_COMMAND("slow", DUNLIN_CANCELLABLE, 60000, "")
    DUNLIN_ARGUMENT("value", DUNLIN_INTEGER, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "")
    DUNLIN_COMMAND("again", DUNLIN_IDEMPOTENT, 2000, "")
    DUNLIN_ARGUMENT("value", DUNLIN_INTEGER, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "")
    DUNLIN_COMMAND("types", DUNLIN_PLAIN, 0, "")
    DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "")
    DUNLIN_ARGUMENT("level", DUNLIN_NUMBER, "Cel", -40, 85, DUNLIN_OPTIONAL, "")
    DUNLIN_ARGUMENT("name", DUNLIN_TEXT, "", 0, 8, DUNLIN_OPTIONAL, "");

static void count_run(const dunlin_call *call, int32_t value) {
    runs[call->command]++;
    last[call->command] = value;
    last_key[call->command] = call->key;
}

static dunlin_result set(dunlin_link *link, const dunlin_call *call) {
    count_run(call, dunlin_call_int(call, 0));
    dunlin_outcome_begin(link, call->key);
    dunlin_outcome_int(link, "value", dunlin_call_int(call, 0));
    dunlin_outcome_send(link, call->key);
    return DUNLIN_SUCCEEDED;
}

static dunlin_result slow(dunlin_link *link, const dunlin_call *call) {
    (void)link;
    count_run(call, dunlin_call_int(call, 0));
    return DUNLIN_PENDING;
}

static dunlin_result again(dunlin_link *link, const dunlin_call *call) {
    (void)link;
    count_run(call, dunlin_call_int(call, 0));
    return DUNLIN_SUCCEEDED;
}

/* Tells what it was given as the reason of its failure. */
static dunlin_result types(dunlin_link *link, const dunlin_call *call) {
    char reason[12] = "off ";
    if (dunlin_call_bool(call, 0)) memcpy(reason, "on  ", 4);
    if (dunlin_call_has(call, 1) && dunlin_call_float(call, 1) > 20.5f) reason[3] = '+';
    dunlin_call_text(call, 2, reason + 4, sizeof reason - 4);
    count_run(call, 0);
    dunlin_call_fail(link, call->key, reason);
    return DUNLIN_FAILED;
}

static const dunlin_handler HANDLERS[] DUNLIN_FLASH = {set, slow, again, types};
static const dunlin_device DEVICE DUNLIN_FLASH = {SELF, HANDLERS, COMMANDS, 4};

static void send_bytes(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    device_write(bytes, (uint32_t)count);
}

uint8_t *device_buffer(void) {
    return buffer;
}

bool device_init(uint32_t tx_size) {
    if (tx_size > sizeof tx) return false;
    return dunlin_init(&link_state, &DEVICE, send_bytes, NULL, rx, sizeof rx, tx, tx_size);
}

void device_receive(uint32_t count) {
    dunlin_receive(&link_state, buffer, count < sizeof buffer ? count : sizeof buffer);
}

void device_poll(uint32_t now_ms) {
    dunlin_poll(&link_state, now_ms);
}

bool device_connected(void) {
    return dunlin_is_connected(&link_state);
}

uint32_t device_time(void) {
    return dunlin_time(&link_state);
}

bool device_send(uint32_t number) {
    dunlin_reading_begin(&link_state);
    dunlin_reading_uint(&link_state, NUMBER, number);
    return dunlin_reading_send(&link_state, true);
}

bool device_send_plain(uint32_t number) {
    dunlin_reading_begin(&link_state);
    dunlin_reading_uint(&link_state, PLAIN, number);
    return dunlin_reading_send(&link_state, false);
}

bool device_log(uint32_t count, bool reliable) {
    char text[sizeof buffer + 1];
    if (count > sizeof buffer) count = sizeof buffer;
    memcpy(text, buffer, count);
    text[count] = '\0';
    return dunlin_log(&link_state, text, reliable);
}

uint32_t device_runs(uint32_t command) {
    return command < COMMANDS ? runs[command] : 0;
}

int32_t device_last(uint32_t command) {
    return command < COMMANDS ? last[command] : 0;
}

uint32_t device_last_key(uint32_t command) {
    return command < COMMANDS ? last_key[command] : 0;
}

void device_finish(uint32_t key, bool succeeded) {
    if (succeeded) dunlin_call_succeed(&link_state, key);
    else dunlin_call_fail(&link_state, key, "stopped");
}

bool device_cancelled(uint32_t key) {
    return dunlin_call_is_cancelled(&link_state, key);
}

uint32_t device_bad(void) {
    return link_state.bad;
}

uint32_t device_retransmits(void) {
    return link_state.retransmits;
}

uint32_t device_dropped(void) {
    return link_state.dropped;
}

dunlin_link *device_link(void) {
    return &link_state;
}
