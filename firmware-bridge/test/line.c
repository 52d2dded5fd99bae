#include "line.h"

#include "test-device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t sent[1 << 16];
static size_t sent_count;
static size_t taken;

void device_write(const uint8_t *bytes, uint32_t count) {
    if (sent_count + count > sizeof sent) sent_count = 0;
    memcpy(sent + sent_count, bytes, count);
    sent_count += count;
}

void line_clear(void) {
    sent_count = 0;
    taken = 0;
}

const uint8_t *line_bytes(size_t *count) {
    *count = sent_count;
    return sent;
}

uint32_t line_crc32(const uint8_t *bytes, size_t count) {
    static uint32_t table[256];
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t entry = 0; table[255] == 0; entry++) {
        table[entry] = entry;
        for (int bit = 0; bit < 8; bit++) table[entry] = (table[entry] >> 1) ^ ((table[entry] & 1u) != 0 ? 0xEDB88320u : 0);
    }
    while (count-- != 0) crc = (crc >> 8) ^ table[(crc ^ *bytes++) & 0xFFu];
    return ~crc;
}

size_t line_cobs_encode(const uint8_t *plain, size_t count, uint8_t *to) {
    size_t out = 1;
    size_t code = 0;
    to[0] = 1;
    for (size_t i = 0; i < count; i++) {
        if (plain[i] != 0) {
            to[out++] = plain[i];
            to[code]++;
        }
        if (plain[i] == 0 || (to[code] == 255 && i + 1 < count)) {
            code = out++;
            to[code] = 1;
        }
    }
    return out;
}

size_t line_cobs_decode(const uint8_t *bytes, size_t count, uint8_t *to) {
    size_t length = 0;
    for (size_t at = 0; at < count;) {
        const size_t code = bytes[at];
        if (code == 0 || at + code > count) return LINE_NO_COBS;
        for (size_t i = 1; i < code; i++) to[length++] = bytes[at + i];
        at += code;
        if (code < 255 && at < count) to[length++] = 0;
    }
    return length;
}

size_t line_encode(const line_frame *frame, uint8_t *to) {
    uint8_t plain[300];
    size_t count = 3 + frame->count;
    uint32_t crc;
    plain[0] = frame->kind;
    plain[1] = frame->seq;
    plain[2] = frame->ack;
    memcpy(plain + 3, frame->payload, frame->count);
    crc = line_crc32(plain, count);
    for (int i = 0; i < 4; i++) plain[count++] = (uint8_t)(crc >> (8 * i));
    to[0] = 0;
    count = line_cobs_encode(plain, count, to + 1);
    to[count + 1] = 0;
    return count + 2;
}

bool line_decode(const uint8_t *bytes, size_t count, line_frame *frame) {
    uint8_t plain[600];
    uint32_t crc = 0;
    const size_t length = count > sizeof plain ? LINE_NO_COBS : line_cobs_decode(bytes, count, plain);
    if (length == LINE_NO_COBS || length < 7 || length - 7 > sizeof frame->payload) return false;
    for (size_t i = 4; i > 0; i--) crc = crc << 8 | plain[length - 5 + i];
    if (crc != line_crc32(plain, length - 4)) return false;
    frame->kind = plain[0];
    frame->seq = plain[1];
    frame->ack = plain[2];
    frame->count = length - 7;
    memcpy(frame->payload, plain + 3, frame->count);
    return true;
}

bool line_next(line_frame *frame) {
    size_t end;
    while (taken < sent_count && sent[taken] == 0) taken++;
    if (taken == sent_count) return false;
    for (end = taken; end < sent_count && sent[end] != 0;) end++;
    if (end == sent_count || !line_decode(sent + taken, end - taken, frame)) {
        fprintf(stderr, "the device sent what is no frame\n");
        abort();
    }
    taken = end;
    return true;
}

size_t line_hex(const char *digits, uint8_t *to) {
    size_t count = 0;
    unsigned value;
    int length;
    while (sscanf(digits, " %2x%n", &value, &length) == 1) {
        to[count++] = (uint8_t)value;
        digits += length;
    }
    return count;
}

void line_host(uint8_t kind, uint8_t seq, uint8_t ack, const char *payload) {
    line_frame frame;
    uint8_t encoded[300];
    size_t count;
    frame.kind = kind;
    frame.seq = seq;
    frame.ack = ack;
    frame.count = line_hex(payload, frame.payload);
    count = line_encode(&frame, encoded);
    for (size_t at = 0; at < count; at += 256) {
        const size_t part = count - at < 256 ? count - at : 256;
        memcpy(device_buffer(), encoded + at, part);
        device_receive((uint32_t)part);
    }
}

bool line_is(uint8_t kind, uint8_t seq, uint8_t ack, const char *payload) {
    line_frame frame;
    uint8_t expected[256];
    const size_t count = line_hex(payload, expected);
    if (!line_next(&frame)) {
        fprintf(stderr, "no frame came\n");
        return false;
    }
    if (frame.kind == kind && frame.seq == seq && frame.ack == ack && frame.count == count &&
        memcmp(frame.payload, expected, count) == 0) {
        return true;
    }
    fprintf(stderr, "came %02x %02x %02x ", frame.kind, frame.seq, frame.ack);
    for (size_t i = 0; i < frame.count; i++) fprintf(stderr, "%02x", frame.payload[i]);
    fprintf(stderr, "\n");
    return false;
}
