/* Frames on the line: SPEC.md, Line. */
#include "dunlin_internal.h"

/* What the register holds, without its final inversion, after a frame whose last four bytes are its crc32. */
#define CRC_RESIDUE 0xDEBB20E3u

/* CRC-32 of IEEE 802.3. A bit at a time: a table costs more flash than the line's speed asks for. */
static uint32_t crc_of(const uint8_t *bytes, uint8_t count) {
    uint32_t crc = 0xFFFFFFFFu;
    for (; count != 0; count--) {
        crc ^= *bytes++;
        for (uint8_t bit = 8; bit != 0; bit--) {
            const bool one = (crc & 1) != 0;
            crc >>= 1;
            if (one) crc ^= 0xEDB88320u;
        }
    }
    return crc;
}

static void write_byte(dunlin_link *link, uint8_t byte) {
    link->out_byte = byte;
    link->write(link->context, &link->out_byte, 1);
}

/* COBS: each group is its length + 1 and that many bytes that are not zero; a zero follows it, except after 254 bytes. */
static void encode(dunlin_link *link, const uint8_t *bytes, uint8_t left) {
    write_byte(link, 0);
    for (;;) {
        uint8_t run = 0;
        while (run < left && run < 254 && bytes[run] != 0) run++;
        write_byte(link, (uint8_t)(run + 1));
        if (run != 0) link->write(link->context, bytes, run);
        bytes += run;
        left = (uint8_t)(left - run);
        if (left == 0) break;
        if (run == 254) continue;
        bytes++;
        left--;
    }
    write_byte(link, 0);
}

void dunlin_frame_send(dunlin_link *link, uint8_t *frame, uint8_t kind, uint8_t seq, uint8_t count) {
    uint32_t behind;
    uint8_t *end = frame + DUNLIN_HEADER_BYTES + count;
    uint32_t crc;
    frame[0] = kind;
    frame[1] = seq;
    frame[2] = link->expected;
    memcpy(&behind, end, DUNLIN_CRC_BYTES);
    crc = ~crc_of(frame, (uint8_t)(count + DUNLIN_HEADER_BYTES));
    for (uint8_t i = 0; i < DUNLIN_CRC_BYTES; i++) {
        end[i] = (uint8_t)crc;
        crc >>= 8;
    }
    encode(link, frame, (uint8_t)(count + DUNLIN_FRAME_OVERHEAD));
    memcpy(end, &behind, DUNLIN_CRC_BYTES);
    link->flags = (uint8_t)(link->flags & ~DUNLIN_ACK_OWED);
}

DUNLIN_NOT_INLINE void dunlin_frame_send_plain(dunlin_link *link, uint8_t *frame, uint8_t kind, uint8_t count) {
    dunlin_frame_send(link, frame, kind, link->plain_seq++, count);
}

DUNLIN_NOT_INLINE void dunlin_frame_begin(dunlin_link *link) {
    link->rx_used = 0;
    link->rx_left = 0;
    /* As after a group that no zero follows. */
    link->rx_code = 255;
}

/* A segment that is longer than the buffer is damage: its length is then 255, which no buffer has. */
static DUNLIN_NOT_INLINE void store(dunlin_link *link, uint8_t byte) {
    if (link->rx_used >= link->rx_size) link->rx_used = 255;
    else link->rx[link->rx_used++] = byte;
}

bool dunlin_frame_take_byte(dunlin_link *link, uint8_t byte) {
    if (byte == 0) {
        if (link->rx_left == 0 && link->rx_used >= DUNLIN_FRAME_OVERHEAD && link->rx_used != 255 &&
            crc_of(link->rx, link->rx_used) == CRC_RESIDUE) {
            return true;
        }
        /*
         * Between two zeros that follow each other is nothing, else damage. Before a session it says nothing of the line: a
         * terminal that is just being opened echoes what the device prints.
         */
        if (link->session != 0 && (link->rx_left != 0 || link->rx_code != 255 || link->rx_used != 0)) link->bad++;
        dunlin_frame_begin(link);
    } else if (link->rx_left != 0) {
        link->rx_left--;
        store(link, byte);
    } else {
        if (link->rx_code != 255) store(link, 0);
        link->rx_code = byte;
        link->rx_left = (uint8_t)(byte - 1);
    }
    return false;
}
