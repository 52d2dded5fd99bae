/* vectors.tsv, whose head says what its lines are. `segments` is for the host alone. */
#include "check.h"
#include "line.h"
#include "test-device.h"

enum { FIELDS = 8, LINE_BYTES = 4096 };

static uint32_t now_ms;

static size_t bytes_of(const char *field, uint8_t *to) {
    return strcmp(field, "-") == 0 ? 0 : line_hex(field, to);
}

static void give(const uint8_t *bytes, size_t count) {
    for (size_t at = 0; at < count; at++) {
        device_buffer()[0] = bytes[at];
        device_receive(1);
    }
}

/* Begins a session; what was sent for it is cleared. */
static void begin(void) {
    CHECK(device_init(512));
    device_poll(0);
    line_host(0x01, 0, 0, "83 01 19 1267 18 64");
    line_clear();
}

static void check_crc(char **field) {
    uint8_t bytes[300];
    uint8_t expected[4];
    const size_t count = bytes_of(field[1], bytes);
    const uint32_t crc = line_crc32(bytes, count);
    CHECK(bytes_of(field[2], expected) == 4);
    for (int i = 0; i < 4; i++) CHECK(expected[i] == (uint8_t)(crc >> (8 * i)));
}

/* The test's own. The library's is only seen in whole frames: `frame`, below, and test_readings. */
static void check_cobs(char **field) {
    uint8_t plain[300];
    uint8_t encoded[300];
    uint8_t out[600];
    const size_t count = bytes_of(field[1], plain);
    const size_t encoded_count = bytes_of(field[2], encoded);
    CHECK(line_cobs_encode(plain, count, out) == encoded_count && memcmp(out, encoded, encoded_count) == 0);
    CHECK(line_cobs_decode(encoded, encoded_count, out) == count && memcmp(out, plain, count) == 0);
}

static void check_reject(char **field) {
    uint8_t bytes[300];
    const size_t count = bytes_of(field[1], bytes);
    const uint8_t zero = 0;
    begin();
    give(bytes, count);
    give(&zero, 1);
    CHECK(device_bad() == 1);
    CHECK(line_cobs_decode(bytes, count, bytes) == LINE_NO_COBS);
}

/* Of a larger device than the test's: its frames are as long as they may be. */
static uint8_t large_out[1024];
static size_t large_count;

static void large_write(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    memcpy(large_out + large_count, bytes, count);
    large_count += count;
}

static const char LARGE[] DUNLIN_FLASH = DUNLIN_DEVICE("large", "1");
static const dunlin_device LARGE_DEVICE DUNLIN_FLASH = {LARGE, NULL, 0, 1};

/* Made by the library's functions, if it has some for that, it must be this frame. */
static void check_library_encodes(const line_frame *frame, const uint8_t *line, size_t count) {
    static dunlin_link link;
    uint8_t rx[DUNLIN_RX_BYTES_MAX];
    uint8_t tx[600];
    char text[300] = "";
    uint8_t hello[300];
    line_frame opening;
    size_t head = frame->payload[0] == 0x78 ? 2 : 1;
    if ((frame->kind & 0x7F) != 0x17) return;
    memcpy(text, frame->payload + head, frame->count - head);
    CHECK(dunlin_init(&link, &LARGE_DEVICE, large_write, NULL, rx, sizeof rx, tx, sizeof tx));
    opening.kind = 1;
    opening.seq = 0;
    opening.ack = 0;
    opening.count = line_hex("83 01 19 1267 18 64", opening.payload);
    dunlin_receive(&link, hello, line_encode(&opening, hello));
    link.plain_seq = frame->seq;
    link.first = frame->seq;
    link.expected = frame->ack;
    large_count = 0;
    CHECK(dunlin_log(&link, text, (frame->kind & 0x80) != 0));
    CHECK(large_count == count && memcmp(large_out, line, count) == 0);
}

static void check_frame(char **field) {
    line_frame frame;
    line_frame decoded;
    uint8_t line[300];
    uint8_t encoded[300];
    const size_t count = bytes_of(field[6], line);
    frame.kind = (uint8_t)strtoul(field[2], NULL, 16);
    frame.seq = (uint8_t)strtoul(field[3], NULL, 16);
    frame.ack = (uint8_t)strtoul(field[4], NULL, 16);
    frame.count = bytes_of(field[5], frame.payload);
    CHECK(line_encode(&frame, encoded) == count && memcmp(encoded, line, count) == 0);
    CHECK(line_decode(line + 1, count - 2, &decoded));
    CHECK(decoded.count == frame.count && memcmp(decoded.payload, frame.payload, frame.count) == 0);
    check_library_encodes(&frame, line, count);
    /* Of those that the test's device has room for, it counts what is of the kinds that only a host takes. */
    if (count > 64 || (frame.kind > 0x7F && frame.seq != 0)) return;
    begin();
    give(line, count);
    CHECK(device_bad() == ((frame.kind & 0x7F) > 7 ? 1u : 0u));
}

static void check_damage(char **field) {
    uint8_t line[700];
    const size_t count = bytes_of(field[2], line);
    begin();
    give(line, count);
    CHECK(device_bad() == 1);
}

static void check_unreadable(char **field) {
    static const uint8_t KINDS[] = {0x01, 0x02, 0x03, 0x05 | 0x80, 0x04 | 0x80, 0x06, 0x07};
    for (size_t i = 0; i < sizeof KINDS; i++) {
        begin();
        line_host(KINDS[i], 0, 0, field[2]);
        CHECK(device_bad() == 1);
        device_poll(1);
        /* Acknowledged all the same, if it was reliable. */
        if (KINDS[i] > 0x7F) CHECK(line_is(0x06, 2, 1, "81 00"));
        CHECK(!line_next(&(line_frame){0}));
    }
}

static void check_do(char **field) {
    const char *what = field[1];
    const uint32_t number = (uint32_t)strtoul(field[2], NULL, 10);
    if (strcmp(what, "send") == 0) device_send(number);
    else if (strcmp(what, "plain") == 0) device_send_plain(number);
    else if (strcmp(what, "succeed") == 0) device_finish(number, true);
    else if (strcmp(what, "fail") == 0) device_finish(number, false);
    else CHECK(false);
}

/* All that was to be told has been: nothing is left before something new happens. */
static void check_told(const char *conversation) {
    line_frame frame;
    if (!line_next(&frame)) return;
    fprintf(stderr, "%s: the device sent more: kind %02x\n", conversation, frame.kind);
    exit(1);
}

static void check_conversation(char **field, char *name) {
    uint8_t bytes[700];
    if (strcmp(field[0], "device") == 0) {
        line_frame expected;
        char payload[520] = "";
        const size_t count = bytes_of(field[1], bytes);
        CHECK(line_decode(bytes + 1, count - 2, &expected));
        for (size_t i = 0; i < expected.count; i++) sprintf(payload + 2 * i, "%02x", expected.payload[i]);
        if (line_is(expected.kind, expected.seq, expected.ack, payload)) return;
        fprintf(stderr, "%s: expected %02x %02x %02x %s\n", name, expected.kind, expected.seq, expected.ack, payload);
        exit(1);
    }
    check_told(name);
    line_clear();
    if (strcmp(field[0], "conversation") == 0) {
        snprintf(name, 200, "%s", field[1]);
        now_ms = 0;
        CHECK(device_init(512));
    } else if (strcmp(field[0], "poll") == 0) {
        now_ms = (uint32_t)strtoul(field[1], NULL, 10);
        device_poll(now_ms);
    } else if (strcmp(field[0], "host") == 0) {
        give(bytes, bytes_of(field[1], bytes));
    } else if (strcmp(field[0], "do") == 0) {
        check_do(field);
    } else {
        CHECK(false);
    }
}

static size_t split(char *line, char **field) {
    size_t count = 0;
    for (char *part = strtok(line, "\t\n"); part != NULL && count < FIELDS; part = strtok(NULL, "\t\n")) field[count++] = part;
    return count;
}

void test_vectors(const char *path) {
    static char line[LINE_BYTES];
    char conversation[200] = "";
    char *field[FIELDS];
    FILE *file = fopen(path, "r");
    unsigned conversations = 0;
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || split(line, field) == 0) continue;
        if (strcmp(field[0], "crc") == 0) check_crc(field);
        else if (strcmp(field[0], "cobs") == 0) check_cobs(field);
        else if (strcmp(field[0], "reject") == 0) check_reject(field);
        else if (strcmp(field[0], "frame") == 0) check_frame(field);
        else if (strcmp(field[0], "damage") == 0) check_damage(field);
        else if (strcmp(field[0], "unreadable") == 0) check_unreadable(field);
        else if (strcmp(field[0], "segments") == 0) continue;
        else {
            if (strcmp(field[0], "conversation") == 0 && conversations++ == 0) line_clear();
            check_conversation(field, conversation);
        }
    }
    check_told(conversation);
    fclose(file);
    CHECK(conversations > 10);
}
