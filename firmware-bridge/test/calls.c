/* Calls: once each, however often they come and however full the buffer is. */
#include "check.h"
#include "line.h"
#include "test-device.h"

enum { SET, SLOW, AGAIN, TYPES };

static void begin(uint32_t tx_size) {
    line_clear();
    CHECK(device_init(tx_size));
    device_poll(0);
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
}

static void call(uint8_t seq, uint8_t ack, uint8_t key, uint8_t command, uint8_t value) {
    char payload[40];
    sprintf(payload, "83 18%02x %02x a1 00 18%02x", key, command, value);
    line_host(0x84, seq, ack, payload);
}

static void remembers_four(void) {
    const uint32_t before = device_runs(AGAIN);
    begin(512);
    for (uint8_t i = 0; i < 4; i++) call(i, i, (uint8_t)(100 + i), AGAIN, i);
    CHECK(device_runs(AGAIN) == before + 4);
    for (uint8_t i = 0; i < 4; i++) call((uint8_t)(4 + i), (uint8_t)(4 + i), (uint8_t)(100 + i), AGAIN, i);
    CHECK(device_runs(AGAIN) == before + 4);
    /* The fifth makes it forget the oldest. */
    call(8, 8, 104, AGAIN, 0);
    call(9, 9, 101, AGAIN, 0);
    CHECK(device_runs(AGAIN) == before + 5);
    call(10, 10, 100, AGAIN, 0);
    CHECK(device_runs(AGAIN) == before + 6);
}

/* Calls that run are never forgotten for new ones. */
static void keeps_the_running(void) {
    const uint32_t before = device_runs(SLOW);
    begin(512);
    for (uint8_t i = 0; i < 3; i++) call(i, 0, (uint8_t)(50 + i), SLOW, i);
    for (uint8_t i = 3; i < 20; i++) call(i, (uint8_t)(i - 3), (uint8_t)(60 + i), AGAIN, i);
    for (uint8_t i = 0; i < 3; i++) call((uint8_t)(20 + i), 17, (uint8_t)(50 + i), SLOW, i);
    CHECK(device_runs(SLOW) == before + 3);
    line_clear();
    device_finish(51, true);
    CHECK(line_is(0x96, 17, 23, "83 1833 f5 a0"));
    device_finish(51, true);
    device_finish(51, false);
    device_finish(99, true);
    CHECK(!line_next(&(line_frame){0}));
    dunlin_call_fail(device_link(), 50, NULL);
    CHECK(line_is(0x96, 18, 23, "83 1832 f4 66 6661696c6564"));
}

static void cancels_the_running(void) {
    begin(512);
    call(0, 0, 50, SLOW, 0);
    call(1, 0, 51, AGAIN, 0);
    line_host(0x85, 2, 1, "81 1833");
    line_host(0x85, 3, 1, "81 1863");
    CHECK(!device_cancelled(50) && !device_cancelled(51));
    line_host(0x85, 4, 1, "81 1832");
    CHECK(device_cancelled(50));
    device_finish(50, true);
    call(5, 2, 52, SLOW, 0);
    CHECK(!device_cancelled(52));
}

/* Nothing is taken that could not be answered; it is when it comes again. */
static void waits_for_room(void) {
    const uint32_t before = device_runs(AGAIN);
    begin(DUNLIN_TX_BYTES_MIN);
    for (uint8_t i = 0; i < 3; i++) CHECK(device_send(i));
    call(0, 0, 70, AGAIN, 0);
    CHECK(device_runs(AGAIN) == before + 1);
    call(1, 0, 71, AGAIN, 0);
    CHECK(device_runs(AGAIN) == before + 1);
    line_clear();
    device_poll(1);
    CHECK(line_is(0x06, 2, 1, "81 00"));
    call(1, 4, 71, AGAIN, 0);
    CHECK(device_runs(AGAIN) == before + 2);
    CHECK(line_is(0x96, 4, 2, "83 1847 f5 a0"));
}

/* Ends that find no room are told later (two of four here): of failures without the reason. */
static void tells_later(void) {
    begin(DUNLIN_TX_BYTES_MIN);
    for (uint8_t i = 0; i < 4; i++) call(i, 0, (uint8_t)(80 + i), SLOW, 0);
    for (uint8_t i = 0; i < 3; i++) CHECK(device_send(i));
    for (uint8_t i = 0; i < 4; i++) device_finish((uint32_t)(80 + i), i % 2 == 0);
    call(4, 0, 90, SLOW, 0);
    line_clear();
    for (uint8_t ack = 1; ack < 8; ack++) {
        line_host(0x06, 0, ack, "81 00");
        device_poll(ack);
    }
    CHECK(line_is(0x96, 5, 4, "83 1852 f5 a0"));
    CHECK(line_is(0x96, 6, 4, "83 1853 f4 66 6661696c6564"));
}

static void answers_what_cannot_be_read(void) {
    static const char *const BAD[] = {"81 05", "82 05 00", "83 05 00 00", "83 05 f5 a0", "83 05 00 80", "83 f4 00 a0"};
    const uint32_t before = device_runs(SET);
    begin(512);
    for (uint8_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) line_host(0x84, i, 0, BAD[i]);
    CHECK(device_bad() == sizeof BAD / sizeof BAD[0]);
    CHECK(!line_next(&(line_frame){0}));
    /* Maps whose keys are no places, or the same twice. */
    line_host(0x84, 6, 0, "83 05 00 a1 6161 01");
    CHECK(line_is(0x96, 0, 7, "83 05 f4 67 696e76616c6964"));
    line_host(0x84, 7, 0, "83 05 00 a2 00 01 00 01");
    CHECK(line_is(0x96, 1, 8, "83 05 f4 67 696e76616c6964"));
    line_host(0x84, 8, 0, "83 05 00 a1 00 81 01");
    CHECK(line_is(0x96, 2, 9, "83 05 f4 67 696e76616c6964"));
    /* A command's number that fits into no byte. */
    line_host(0x84, 9, 0, "83 05 19 0100 a1 00 01");
    CHECK(line_is(0x96, 3, 10, "83 05 f4 67 756e6b6e6f776e"));
    CHECK(device_runs(SET) == before);
}

static void gives_integers(void) {
    static const struct {
        const char *payload;
        int32_t value;
    } CASES[] = {
        {"83 01 00 a1 00 17", 23}, {"83 02 00 a1 00 1a 7fffffff", INT32_MAX}, {"83 03 00 a1 00 1a ffffffff", INT32_MAX},
        {"83 04 00 a1 00 20", -1}, {"83 05 00 a1 00 3a 7fffffff", INT32_MIN}, {"83 06 00 a1 00 3a ffffffff", INT32_MIN},
        {"83 07 00 a1 00 1b 0000000000000007", 7},
    };
    begin(1024);
    for (uint8_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        line_host(0x84, i, i, CASES[i].payload);
        CHECK(device_last(SET) == CASES[i].value);
        CHECK(device_last_key(SET) == (uint32_t)(i + 1));
    }
}

/* Values of an outcome that do not fit: the call still runs, and can end without. */
static void keeps_running_without_room(void) {
    dunlin_link *link = device_link();
    begin(64);
    call(0, 0, 50, SLOW, 0);
    dunlin_outcome_begin(link, 50);
    dunlin_outcome_text(link, "text", "longer than what is left of the buffer's sixty-four bytes");
    CHECK(!dunlin_outcome_send(link, 50));
    dunlin_outcome_begin(link, 51);
    CHECK(!dunlin_outcome_send(link, 51));
    line_clear();
    dunlin_outcome_begin(link, 50);
    dunlin_outcome_bool(link, "on", true);
    dunlin_outcome_float(link, "x", 0.5f);
    dunlin_outcome_uint(link, "y", 300);
    CHECK(dunlin_outcome_send(link, 50));
    CHECK(line_is(0x96, 0, 1, "83 1832 f5 a3 62 6f6e f5 61 78 fa 3f000000 61 79 19 012c"));
    CHECK(!dunlin_outcome_send(link, 50));
}

void test_calls(void) {
    remembers_four();
    keeps_the_running();
    cancels_the_running();
    waits_for_room();
    tells_later();
    answers_what_cannot_be_read();
    gives_integers();
    keeps_running_without_room();
}
