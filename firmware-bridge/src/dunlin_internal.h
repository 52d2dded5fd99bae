/* What the files of the library share. No part of its interface. */
#ifndef DUNLIN_INTERNAL_H
#define DUNLIN_INTERNAL_H

#include "dunlin_link.h"

#include <string.h>

/* Reading of what lies in flash: AVR has an address space of its own for it. */
#ifdef __AVR__
#define DUNLIN_FLASH_BYTE(address) pgm_read_byte(address)
#define DUNLIN_FLASH_POINTER(type, address) ((type)pgm_read_word(address))
#else
#define DUNLIN_FLASH_BYTE(address) (*(const uint8_t *)(address))
#define DUNLIN_FLASH_POINTER(type, address) (*(address))
#endif

/* Functions that a compiler on AVR would copy to where they are called: flash is short there. */
#if defined(__AVR__) && defined(__GNUC__)
#define DUNLIN_NOT_INLINE __attribute__((noinline))
#else
#define DUNLIN_NOT_INLINE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* SPEC.md, Payloads. */
enum {
    DUNLIN_KIND_HELLO = 0x01,
    DUNLIN_KIND_PING = 0x02,
    DUNLIN_KIND_ASK = 0x03,
    DUNLIN_KIND_CALL = 0x04,
    DUNLIN_KIND_CANCEL = 0x05,
    DUNLIN_KIND_ACK = 0x06,
    DUNLIN_KIND_TIME = 0x07,
    DUNLIN_KIND_BOOT = 0x11,
    DUNLIN_KIND_WELCOME = 0x12,
    DUNLIN_KIND_PONG = 0x13,
    DUNLIN_KIND_ITEM = 0x14,
    DUNLIN_KIND_READING = 0x15,
    DUNLIN_KIND_OUTCOME = 0x16,
    DUNLIN_KIND_LOG = 0x17,
    DUNLIN_RELIABLE = 0x80
};

/* Bytes around a payload: kind, seq, ack; crc32. The host takes frames of 255 bytes. */
enum { DUNLIN_HEADER_BYTES = 3, DUNLIN_CRC_BYTES = 4, DUNLIN_FRAME_OVERHEAD = 7, DUNLIN_PAYLOAD_MAX = 255 - 7 };

/* link->flags */
enum {
    DUNLIN_READY = 0x01,
    DUNLIN_INSIDE = 0x02,
    DUNLIN_POLLED = 0x04,
    DUNLIN_ACK_OWED = 0x08,
    DUNLIN_BOOT_OWED = 0x10,
    DUNLIN_TIME_SET = 0x20
};

/* SPEC.md, Session: the host is gone after 3 s; boot is sent each second; a timeout doubles up to 2 s. */
enum { DUNLIN_SILENCE_MS = 3000, DUNLIN_BOOT_MS = 1000, DUNLIN_WAIT_MAX_MS = 2000, DUNLIN_WAIT_MIN_MS = 10 };

/* ---- dunlin_frame.c: bytes of the line ---- */

/*
 * Sends one frame, with what the device expects next. Its payload of `count` bytes begins DUNLIN_HEADER_BYTES behind
 * `frame`: the header is put there. DUNLIN_CRC_BYTES behind the payload are used meanwhile, and are then as before.
 */
void dunlin_frame_send(dunlin_link *link, uint8_t *frame, uint8_t kind, uint8_t seq, uint8_t count);
/* The same of a frame that may be lost. */
void dunlin_frame_send_plain(dunlin_link *link, uint8_t *frame, uint8_t kind, uint8_t count);
/* Before the first byte of a segment. */
void dunlin_frame_begin(dunlin_link *link);
/* Takes one byte of the line. True: a frame is whole, in `rx`, of `rx_used` bytes with its crc32. */
bool dunlin_frame_take_byte(dunlin_link *link, uint8_t byte);

/* ---- dunlin_cbor.c: items ---- */

enum {
    DUNLIN_UNSIGNED = 0x00,
    DUNLIN_NEGATIVE = 0x20,
    DUNLIN_STRING = 0x60,
    DUNLIN_ARRAY = 0x80,
    DUNLIN_MAP = 0xA0,
    DUNLIN_FALSE = 0xF4,
    DUNLIN_TRUE = 0xF5,
    DUNLIN_NULL = 0xF6,
    DUNLIN_FLOAT = 0xFA
};

/* Writes go to link->out, which is null once something did not fit, and from then on nothing does. */
void dunlin_write_fail(dunlin_link *link);
void dunlin_write_byte(dunlin_link *link, uint8_t byte);
void dunlin_write_head(dunlin_link *link, uint8_t major, uint32_t value);
void dunlin_write_uint(dunlin_link *link, uint32_t value);
void dunlin_write_uint16(dunlin_link *link, uint16_t value);
void dunlin_write_int(dunlin_link *link, int32_t value);
void dunlin_write_float(dunlin_link *link, float value);
void dunlin_write_bool(dunlin_link *link, bool value);
/* With a head, at most `room` bytes: what is more is cut off between two characters. */
void dunlin_write_text_cut(dunlin_link *link, const char *text, bool in_flash, uint8_t room);
void dunlin_write_text(dunlin_link *link, const char *text, bool in_flash);

/*
 * Reads the next head: link->major has its upper three bits, but of `simple` and floats the whole byte; link->value its
 * number, link->small the same or, of more than 255, 255. False: there is none, or none of SPEC.md's.
 */
bool dunlin_read(dunlin_link *link);
/* The same if it must be an unsigned integer. */
bool dunlin_read_uint(dunlin_link *link);
/* Skips an item with all that is in it. */
bool dunlin_skip(dunlin_link *link);

/* ---- dunlin_description.c: the description, in flash ---- */

bool dunlin_description_check(dunlin_link *link);
void dunlin_description_welcome(dunlin_link *link, uint16_t session);
void dunlin_description_item(dunlin_link *link, uint8_t item);
uint8_t dunlin_description_commands(const dunlin_link *link);
/* A command's first argument, and the next; null after the last. */
const char *dunlin_argument_first(const dunlin_link *link, uint8_t command);
const char *dunlin_argument_next(const char *argument);
/* Fields of an argument, by their place. */
enum { DUNLIN_FIELD_TYPE = 1, DUNLIN_FIELD_FLAGS = 5 };
/* The digit of a field of one. */
uint8_t dunlin_argument_digit(const char *argument, uint8_t field);
/*
 * Answers are written into the receive buffer: what they answer has been read, and the transmit buffer may be full of
 * what waits. One that does not fit is not sent.
 */
void dunlin_answer_begin(dunlin_link *link);
void dunlin_answer_send(dunlin_link *link, uint8_t kind);

/* ---- dunlin_sender.c: reliable frames that wait for their acknowledgement ---- */

/* Begins a payload behind what waits; `reserve` bytes of the buffer are left free. */
void dunlin_sender_begin(dunlin_link *link, uint8_t reserve);
/* Keeps what was written as a reliable frame, and sends it if that may be. False: it did not fit. */
bool dunlin_sender_keep(dunlin_link *link, uint8_t kind);
/* Sends it once. */
bool dunlin_sender_send_plain(dunlin_link *link, uint8_t kind);
void dunlin_sender_acknowledged(dunlin_link *link, uint8_t ack, uint8_t bits);
/* All is to be sent again. */
void dunlin_sender_restart(dunlin_link *link);
void dunlin_sender_poll(dunlin_link *link);

/* ---- dunlin_reading.c: maps of values, written between several calls of the library ---- */

void dunlin_pairs_begin(dunlin_link *link, uint8_t kind);
/* Completes the map's head; link->out is null if it does not fit, or something else was written meanwhile. */
void dunlin_pairs_end(dunlin_link *link, uint8_t kind);

/* ---- dunlin_calls.c ---- */

/* link->value is the key, the rest is to be read. False: there is no room to answer; the frame is not to be taken. */
bool dunlin_calls_take(dunlin_link *link);
void dunlin_calls_cancel(dunlin_link *link, uint32_t key);
/* Tells an outcome for which there was no room before; whether it did. */
bool dunlin_calls_poll(dunlin_link *link);

#ifdef __cplusplus
}
#endif

#endif
