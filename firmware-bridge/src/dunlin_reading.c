/*
 * Readings, outcomes with values, and log lines: written into the free part of the transmit buffer. `building` is the
 * kind that is being built, `map` where its map begins in the payload. What is written otherwise ends the building.
 */
#include "dunlin_internal.h"

static DUNLIN_NOT_INLINE uint8_t *payload(const dunlin_link *link) {
    return link->tx + link->tx_used + DUNLIN_SLOT_OVERHEAD;
}

void dunlin_pairs_begin(dunlin_link *link, uint8_t kind) {
    link->building = kind;
    link->pairs = 0;
    link->map = (uint8_t)(link->out - payload(link));
    /* The map's head: one byte, for as many pairs as it has room for. */
    dunlin_write_byte(link, DUNLIN_MAP);
}

void dunlin_pairs_end(dunlin_link *link, uint8_t kind) {
    uint8_t *map = payload(link) + link->map;
    if (link->building != kind || link->pairs > DUNLIN_VALUES_MAX) dunlin_write_fail(link);
    if (link->out != NULL) *map = (uint8_t)(DUNLIN_MAP + link->pairs);
}

static DUNLIN_NOT_INLINE void begin_pair(dunlin_link *link, uint8_t kind) {
    if (link->building != kind) dunlin_write_fail(link);
    link->pairs++;
}

/* ---- Readings ---- */

void dunlin_reading_begin(dunlin_link *link) {
    dunlin_sender_begin(link, 0);
    dunlin_pairs_begin(link, DUNLIN_KIND_READING);
}

static void begin_metric(dunlin_link *link, uint8_t metric) {
    begin_pair(link, DUNLIN_KIND_READING);
    dunlin_write_uint(link, metric);
}

void dunlin_reading_float(dunlin_link *link, uint8_t metric, float value) {
    begin_metric(link, metric);
    dunlin_write_float(link, value);
}

void dunlin_reading_int(dunlin_link *link, uint8_t metric, int32_t value) {
    begin_metric(link, metric);
    dunlin_write_int(link, value);
}

void dunlin_reading_uint(dunlin_link *link, uint8_t metric, uint32_t value) {
    begin_metric(link, metric);
    dunlin_write_uint(link, value);
}

void dunlin_reading_bool(dunlin_link *link, uint8_t metric, bool value) {
    begin_metric(link, metric);
    dunlin_write_bool(link, value);
}

void dunlin_reading_text(dunlin_link *link, uint8_t metric, const char *text) {
    begin_metric(link, metric);
    dunlin_write_text(link, text, false);
}

void dunlin_reading_null(dunlin_link *link, uint8_t metric) {
    begin_metric(link, metric);
    dunlin_write_byte(link, DUNLIN_NULL);
}

static bool finish(dunlin_link *link, uint8_t kind, bool reliable) {
    const bool sent = reliable ? dunlin_sender_keep(link, kind) : dunlin_sender_send_plain(link, kind);
    if (!sent) link->dropped++;
    return sent;
}

/* What is left free for outcomes: else a device that always has readings would take no more calls. */
static uint8_t reserve(bool reliable) {
    return reliable ? DUNLIN_OUTCOME_BYTES : 0;
}

bool dunlin_reading_send(dunlin_link *link, bool reliable) {
    dunlin_pairs_end(link, DUNLIN_KIND_READING);
    if (link->out != NULL && link->out > link->tx + link->tx_size - reserve(reliable)) link->out = NULL;
    return finish(link, DUNLIN_KIND_READING, reliable);
}

/* ---- Values of outcomes ---- */

static void begin_value(dunlin_link *link, const char *name) {
    begin_pair(link, DUNLIN_KIND_OUTCOME);
    dunlin_write_text(link, name, false);
}

void dunlin_outcome_float(dunlin_link *link, const char *name, float value) {
    begin_value(link, name);
    dunlin_write_float(link, value);
}

void dunlin_outcome_int(dunlin_link *link, const char *name, int32_t value) {
    begin_value(link, name);
    dunlin_write_int(link, value);
}

void dunlin_outcome_uint(dunlin_link *link, const char *name, uint32_t value) {
    begin_value(link, name);
    dunlin_write_uint(link, value);
}

void dunlin_outcome_bool(dunlin_link *link, const char *name, bool value) {
    begin_value(link, name);
    dunlin_write_bool(link, value);
}

void dunlin_outcome_text(dunlin_link *link, const char *name, const char *text) {
    begin_value(link, name);
    dunlin_write_text(link, text, false);
}

/* ---- Log lines ---- */

/* How long it may be depends on the buffer alone, not on what waits in it: no line is cut because others wait. */
static bool send_log(dunlin_link *link, const char *text, bool in_flash, bool reliable) {
    uint16_t room = (uint16_t)(link->tx_size - reserve(reliable) - DUNLIN_SLOT_OVERHEAD);
    if (room > DUNLIN_PAYLOAD_MAX) room = DUNLIN_PAYLOAD_MAX;
    dunlin_sender_begin(link, reserve(reliable));
    dunlin_write_text_cut(link, text, in_flash, (uint8_t)room);
    return finish(link, DUNLIN_KIND_LOG, reliable);
}

bool dunlin_log(dunlin_link *link, const char *text, bool reliable) {
    return send_log(link, text, false, reliable);
}

bool dunlin_log_flash(dunlin_link *link, const char *text, bool reliable) {
    return send_log(link, text, true, reliable);
}
