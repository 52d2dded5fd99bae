/*
 * Reliable frames, kept in the transmit buffer until the host has them: SPEC.md, Reliable frames. The oldest lies at the
 * beginning, each as
 *
 *     length of payload, stamp, kind and marks, payload…
 *
 * What lies at i has the number `first` + i; the first `sent` are on the way. Header and crc32 are made at each sending,
 * over these three bytes and the next four. The stamp tells the order of the last sendings: the line keeps order, so
 * what was sent before something that has come, and has not come itself, is lost. What is free, at the end, serves for
 * writing payloads.
 */
#include "dunlin_internal.h"

enum { SLOT_LENGTH, SLOT_STAMP, SLOT_KIND };
/* Marks in the kind's byte, whose other bits the reliable kinds use. */
enum { MARK_DUE = 0x20, MARK_ARRIVED = 0x40, MARKS = 0x60 };
/* SPEC.md: the device has at most 8 frames unacknowledged. */
enum { WINDOW = 8 };

static uint8_t *next_slot(uint8_t *slot) {
    return slot + DUNLIN_SLOT_OVERHEAD + slot[SLOT_LENGTH];
}

/* Where the next slot begins. */
static uint8_t *slots_end(const dunlin_link *link) {
    return link->tx + link->tx_used;
}

static bool is_older(uint8_t stamp, uint8_t than) {
    return (int8_t)(uint8_t)(stamp - than) < 0;
}

void dunlin_sender_begin(dunlin_link *link, uint8_t reserve) {
    const uint16_t taken = (uint16_t)(link->tx_used + DUNLIN_SLOT_OVERHEAD + reserve);
    link->building = 0;
    link->out = slots_end(link) + DUNLIN_SLOT_OVERHEAD;
    link->out_left = 0;
    if (taken < link->tx_size) {
        uint16_t room = (uint16_t)(link->tx_size - taken);
        if (room > DUNLIN_PAYLOAD_MAX) room = DUNLIN_PAYLOAD_MAX;
        link->out_left = (uint8_t)room;
    }
}

static uint8_t written(const dunlin_link *link) {
    const uint8_t *payload = slots_end(link) + DUNLIN_SLOT_OVERHEAD;
    return (uint8_t)(link->out - payload);
}

static void send_slot(dunlin_link *link, uint8_t *slot, uint8_t index) {
    const uint8_t length = slot[SLOT_LENGTH];
    const uint8_t kind = (uint8_t)(slot[SLOT_KIND] & ~MARK_DUE);
    if (index < link->sent) {
        link->retransmits++;
    } else {
        if (index == 0) link->timer_ms = link->wait_ms;
        link->sent++;
        slot[SLOT_STAMP] = (uint8_t)(link->stamp - 1);
    }
    /* If it was the last already, it is so again: stamps then stay close enough to be told apart in 8 bits. */
    if (slot[SLOT_STAMP] != link->stamp) link->stamp++;
    dunlin_frame_send(link, slot, (uint8_t)((kind & ~MARKS) | DUNLIN_RELIABLE), (uint8_t)(link->first + index), length);
    slot[SLOT_LENGTH] = length;
    slot[SLOT_STAMP] = link->stamp;
    slot[SLOT_KIND] = kind;
}

/* One at a time: a caller of dunlin_poll waits for one frame at most. */
static void send_next(dunlin_link *link) {
    uint8_t *slot = link->tx;
    if (!dunlin_is_connected(link)) return;
    for (uint8_t index = 0; index < WINDOW && slot != slots_end(link); index++) {
        if (index >= link->sent || (slot[SLOT_KIND] & MARK_DUE) != 0) {
            send_slot(link, slot, index);
            return;
        }
        slot = next_slot(slot);
    }
}

bool dunlin_sender_keep(dunlin_link *link, uint8_t kind) {
    uint8_t *slot = slots_end(link);
    link->building = 0;
    if (link->out == NULL) return false;
    slot[SLOT_LENGTH] = written(link);
    slot[SLOT_KIND] = kind;
    link->tx_used = (uint16_t)(link->out - link->tx);
    send_next(link);
    return true;
}

bool dunlin_sender_send_plain(dunlin_link *link, uint8_t kind) {
    link->building = 0;
    if (link->out == NULL || !dunlin_is_connected(link)) return false;
    dunlin_frame_send_plain(link, slots_end(link), kind, written(link));
    return true;
}

void dunlin_sender_acknowledged(dunlin_link *link, uint8_t ack, uint8_t bits) {
    uint8_t *slot = link->tx;
    uint8_t *waiting = slot;
    const uint8_t count = (uint8_t)(ack - link->first);
    uint8_t newest = 0;
    bool progress = false;
    if (count > link->sent) return;
    for (uint8_t index = 0; index < link->sent; index++) {
        bool arrives = index < count;
        if (index == count) waiting = slot;
        if (index > count) {
            /* Bit 0 is the second that is missing: the first is the one that the host waits for. */
            arrives = (bits & 1) != 0 && (slot[SLOT_KIND] & MARK_ARRIVED) == 0;
            bits >>= 1;
        }
        if (arrives) {
            slot[SLOT_KIND] = (uint8_t)((slot[SLOT_KIND] & ~MARK_DUE) | MARK_ARRIVED);
            if (!progress || is_older(newest, slot[SLOT_STAMP])) newest = slot[SLOT_STAMP];
            progress = true;
        }
        slot = next_slot(slot);
    }
    if (count == link->sent) waiting = slot;
    if (!progress) return;
    link->building = 0;
    link->first = ack;
    link->sent = (uint8_t)(link->sent - count);
    link->tx_used = (uint16_t)(slots_end(link) - waiting);
    for (uint16_t i = 0; i < link->tx_used; i++) link->tx[i] = waiting[i];
    link->wait_ms = link->host_wait_ms;
    link->timer_ms = link->host_wait_ms;
    slot = link->tx;
    for (uint8_t left = link->sent; left != 0; left--, slot = next_slot(slot)) {
        if ((slot[SLOT_KIND] & MARK_ARRIVED) == 0 && is_older(slot[SLOT_STAMP], newest)) slot[SLOT_KIND] |= MARK_DUE;
    }
}

void dunlin_sender_restart(dunlin_link *link) {
    for (uint8_t *slot = link->tx; slot != slots_end(link); slot = next_slot(slot)) {
        slot[SLOT_KIND] = (uint8_t)(slot[SLOT_KIND] & ~MARKS);
    }
    link->sent = 0;
    link->wait_ms = link->host_wait_ms;
}

void dunlin_sender_poll(dunlin_link *link) {
    if (!dunlin_is_connected(link)) {
        /* When the host is back, the oldest is sent at once. */
        link->timer_ms = 0;
        link->wait_ms = link->host_wait_ms;
        return;
    }
    if (link->sent != 0 && link->timer_ms == 0) {
        /* The oldest alone: once it has come, the order of sending tells which others are lost. */
        link->tx[SLOT_KIND] |= MARK_DUE;
        link->wait_ms = (uint16_t)(link->wait_ms * 2);
        if (link->wait_ms > DUNLIN_WAIT_MAX_MS) link->wait_ms = DUNLIN_WAIT_MAX_MS;
        link->timer_ms = link->wait_ms;
    }
    send_next(link);
}
