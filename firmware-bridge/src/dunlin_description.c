/*
 * The description: one string in flash, made by the macros of dunlin_link.h. Two texts, of the device; then records: a
 * digit, which is SPEC.md's of an item, and fields, each ending in NUL:
 *
 *     0 name type unit description        1 name flags timeout description
 *     2 name type unit minimum maximum flags description
 *
 * A field is a text, or a number if it begins with 01; an empty one is `null`. So a record is an item almost as it is.
 */
#include "dunlin_internal.h"

enum { METRIC = '0', COMMAND = '1', ARGUMENT = '2' };
enum { NUMBER_MARK = 1 };

static uint8_t at(const char *flash) {
    return DUNLIN_FLASH_BYTE(flash);
}

/* Past so many fields. */
static const char *past(const char *field, uint8_t count) {
    for (; count != 0; count--) {
        while (at(field++) != '\0') continue;
    }
    return field;
}

static uint8_t field_count(const char *record) {
    return at(record) == ARGUMENT ? 7 : 4;
}

static const char *next_record(const char *record) {
    return past(record + 1, field_count(record));
}

static const char *description_of(const dunlin_link *link) {
    return DUNLIN_FLASH_POINTER(const char *, &link->device->description);
}

static const char *first_record(const dunlin_link *link) {
    return past(description_of(link), 2);
}

/* A whole number; false: there is none, or something else. */
static bool read_number(const char *digit, int32_t *value) {
    uint32_t sum = 0;
    uint32_t tenfold;
    const bool negative = at(digit) == '-';
    if (negative) digit++;
    do {
        const uint8_t figure = (uint8_t)(at(digit++) - '0');
        if (figure > 9) return false;
        /* Ten times, without the routines of a 32 bit product. */
        tenfold = 0;
        for (uint8_t i = 10; i != 0; i--) tenfold += sum;
        sum = tenfold + figure;
    } while (at(digit) != '\0');
    *value = (int32_t)(sum & 0x7FFFFFFFu);
    if (negative) *value = -*value;
    return true;
}

/* ---- Arguments, for calls ---- */

const char *dunlin_argument_next(const char *argument) {
    const char *next = next_record(argument);
    return at(next) == ARGUMENT ? next : NULL;
}

const char *dunlin_argument_first(const dunlin_link *link, uint8_t command) {
    const char *record = first_record(link);
    while (at(record) != COMMAND || command-- != 0) record = next_record(record);
    return dunlin_argument_next(record);
}

uint8_t dunlin_argument_digit(const char *argument, uint8_t field) {
    return at(past(argument + 1, field) + 1);
}

uint8_t dunlin_description_commands(const dunlin_link *link) {
    return DUNLIN_FLASH_BYTE(&link->device->handler_count);
}

/* ---- What the host is told ---- */

DUNLIN_NOT_INLINE void dunlin_answer_begin(dunlin_link *link) {
    link->building = 0;
    link->out = link->rx + DUNLIN_HEADER_BYTES;
    link->out_left = (uint8_t)(link->rx_size - DUNLIN_FRAME_OVERHEAD);
}

void dunlin_answer_send(dunlin_link *link, uint8_t kind) {
    if (link->out == NULL) return;
    dunlin_frame_send_plain(link, link->rx, kind, (uint8_t)(link->out - link->rx - DUNLIN_HEADER_BYTES));
}

static void write_field(dunlin_link *link, const char *field) {
    int32_t value;
    if (at(field) == NUMBER_MARK && at(++field) != '\0') {
        if (read_number(field, &value)) dunlin_write_int(link, value);
        else dunlin_write_fail(link);
    } else if (at(field) == '\0') {
        dunlin_write_byte(link, DUNLIN_NULL);
    } else {
        dunlin_write_text(link, field, true);
    }
}

/* SPEC.md, Self-description. Without its last field, the description, if that does not fit. False: nor then. */
static bool write_item(dunlin_link *link, uint8_t item, const char *record) {
    uint8_t fields = field_count(record);
    for (uint8_t tries = 2; tries != 0; tries--, fields--) {
        const char *field = record + 1;
        dunlin_answer_begin(link);
        dunlin_write_byte(link, (uint8_t)(DUNLIN_ARRAY + 2 + fields));
        dunlin_write_uint16(link, item);
        dunlin_write_byte(link, (uint8_t)(at(record) - METRIC));
        for (uint8_t left = fields; left != 0; left--, field = past(field, 1)) write_field(link, field);
        if (link->out != NULL) return true;
    }
    return false;
}

/* The item's record; null if there are not so many. */
static const char *find_item(const dunlin_link *link, uint8_t item) {
    const char *record = first_record(link);
    for (; at(record) != '\0'; record = next_record(record)) {
        if (item-- == 0) return record;
    }
    return NULL;
}

static void write_welcome(dunlin_link *link, uint16_t session) {
    const char *name = description_of(link);
    uint8_t items = 0;
    while (find_item(link, items) != NULL) items++;
    dunlin_answer_begin(link);
    dunlin_write_byte(link, DUNLIN_ARRAY + 9);
    dunlin_write_byte(link, DUNLIN_PROTOCOL_VERSION);
    dunlin_write_uint16(link, session);
    dunlin_write_uint16(link, link->first);
    dunlin_write_uint16(link, link->rx_size);
    dunlin_write_byte(link, DUNLIN_FLASH_BYTE(&link->device->window));
    dunlin_write_uint16(link, items);
    /* Capabilities: it knows what time it is when told. */
    dunlin_write_byte(link, 1);
    dunlin_write_text(link, name, true);
    dunlin_write_text(link, past(name, 1), true);
}

void dunlin_description_welcome(dunlin_link *link, uint16_t session) {
    write_welcome(link, session);
    dunlin_answer_send(link, DUNLIN_KIND_WELCOME);
}

void dunlin_description_item(dunlin_link *link, uint8_t item) {
    const char *record = find_item(link, item);
    if (record != NULL && write_item(link, item, record)) dunlin_answer_send(link, DUNLIN_KIND_ITEM);
}

/* Everything that the host may ask is written once, so that what would fail later is known at the start. */
bool dunlin_description_check(dunlin_link *link) {
    const char *record = first_record(link);
    uint8_t commands = 0;
    if ((uint8_t)(DUNLIN_FLASH_BYTE(&link->device->window) - 1) > 7) return false;
    for (uint8_t item = 0; at(record) != '\0'; item++, record = next_record(record)) {
        if (at(record) == COMMAND) commands++;
        /* Metrics come first, and arguments belong to a command. */
        if (at(record) == (uint8_t)(commands == 0 ? ARGUMENT : METRIC)) return false;
        if (item == 255 || !write_item(link, item, record)) return false;
    }
    /* With the longest numbers. */
    link->first = 255;
    write_welcome(link, 0xFFFF);
    link->first = 0;
    return link->out != NULL && commands == dunlin_description_commands(link);
}
