/* The link: what comes in, the session, and what is due by time. SPEC.md, Session. */
#include "dunlin_internal.h"

enum { WAIT_FIRST_MS = 200 };

bool dunlin_init(dunlin_link *link, const dunlin_device *device, dunlin_write write, void *context, uint8_t *rx,
                 size_t rx_size, uint8_t *tx, size_t tx_size) {
    memset(link, 0, sizeof *link);
    link->device = device;
    link->write = write;
    link->context = context;
    link->rx = rx;
    link->tx = tx;
    link->wait_ms = WAIT_FIRST_MS;
    link->host_wait_ms = WAIT_FIRST_MS;
    if (rx_size < DUNLIN_RX_BYTES_MIN || tx_size < DUNLIN_TX_BYTES_MIN) return false;
    link->rx_size = (uint8_t)(rx_size < DUNLIN_RX_BYTES_MAX ? rx_size : DUNLIN_RX_BYTES_MAX);
    if (!dunlin_description_check(link)) return false;
    /* Places in it are of 16 bits, also a little behind its end. */
    link->tx_size = (uint16_t)((tx_size < 0xFF00u ? tx_size : 0xFF00u) - DUNLIN_TX_OVERHEAD);
    dunlin_frame_begin(link);
    link->flags = DUNLIN_READY;
    return true;
}

bool dunlin_is_connected(const dunlin_link *link) {
    return link->session != 0 && link->silence_ms != 0;
}

uint32_t dunlin_time(const dunlin_link *link) {
    return link->time_s;
}

bool dunlin_time_is_set(const dunlin_link *link) {
    return (link->flags & DUNLIN_TIME_SET) != 0;
}

void *dunlin_context(const dunlin_link *link) {
    return link->context;
}

/* A frame whose payload is [number]. It goes at any time, so it has a place of its own. */
static void send_number(dunlin_link *link, uint8_t kind, uint8_t number) {
    uint8_t frame[DUNLIN_FRAME_OVERHEAD + 2];
    frame[DUNLIN_HEADER_BYTES] = DUNLIN_ARRAY + 1;
    frame[DUNLIN_HEADER_BYTES + 1] = number;
    dunlin_frame_send_plain(link, frame, kind, 2);
}

/* ---- Messages ---- */

static bool take_wait(dunlin_link *link) {
    uint16_t wait_ms = DUNLIN_WAIT_MAX_MS;
    if (!dunlin_read_uint(link)) return false;
    if (link->value < DUNLIN_WAIT_MAX_MS) wait_ms = (uint16_t)link->value;
    if (wait_ms < DUNLIN_WAIT_MIN_MS) wait_ms = DUNLIN_WAIT_MIN_MS;
    link->host_wait_ms = wait_ms;
    return true;
}

static bool take_hello(dunlin_link *link) {
    uint16_t session;
    if (link->small != DUNLIN_PROTOCOL_VERSION) {
        link->session = 0;
        dunlin_description_welcome(link, 0);
        return true;
    }
    if (!dunlin_read_uint(link) || link->value > 0xFFFF) return false;
    session = (uint16_t)link->value;
    if (session == 0) return false;
    if (!take_wait(link)) return false;
    if (session != link->session) {
        link->session = session;
        link->expected = 0;
        dunlin_sender_restart(link);
    }
    link->silence_ms = DUNLIN_SILENCE_MS;
    /* An answer to what came before would end what now begins. */
    link->flags = (uint8_t)(link->flags & ~DUNLIN_BOOT_OWED);
    dunlin_description_welcome(link, session);
    return true;
}

static bool take_ping(dunlin_link *link) {
    uint32_t token;
    if (!dunlin_read_uint(link)) return false;
    token = link->value;
    if (!take_wait(link)) return false;
    dunlin_answer_begin(link);
    dunlin_write_byte(link, DUNLIN_ARRAY + 5);
    dunlin_write_uint16(link, link->session);
    dunlin_write_uint(link, token);
    dunlin_write_uint16(link, link->bad);
    dunlin_write_uint16(link, link->retransmits);
    dunlin_write_uint16(link, link->dropped);
    dunlin_answer_send(link, DUNLIN_KIND_PONG);
    return true;
}

static bool take_time(dunlin_link *link) {
    const uint32_t seconds = link->value;
    uint16_t milliseconds;
    if (!dunlin_read_uint(link) || link->value > 999) return false;
    milliseconds = (uint16_t)link->value;
    if (!dunlin_read(link) || (link->major & 0xFE) != DUNLIN_FALSE) return false;
    link->time_s = seconds;
    link->time_ms = milliseconds;
    link->flags = (uint8_t)(link->flags & ~DUNLIN_TIME_SET);
    if (link->major == DUNLIN_TRUE) link->flags |= DUNLIN_TIME_SET;
    return true;
}

/* A frame of the host in the device's session, its first number read. False: it cannot be read, or is of no known kind. */
static bool take_kind(dunlin_link *link, uint8_t kind) {
    switch (kind) {
        case DUNLIN_KIND_PING: return take_ping(link);
        case DUNLIN_KIND_ASK:
            dunlin_description_item(link, link->small);
            return true;
        case DUNLIN_KIND_CALL | DUNLIN_RELIABLE:
            if (!dunlin_calls_take(link)) link->expected--;
            return true;
        case DUNLIN_KIND_CANCEL | DUNLIN_RELIABLE: dunlin_calls_cancel(link, link->value); return true;
        case DUNLIN_KIND_ACK: return true;
        case DUNLIN_KIND_TIME: return take_time(link);
        default: return false;
    }
}

static DUNLIN_NOT_INLINE void rewind_payload(dunlin_link *link) {
    link->in = link->rx + DUNLIN_HEADER_BYTES;
    link->in_left = (uint8_t)(link->rx_used - DUNLIN_FRAME_OVERHEAD);
}

/*
 * Reads the payload's beginning: all that the host sends are arrays whose first item is a number. Before, the whole is
 * seen to be one item and nothing behind it.
 */
static bool begin_payload(dunlin_link *link) {
    rewind_payload(link);
    if (!dunlin_skip(link) || link->in_left != 0) return false;
    rewind_payload(link);
    return dunlin_read(link) && link->major == DUNLIN_ARRAY && dunlin_read_uint(link);
}

static void take_frame(dunlin_link *link) {
    const uint8_t kind = link->rx[0];
    const bool readable = begin_payload(link);
    if (kind == DUNLIN_KIND_HELLO) {
        if (!readable || !take_hello(link)) link->bad++;
        return;
    }
    if (link->session == 0 || (kind == DUNLIN_KIND_PING && readable && link->value != link->session)) {
        link->flags |= DUNLIN_BOOT_OWED;
        return;
    }
    link->silence_ms = DUNLIN_SILENCE_MS;
    dunlin_sender_acknowledged(link, link->rx[2], kind == DUNLIN_KIND_ACK && readable ? link->small : 0);
    if ((kind & DUNLIN_RELIABLE) != 0) {
        link->flags |= DUNLIN_ACK_OWED;
        if (link->rx[1] != link->expected) return;
        /* Before it is taken: what is sent meanwhile acknowledges it. */
        link->expected++;
    }
    if (!readable || !take_kind(link, kind)) link->bad++;
}

void dunlin_receive(dunlin_link *link, const uint8_t *bytes, size_t count) {
    if ((link->flags & (DUNLIN_READY | DUNLIN_INSIDE)) != DUNLIN_READY) return;
    link->flags |= DUNLIN_INSIDE;
    for (; count != 0; count--) {
        if (!dunlin_frame_take_byte(link, *bytes++)) continue;
        take_frame(link);
        dunlin_frame_begin(link);
    }
    link->flags = (uint8_t)(link->flags & ~DUNLIN_INSIDE);
}

/* ---- Time ---- */

static DUNLIN_NOT_INLINE uint16_t count_down(uint16_t left_ms, uint16_t passed_ms) {
    return left_ms > passed_ms ? (uint16_t)(left_ms - passed_ms) : 0;
}

static void go_on(dunlin_link *link, uint16_t now_ms) {
    uint16_t passed_ms = (uint16_t)(now_ms - link->now_ms);
    link->now_ms = now_ms;
    /* The first time, nothing has passed: the clock may have begun anywhere. */
    if ((link->flags & DUNLIN_POLLED) == 0) passed_ms = 0;
    link->flags |= DUNLIN_POLLED;
    link->timer_ms = count_down(link->timer_ms, passed_ms);
    link->silence_ms = count_down(link->silence_ms, passed_ms);
    if (link->time_s == 0) return;
    passed_ms = (uint16_t)(passed_ms + link->time_ms);
    for (; passed_ms >= 1000; passed_ms = (uint16_t)(passed_ms - 1000)) link->time_s++;
    link->time_ms = passed_ms;
}

void dunlin_poll(dunlin_link *link, uint32_t now_ms) {
    if ((link->flags & (DUNLIN_READY | DUNLIN_INSIDE)) != DUNLIN_READY) return;
    go_on(link, (uint16_t)now_ms);
    if (link->session != 0) {
        if (!dunlin_calls_poll(link)) dunlin_sender_poll(link);
        if ((link->flags & DUNLIN_ACK_OWED) != 0) send_number(link, DUNLIN_KIND_ACK, 0);
    } else if (link->timer_ms == 0) {
        link->flags |= DUNLIN_BOOT_OWED;
        link->timer_ms = DUNLIN_BOOT_MS;
    }
    if ((link->flags & DUNLIN_BOOT_OWED) == 0) return;
    link->flags = (uint8_t)(link->flags & ~DUNLIN_BOOT_OWED);
    send_number(link, DUNLIN_KIND_BOOT, DUNLIN_PROTOCOL_VERSION);
}
