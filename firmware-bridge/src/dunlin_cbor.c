/* CBOR items, of the kinds that SPEC.md, Payloads, names. */
#include "dunlin_internal.h"

void dunlin_write_fail(dunlin_link *link) {
    link->out = NULL;
    link->out_left = 0;
}

void dunlin_write_byte(dunlin_link *link, uint8_t byte) {
    if (link->out_left == 0) {
        dunlin_write_fail(link);
        return;
    }
    link->out_left--;
    *link->out++ = byte;
}

/* The `count` low bytes, the highest first. */
static void write_bytes(dunlin_link *link, uint32_t value, uint8_t count) {
    uint8_t i = 4;
    do {
        if (i <= count) dunlin_write_byte(link, (uint8_t)(value >> 24));
        value <<= 8;
    } while (--i != 0);
}

/* RFC 8949, 4.2.1: the shortest form. */
void dunlin_write_head(dunlin_link *link, uint8_t major, uint32_t value) {
    uint8_t info = 24;
    uint8_t count = 1;
    if (value < 24) {
        dunlin_write_byte(link, (uint8_t)(major | value));
        return;
    }
    if (value > 0xFFFF) {
        info = 26;
        count = 4;
    } else if (value > 0xFF) {
        info = 25;
        count = 2;
    }
    dunlin_write_byte(link, (uint8_t)(major | info));
    write_bytes(link, value, count);
}

void dunlin_write_uint(dunlin_link *link, uint32_t value) {
    dunlin_write_head(link, DUNLIN_UNSIGNED, value);
}

void dunlin_write_uint16(dunlin_link *link, uint16_t value) {
    dunlin_write_uint(link, value);
}

void dunlin_write_int(dunlin_link *link, int32_t value) {
    if (value < 0) dunlin_write_head(link, DUNLIN_NEGATIVE, ~(uint32_t)value);
    else dunlin_write_uint(link, (uint32_t)value);
}

void dunlin_write_bool(dunlin_link *link, bool value) {
    dunlin_write_byte(link, value ? DUNLIN_TRUE : DUNLIN_FALSE);
}

/* What is not finite is what sensors' libraries give for "none": the host gets no value. */
void dunlin_write_float(dunlin_link *link, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7F800000u) == 0x7F800000u) {
        dunlin_write_byte(link, DUNLIN_NULL);
        return;
    }
    dunlin_write_byte(link, DUNLIN_FLOAT);
    write_bytes(link, bits, 4);
}

static uint8_t text_byte(const char *text, bool in_flash) {
    if (in_flash) return DUNLIN_FLASH_BYTE(text);
    return (uint8_t)*text;
}

void dunlin_write_text_cut(dunlin_link *link, const char *text, bool in_flash, uint8_t room) {
    uint8_t length = 0;
    room = (uint8_t)(room - (room > 24 ? 2 : 1));
    while (length < room && text_byte(text + length, in_flash) != 0) length++;
    /* Not in the middle of a character. */
    while (length != 0 && (text_byte(text + length, in_flash) & 0xC0) == 0x80) length--;
    dunlin_write_head(link, DUNLIN_STRING, length);
    while (length-- != 0) dunlin_write_byte(link, text_byte(text++, in_flash));
}

/* A text that is longer than any payload is made to fit into none. */
void dunlin_write_text(dunlin_link *link, const char *text, bool in_flash) {
    dunlin_write_text_cut(link, text, in_flash, 255);
}

bool dunlin_read(dunlin_link *link) {
    uint8_t first;
    uint8_t info;
    uint8_t bytes;
    uint32_t value;
    if (link->in_left == 0) return false;
    link->in_left--;
    first = *link->in++;
    info = first & 0x1F;
    link->major = first & 0xE0;
    if (link->major == 0xE0) {
        link->major = first;
        if (first >= DUNLIN_FALSE && first <= DUNLIN_NULL) return true;
        if (first != DUNLIN_FLOAT) return false;
    }
    /* Byte strings and tags are none of ours. */
    if (link->major == 0x40 || link->major == 0xC0) return false;
    value = info;
    if (info >= 24) {
        /* 28 to 30 mean nothing, 31 is of indefinite length. */
        if (info > 27) return false;
        bytes = (uint8_t)(1 << (info - 24));
        value = 0;
        do {
            if (link->in_left == 0 || (uint8_t)(value >> 24) != 0) return false;
            link->in_left--;
            value = (value << 8) | *link->in++;
        } while (--bytes != 0);
    }
    link->value = value;
    link->small = value < 255 ? (uint8_t)value : 255;
    return true;
}

bool dunlin_read_uint(dunlin_link *link) {
    return dunlin_read(link) && link->major == DUNLIN_UNSIGNED;
}

/* Counts what is still to come instead of calling itself: depth is the sender's choice, and the stack is small. */
bool dunlin_skip(dunlin_link *link) {
    uint16_t items = 1;
    do {
        if (!dunlin_read(link)) return false;
        items--;
        if (link->major < DUNLIN_STRING || link->major > DUNLIN_MAP) continue;
        /* An item has at least one byte: of more items than bytes not all come. */
        if (link->small > link->in_left) return false;
        if (link->major == DUNLIN_STRING) {
            link->in += link->small;
            link->in_left = (uint8_t)(link->in_left - link->small);
            continue;
        }
        items = (uint16_t)(items + link->small);
        if (link->major == DUNLIN_MAP) items = (uint16_t)(items + link->small);
        if (items > link->in_left) return false;
    } while (items != 0);
    return true;
}
