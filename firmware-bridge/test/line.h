/*
 * The host's end of the line, for tests: what the device writes is taken apart here, by code that shares none with the
 * library's.
 */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct line_frame {
    uint8_t kind;
    uint8_t seq;
    uint8_t ack;
    uint8_t payload[256];
    size_t count;
} line_frame;

uint32_t line_crc32(const uint8_t *bytes, size_t count);
size_t line_cobs_encode(const uint8_t *plain, size_t count, uint8_t *to);
#define LINE_NO_COBS ((size_t)-1)
size_t line_cobs_decode(const uint8_t *bytes, size_t count, uint8_t *to);

/* Encodes a frame with both zeros into at least 300 bytes; gives their number. */
size_t line_encode(const line_frame *frame, uint8_t *to);
/* Of a segment without zeros: whether it is a frame. */
bool line_decode(const uint8_t *bytes, size_t count, line_frame *frame);

/* What the device has sent since line_clear. */
void line_clear(void);
const uint8_t *line_bytes(size_t *count);
/* The next frame of it; false: there is none. What is no frame fails the test. */
bool line_next(line_frame *frame);

/* Gives the test device a frame with this payload, given as hexadecimal digits. */
void line_host(uint8_t kind, uint8_t seq, uint8_t ack, const char *payload);
/* Whether the next frame of the device is this one; says what came if not. */
bool line_is(uint8_t kind, uint8_t seq, uint8_t ack, const char *payload);
/* Bytes of hexadecimal digits, spaces left out; gives their number. */
size_t line_hex(const char *digits, uint8_t *to);

#endif
