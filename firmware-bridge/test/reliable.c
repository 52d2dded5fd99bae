/* Reliable frames of the device: kept, numbered, sent again, each once and in order at the host. */
#include "check.h"
#include "line.h"
#include "test-device.h"

static uint8_t host_seq;

static void begin(uint32_t tx_size) {
    line_clear();
    CHECK(device_init(tx_size));
    device_poll(0);
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
}

static void acknowledge(uint8_t ack, uint8_t bits) {
    char payload[20];
    sprintf(payload, bits < 24 ? "81 %02x" : "81 18 %02x", bits);
    line_host(0x06, host_seq++, ack, payload);
}

static unsigned count_sent(void) {
    line_frame frame;
    unsigned count = 0;
    while (line_next(&frame)) count++;
    line_clear();
    return count;
}

static void keeps_eight_on_the_way(void) {
    begin(512);
    for (uint32_t number = 0; number < 12; number++) CHECK(device_send(number));
    CHECK(count_sent() == 8);
    device_poll(1);
    CHECK(count_sent() == 0);
    acknowledge(3, 0);
    for (uint32_t now = 2; now < 12; now++) device_poll(now);
    CHECK(line_is(0x95, 8, 0, "a1 00 08"));
    CHECK(line_is(0x95, 9, 0, "a1 00 09"));
    CHECK(line_is(0x95, 10, 0, "a1 00 0a"));
    CHECK(count_sent() == 0);
}

/* Of the smallest buffer, readings leave room for an outcome. */
static void refuses_when_full(void) {
    unsigned kept = 0;
    begin(DUNLIN_TX_BYTES_MIN);
    while (device_send(kept)) kept++;
    CHECK(kept == 3);
    CHECK(device_dropped() == 1);
    memset(device_buffer(), 0x78, 10);
    CHECK(!device_log(10, true));
    line_clear();
    line_host(0x84, 0, 0, "83 05 02 a1 00 01");
    CHECK(line_is(0x96, 3, 1, "83 05 f5 a0"));
    acknowledge(1, 0);
    acknowledge(2, 0);
    CHECK(device_send(9));
    device_poll(1);
    CHECK(line_is(0x95, 4, 1, "a1 00 09"));
}

/* Numbers that are on the way count alone; all others do nothing. */
static void ignores_strange_acknowledgements(void) {
    begin(512);
    for (uint32_t number = 0; number < 3; number++) CHECK(device_send(number));
    line_clear();
    for (unsigned ack = 4; ack < 256; ack++) acknowledge((uint8_t)ack, 0xFF);
    device_poll(1);
    CHECK(count_sent() == 0);
    acknowledge(0, 0);
    CHECK(device_link()->first == 0 && device_link()->sent == 3);
    acknowledge(3, 0);
    CHECK(device_link()->first == 3 && device_link()->sent == 0 && device_link()->tx_used == 0);
}

/* A host that kept an early frame and then lost it asks for it: it is sent again by the timeout. */
static void sends_what_a_host_forgot(void) {
    begin(512);
    for (uint32_t number = 0; number < 3; number++) CHECK(device_send(number));
    acknowledge(0, 3);
    line_clear();
    acknowledge(1, 0);
    device_poll(100);
    CHECK(line_is(0x95, 1, 0, "a1 00 01"));
    acknowledge(2, 0);
    acknowledge(3, 0);
    CHECK(device_link()->tx_used == 0);
}

/* While the oldest is lost for an hour, stamps do not run away from those that wait behind it. */
static void stays_in_order_of_sending(void) {
    begin(512);
    CHECK(device_send(0));
    CHECK(device_send(1));
    for (uint32_t now = 0; now < 3600000; now += 500) {
        line_host(0x02, 0, 0, "83 19 1267 01 18 64");
        device_poll(now);
    }
    line_clear();
    acknowledge(1, 0);
    device_poll(3600001);
    CHECK(line_is(0x95, 1, 0, "a1 00 01"));
}

/* A timeout of 2 s at most, and the oldest at once when the host is back. */
static void comes_back(void) {
    begin(512);
    CHECK(device_send(7));
    for (uint32_t now = 0; now <= 60000; now += 10) device_poll(now);
    line_clear();
    CHECK(!device_connected());
    line_host(0x02, 0, 0, "83 19 1267 01 18 64");
    line_clear();
    device_poll(60010);
    CHECK(line_is(0x95, 0, 0, "a1 00 07"));
}

/* ---- A host at the other end of a line that loses and changes ---- */

static uint32_t chance_state = 1;

static uint32_t chance(uint32_t of) {
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 17;
    chance_state ^= chance_state << 5;
    return chance_state % of;
}

/* The device's bytes, some lost, some changed, as frames. */
static bool next_over_line(line_frame *frame) {
    static uint8_t segment[700];
    static size_t length;
    static size_t at;
    size_t count;
    const uint8_t *bytes = line_bytes(&count);
    while (at < count) {
        uint8_t byte = bytes[at++];
        if (chance(200) == 0) continue;
        if (chance(200) == 0) byte = (uint8_t)(byte ^ (1u << chance(8)));
        if (byte != 0) {
            if (length < sizeof segment) segment[length++] = byte;
            continue;
        }
        const bool is_frame = length < sizeof segment && line_decode(segment, length, frame);
        length = 0;
        if (is_frame) return true;
    }
    line_clear();
    at = 0;
    return false;
}

static void arrives_once_in_order(bool keeps_early) {
    enum { READINGS = 20000 };
    uint32_t given = 0;
    uint32_t arrived = 0;
    uint32_t now = 0;
    uint8_t expected = 0;
    uint8_t bits = 0;
    uint32_t early[9] = {0};
    begin(256);
    while (arrived < READINGS) {
        line_frame frame;
        CHECK(now < 60000000);
        device_poll(now++);
        if (given < READINGS && device_send(given)) given++;
        /* A host that is heard: its pings come through. */
        if (now % 1000 == 0) line_host(0x02, 0, expected, "83 19 1267 01 18 64");
        while (next_over_line(&frame)) {
            uint8_t ahead = (uint8_t)(frame.seq - expected);
            uint32_t number = 0;
            if (frame.kind != 0x95) continue;
            CHECK(frame.payload[0] == 0xA1 && frame.payload[1] == 0);
            if (frame.payload[2] < 24) number = frame.payload[2];
            for (size_t i = 3; i < frame.count; i++) number = number << 8 | frame.payload[i];
            if (ahead == 0 || (keeps_early && ahead < 8)) {
                early[ahead] = number + 1;
                while (early[0] != 0) {
                    CHECK(early[0] == arrived + 1);
                    arrived++;
                    expected++;
                    memmove(early, early + 1, 8 * sizeof early[0]);
                }
            }
            bits = 0;
            for (int i = 0; i < 7; i++) bits = (uint8_t)(bits | (early[i + 1] != 0) << i);
            if (chance(10) != 0) acknowledge(expected, bits);
        }
    }
    CHECK(device_dropped() > 0 || given == READINGS);
}

void test_reliable(void) {
    keeps_eight_on_the_way();
    refuses_when_full();
    ignores_strange_acknowledgements();
    sends_what_a_host_forgot();
    stays_in_order_of_sending();
    comes_back();
    arrives_once_in_order(true);
    arrives_once_in_order(false);
}
