/* Session, time, and what comes in pieces. */
#include "check.h"
#include "line.h"
#include "test-device.h"

static void begin(uint32_t now_ms) {
    CHECK(device_init(512));
    device_poll(now_ms);
    CHECK(line_is(0x11, 0, 0, "81 01"));
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
    CHECK(device_connected());
}

/* The first boot comes at once, whatever the clock says. */
static void boots_at_once(void) {
    static const uint32_t CLOCKS[] = {0, 1, 999, 123456789, 0xFFFFFFFFu};
    for (size_t i = 0; i < sizeof CLOCKS / sizeof CLOCKS[0]; i++) {
        line_clear();
        CHECK(device_init(512));
        device_poll(CLOCKS[i]);
        CHECK(line_is(0x11, 0, 0, "81 01"));
    }
}

static void tells_silence(void) {
    line_clear();
    begin(0);
    device_poll(2999);
    CHECK(device_connected());
    device_poll(3000);
    CHECK(!device_connected());
    line_host(0x02, 1, 0, "83 19 1267 01 18 64");
    CHECK(device_connected());
}

static void knows_the_time(void) {
    const uint32_t start = 0xFFFFFF00u;
    line_clear();
    begin(start);
    CHECK(device_time() == 0);
    line_host(0x07, 1, 0, "83 1a 6ad10000 19 01f4 f5");
    CHECK(device_time() == 0x6ad10000u);
    CHECK(dunlin_time_is_set(device_link()));
    /* Over the wrap of the clock. */
    device_poll(start + 499);
    CHECK(device_time() == 0x6ad10000u);
    device_poll(start + 500);
    CHECK(device_time() == 0x6ad10001u);
    for (uint32_t passed = 1000; passed <= 100000; passed += 7) device_poll(start + passed);
    CHECK(device_time() == 0x6ad10000u + 100);
    line_host(0x07, 1, 0, "83 1a 6ad20000 00 f4");
    CHECK(device_time() == 0x6ad20000u);
    CHECK(!dunlin_time_is_set(device_link()));
    CHECK(device_bad() == 0);
    line_host(0x07, 1, 0, "83 1a 6ad30000 19 03e8 f4");
    line_host(0x07, 1, 0, "83 1a 6ad30000 00 f6");
    line_host(0x07, 1, 0, "82 1a 6ad30000 00");
    CHECK(device_time() == 0x6ad20000u);
    CHECK(device_bad() == 3);
}

/* Sessions and timeouts at the edges of what they may be. */
static void takes_hello_as_it_is(void) {
    static const char *const BAD[] = {"83 01 00 18 64", "83 01 1a 00010000 18 64", "82 01 01", "80", "81 f5", "83 01 20 18 64"};
    CHECK(device_init(512));
    device_poll(0);
    line_clear();
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) line_host(0x01, 0, 0, BAD[i]);
    CHECK(device_bad() == sizeof BAD / sizeof BAD[0]);
    CHECK(!device_connected());
    CHECK(!line_next(&(line_frame){0}));
    /* A timeout of nothing is not taken at its word. */
    line_host(0x01, 0, 0, "83 01 19 ffff 00");
    CHECK(device_connected());
    line_clear();
    CHECK(device_send(1));
    CHECK(line_is(0x95, 0, 0, "a1 00 01"));
    for (uint32_t now = 1; now < 10; now++) device_poll(now);
    CHECK(!line_next(&(line_frame){0}));
    device_poll(10);
    CHECK(line_is(0x95, 0, 0, "a1 00 01"));
}

/* A frame that is answered by boot, and hello behind it before there was time to: the session is not ended at once. */
static void hello_overtakes_boot(void) {
    line_clear();
    CHECK(device_init(512));
    line_host(0x02, 0, 0, "83 19 1267 01 18 64");
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
    device_poll(0);
    CHECK(!line_next(&(line_frame){0}));
}

/* A session that begins before the clock is known does not end with it. */
static void hello_before_the_clock(void) {
    line_clear();
    CHECK(device_init(512));
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    device_poll(123456789);
    CHECK(device_connected());
}

/* What comes before a session is no measure of the line. */
static void counts_damage_in_a_session(void) {
    static const char TEXT[] = "hello, I was just switched on\n";
    line_clear();
    CHECK(device_init(512));
    memcpy(device_buffer(), TEXT, sizeof TEXT);
    device_receive(sizeof TEXT);
    CHECK(device_bad() == 0);
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    memcpy(device_buffer(), TEXT, sizeof TEXT);
    device_receive(sizeof TEXT);
    CHECK(device_bad() == 1);
}

/* A byte at a time, the frame is there with its last zero and not before. */
static void takes_any_piece(void) {
    line_frame ping = {0x02, 7, 0, {0x83, 0x19, 0x12, 0x67, 0x01, 0x18, 0x64}, 7};
    uint8_t bytes[300];
    const size_t count = line_encode(&ping, bytes);
    line_clear();
    begin(0);
    for (size_t i = 0; i < count; i++) {
        CHECK(!line_next(&(line_frame){0}));
        device_buffer()[0] = bytes[i];
        device_receive(1);
    }
    CHECK(line_is(0x13, 2, 0, "85 19 1267 01 00 00 00"));
}

/* What handlers must not call does nothing there. */
static dunlin_result recursive(dunlin_link *link, const dunlin_call *call) {
    const uint8_t zero = 0;
    dunlin_receive(link, &zero, 1);
    dunlin_poll(link, 77777);
    CHECK(dunlin_call_int(call, 0) == 5);
    CHECK(dunlin_context(link) == NULL);
    return DUNLIN_SUCCEEDED;
}

static void write_through(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    device_write(bytes, (uint32_t)count);
}

static void guards_handlers(void) {
    static const char SELF[] = DUNLIN_DEVICE("d", "1") DUNLIN_COMMAND("c", DUNLIN_PLAIN, 0, "")
        DUNLIN_ARGUMENT("x", DUNLIN_INTEGER, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");
    static const dunlin_handler HANDLERS[] = {recursive};
    static const dunlin_device DEVICE = {SELF, HANDLERS, 1, 1};
    static dunlin_link link;
    uint8_t rx[64];
    uint8_t tx[64];
    uint8_t bytes[300];
    line_frame hello = {0x01, 0, 0, {0x83, 0x01, 0x01, 0x18, 0x64}, 5};
    line_frame call = {0x84, 0, 0, {0x83, 0x05, 0x00, 0xA1, 0x00, 0x05}, 6};
    line_clear();
    CHECK(dunlin_init(&link, &DEVICE, write_through, NULL, rx, sizeof rx, tx, sizeof tx));
    dunlin_receive(&link, bytes, line_encode(&hello, bytes));
    dunlin_receive(&link, bytes, line_encode(&call, bytes));
    CHECK(line_next(&hello));
    CHECK(line_is(0x96, 0, 1, "83 05 f5 a0"));
}

void test_session(void) {
    boots_at_once();
    tells_silence();
    knows_the_time();
    takes_hello_as_it_is();
    hello_overtakes_boot();
    hello_before_the_clock();
    counts_damage_in_a_session();
    takes_any_piece();
    guards_handlers();
}
