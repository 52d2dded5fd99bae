/* Readings and log lines, as they are on the line. */
#include "check.h"
#include "line.h"
#include "test-device.h"

static dunlin_link *link;

static void begin(uint32_t tx_size) {
    line_clear();
    link = device_link();
    CHECK(device_init(tx_size));
    device_poll(0);
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void writes_each_type(void) {
    begin(512);
    dunlin_reading_begin(link);
    dunlin_reading_float(link, 0, 21.5f);
    dunlin_reading_float(link, 1, -0.0f);
    dunlin_reading_float(link, 2, float_of(0x7F800000u));
    dunlin_reading_float(link, 3, float_of(0xFF800000u));
    dunlin_reading_float(link, 4, float_of(0x7FC00000u));
    dunlin_reading_float(link, 5, float_of(0x7F7FFFFFu));
    CHECK(dunlin_reading_send(link, false));
    CHECK(line_is(0x15, 2, 0, "a6 00 fa 41ac0000 01 fa 80000000 02 f6 03 f6 04 f6 05 fa 7f7fffff"));
    dunlin_reading_begin(link);
    dunlin_reading_int(link, 0, 23);
    dunlin_reading_int(link, 1, 24);
    dunlin_reading_int(link, 2, -256);
    dunlin_reading_int(link, 3, -257);
    dunlin_reading_int(link, 4, INT32_MIN);
    dunlin_reading_uint(link, 5, UINT32_MAX);
    dunlin_reading_uint(link, 6, 65535);
    dunlin_reading_uint(link, 24, 65536);
    CHECK(dunlin_reading_send(link, true));
    CHECK(line_is(0x95, 0, 0, "a8 00 17 01 1818 02 38ff 03 39 0100 04 3a 7fffffff 05 1a ffffffff 06 19 ffff 1818 1a 00010000"));
    dunlin_reading_begin(link);
    dunlin_reading_bool(link, 0, true);
    dunlin_reading_bool(link, 1, false);
    dunlin_reading_null(link, 2);
    dunlin_reading_text(link, 3, "");
    dunlin_reading_text(link, 4, "caf\xC3\xA9");
    CHECK(dunlin_reading_send(link, false));
    CHECK(line_is(0x15, 3, 0, "a5 00 f5 01 f4 02 f6 03 60 04 65 636166c3a9"));
}

static void takes_23_values(void) {
    for (unsigned pairs = 0; pairs < 600; pairs++) {
        line_frame frame;
        begin(512);
        dunlin_reading_begin(link);
        for (unsigned i = 0; i < pairs; i++) dunlin_reading_bool(link, (uint8_t)i, true);
        CHECK(dunlin_reading_send(link, true) == (pairs <= DUNLIN_VALUES_MAX));
        CHECK(line_next(&frame) == (pairs <= DUNLIN_VALUES_MAX));
        CHECK(pairs > DUNLIN_VALUES_MAX || (frame.count == 1 + pairs * 2 && frame.payload[0] == 0xA0 + pairs));
    }
}

/* Of every size: what fits comes whole, what does not is refused and nothing else is touched. */
static void fits_or_is_refused(void) {
    for (uint32_t size = DUNLIN_TX_BYTES_MIN; size < 300; size++) {
        bool fitted = true;
        for (unsigned length = 0; length < 260; length++) {
            char text[300];
            line_frame frame;
            memset(text, 'x', length);
            text[length] = '\0';
            begin(size);
            dunlin_reading_begin(link);
            dunlin_reading_text(link, 0, text);
            const bool sent = dunlin_reading_send(link, false);
            CHECK(fitted || !sent);
            fitted = sent;
            CHECK(line_next(&frame) == sent);
            CHECK(!sent || frame.count == length + 2 + (length < 24 ? 1u : 2u));
            CHECK(sent || device_dropped() == 1);
        }
        CHECK(!fitted);
    }
}

/* Payloads of all lengths, and of zeros at all places, through COBS and back. */
static void survives_encoding(void) {
    for (unsigned length = 0; length < 245; length++) {
        line_frame frame;
        begin(512);
        for (unsigned i = 0; i < length; i++) device_buffer()[i] = (uint8_t)('a' + i % 26);
        CHECK(device_log(length, length % 2 == 0));
        CHECK(line_next(&frame));
        CHECK(memcmp(frame.payload + frame.count - length, device_buffer(), length) == 0);
    }
    for (unsigned zero = 0; zero < 20; zero++) {
        line_frame frame;
        begin(512);
        dunlin_reading_begin(link);
        for (unsigned i = 0; i < 20; i++) dunlin_reading_uint(link, 1, i == zero ? 0 : 1);
        CHECK(dunlin_reading_send(link, false));
        CHECK(line_next(&frame));
        for (unsigned i = 0; i < 20; i++) CHECK(frame.payload[2 + 2 * i] == (i == zero ? 0 : 1));
    }
}

static void cuts_between_characters(void) {
    char text[300];
    line_frame frame;
    begin(512);
    for (unsigned lead = 0; lead < 4; lead++) {
        memset(text, 'x', lead);
        for (unsigned i = lead; i < 280; i += 3) memcpy(text + i, "\xE2\x82\xAC", 4);
        CHECK(dunlin_log(link, text, false));
        CHECK(line_next(&frame));
        CHECK(frame.kind == 0x17 && frame.payload[0] == 0x78);
        CHECK((frame.payload[1] - lead) % 3 == 0 && frame.payload[1] > 240);
    }
    /* Not because others wait. */
    begin(64);
    CHECK(device_send(1));
    CHECK(!dunlin_log(link, "this line would fit if nothing waited", true));
    CHECK(dunlin_log(link, "this one does", true));
}

/* What is written in between ends the building: nothing is mixed. */
static void ends_what_is_interrupted(void) {
    begin(512);
    dunlin_reading_begin(link);
    dunlin_reading_int(link, 0, 1);
    CHECK(dunlin_log(link, "x", false));
    dunlin_reading_int(link, 1, 2);
    CHECK(!dunlin_reading_send(link, true));
    dunlin_reading_begin(link);
    dunlin_reading_int(link, 0, 1);
    line_host(0x02, 0, 0, "83 19 1267 01 18 64");
    dunlin_reading_int(link, 1, 2);
    CHECK(!dunlin_reading_send(link, true));
    CHECK(!dunlin_reading_send(link, true));
    CHECK(device_dropped() == 3);
    dunlin_reading_begin(link);
    dunlin_reading_begin(link);
    dunlin_reading_int(link, 1, 2);
    line_clear();
    CHECK(dunlin_reading_send(link, true));
    CHECK(line_is(0x95, 0, 0, "a1 01 02"));
}

void test_readings(void) {
    writes_each_type();
    takes_23_values();
    fits_or_is_refused();
    survives_encoding();
    cuts_between_characters();
    ends_what_is_interrupted();
}
