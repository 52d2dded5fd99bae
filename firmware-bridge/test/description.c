/* What dunlin_init takes, and what it refuses. */
#include "check.h"
#include "dunlin_link.h"

static dunlin_link link;
static uint8_t rx[300];
static uint8_t tx[128];

static void no_write(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    (void)bytes;
    (void)count;
    CHECK(false);
}

static dunlin_result no_handler(dunlin_link *called, const dunlin_call *call) {
    (void)called;
    (void)call;
    return DUNLIN_SUCCEEDED;
}

static const dunlin_handler HANDLERS[] = {no_handler, no_handler};

static bool init(const char *description, uint8_t handlers, uint8_t window, size_t rx_size, size_t tx_size) {
    static dunlin_device device;
    device.description = description;
    device.handlers = HANDLERS;
    device.handler_count = handlers;
    device.window = window;
    return dunlin_init(&link, &device, no_write, NULL, rx, rx_size, tx, tx_size);
}

/* A link that could not begin does nothing, whatever is asked of it. */
static void does_nothing(void) {
    const uint8_t bytes[] = {0, 1, 2, 0};
    dunlin_receive(&link, bytes, sizeof bytes);
    dunlin_poll(&link, 5000);
    dunlin_reading_begin(&link);
    dunlin_reading_int(&link, 0, 1);
    CHECK(!dunlin_reading_send(&link, true));
    CHECK(!dunlin_log(&link, "text", true));
    CHECK(!dunlin_log(&link, "text", false));
    CHECK(!dunlin_is_connected(&link));
    CHECK(dunlin_time(&link) == 0);
}

#define NAME_63 "a123456789012345678901234567890123456789012345678901234567890123"
#define TEN_METRICS \
    DUNLIN_METRIC("a", "0", "", "") DUNLIN_METRIC("b", "0", "", "") DUNLIN_METRIC("c", "0", "", "") \
    DUNLIN_METRIC("d", "0", "", "") DUNLIN_METRIC("e", "0", "", "") DUNLIN_METRIC("f", "0", "", "") \
    DUNLIN_METRIC("g", "0", "", "") DUNLIN_METRIC("h", "0", "", "") DUNLIN_METRIC("i", "0", "", "") \
    DUNLIN_METRIC("j", "0", "", "")

void test_description(void) {
    static const char PLAIN[] = DUNLIN_DEVICE("d", "1");
    static const char COMMANDS[] = DUNLIN_DEVICE("d", "1") DUNLIN_COMMAND("a", DUNLIN_PLAIN, 0, "")
        DUNLIN_COMMAND("b", DUNLIN_PLAIN, 0, "");
    static const char LONG_NAME[] = DUNLIN_DEVICE("d", "1") DUNLIN_METRIC(NAME_63, DUNLIN_NUMBER, "", "");
    static const char LONG_DEVICE[] = DUNLIN_DEVICE(NAME_63, "1");
    static const char METRIC_LAST[] = DUNLIN_DEVICE("d", "1") DUNLIN_COMMAND("a", DUNLIN_PLAIN, 0, "")
        DUNLIN_METRIC("m", DUNLIN_NUMBER, "", "");
    static const char ARGUMENT_FIRST[] = DUNLIN_DEVICE("d", "1")
        DUNLIN_ARGUMENT("x", DUNLIN_NUMBER, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");
    static const char BAD_TIMEOUT[] = DUNLIN_DEVICE("d", "1") DUNLIN_COMMAND("a", DUNLIN_PLAIN, 2 * 1000, "");
    static const char MANY[] = DUNLIN_DEVICE("d", "1") TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS
        TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS
        TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS TEN_METRICS
        TEN_METRICS TEN_METRICS TEN_METRICS;

    CHECK(init(PLAIN, 0, 1, DUNLIN_RX_BYTES_MIN, DUNLIN_TX_BYTES_MIN));
    CHECK(init(PLAIN, 0, 8, sizeof rx, sizeof tx));
    CHECK(init(COMMANDS, 2, 1, 64, sizeof tx));
    CHECK(init(LONG_NAME, 0, 1, 90, sizeof tx));

    CHECK(!init(PLAIN, 0, 1, DUNLIN_RX_BYTES_MIN - 1, sizeof tx));
    does_nothing();
    CHECK(!init(PLAIN, 0, 1, 64, DUNLIN_TX_BYTES_MIN - 1));
    does_nothing();
    CHECK(!init(PLAIN, 0, 0, 64, sizeof tx));
    CHECK(!init(PLAIN, 0, 9, 64, sizeof tx));
    CHECK(!init(PLAIN, 1, 1, 64, sizeof tx));
    CHECK(!init(COMMANDS, 1, 1, 64, sizeof tx));
    CHECK(!init(LONG_NAME, 0, 1, 64, sizeof tx));
    CHECK(!init(LONG_DEVICE, 0, 1, 64, sizeof tx));
    CHECK(!init(METRIC_LAST, 1, 1, 64, sizeof tx));
    CHECK(!init(ARGUMENT_FIRST, 0, 1, 64, sizeof tx));
    CHECK(!init(BAD_TIMEOUT, 1, 1, 64, sizeof tx));
    CHECK(!init(MANY, 0, 1, 64, sizeof tx));
    does_nothing();
}
