/* Calls of the host: each runs once, and its end is told for certain. SPEC.md, Calls. */
#include "dunlin_internal.h"

/* dunlin_call_record's state: how far it is, and marks. */
enum { RUNNING = 1, SUCCEEDED = 2, FAILED = 3, PROGRESS = 3 };
/* The outcome is still to be told: there was no room. */
enum { MARK_CANCELLED = 4, MARK_OWED = 8 };

static const char BUSY[] DUNLIN_FLASH = "busy";
static const char UNKNOWN[] DUNLIN_FLASH = "unknown";
static const char INVALID[] DUNLIN_FLASH = "invalid";
static const char FAILED_REASON[] DUNLIN_FLASH = "failed";

static bool is_running(const dunlin_call_record *record) {
    return (record->state & PROGRESS) == RUNNING;
}

/* The record of a call that runs or has ended; null: there is none. */
static DUNLIN_NOT_INLINE dunlin_call_record *find(dunlin_link *link, uint32_t key) {
    dunlin_call_record *record = link->calls;
    do {
        if (record->key == key && record->state != 0) return record;
    } while (++record != link->calls + DUNLIN_CALLS);
    return NULL;
}

/* ---- Outcomes ---- */

static void begin_outcome(dunlin_link *link, uint32_t key, bool succeeded) {
    dunlin_sender_begin(link, 0);
    dunlin_write_byte(link, DUNLIN_ARRAY + 3);
    dunlin_write_uint(link, key);
    dunlin_write_bool(link, succeeded);
}

/* Without a reason: it succeeded. */
static bool send_outcome(dunlin_link *link, uint32_t key, const char *reason, bool in_flash) {
    begin_outcome(link, key, reason == NULL);
    if (reason != NULL) dunlin_write_text(link, reason, in_flash);
    else dunlin_write_byte(link, DUNLIN_MAP);
    return dunlin_sender_keep(link, DUNLIN_KIND_OUTCOME);
}

static bool send_owed(dunlin_link *link, dunlin_call_record *record) {
    const char *reason = (record->state & PROGRESS) == FAILED ? FAILED_REASON : NULL;
    record->state |= MARK_OWED;
    if (!send_outcome(link, record->key, reason, true)) return false;
    record->state = (uint8_t)(record->state & ~MARK_OWED);
    return true;
}

static void end_call(dunlin_link *link, uint32_t key, const char *reason, bool in_flash) {
    dunlin_call_record *record = find(link, key);
    if (record == NULL || !is_running(record)) return;
    record->state = reason == NULL ? SUCCEEDED : FAILED;
    if (!send_outcome(link, key, reason, in_flash)) send_owed(link, record);
}

void dunlin_call_succeed(dunlin_link *link, uint32_t key) {
    end_call(link, key, NULL, true);
}

void dunlin_call_fail(dunlin_link *link, uint32_t key, const char *reason) {
    if (reason == NULL) dunlin_call_fail_flash(link, key, NULL);
    else end_call(link, key, reason, false);
}

void dunlin_call_fail_flash(dunlin_link *link, uint32_t key, const char *reason) {
    end_call(link, key, reason != NULL ? reason : FAILED_REASON, true);
}

bool dunlin_calls_poll(dunlin_link *link) {
    dunlin_call_record *record = link->calls;
    do {
        if ((record->state & MARK_OWED) != 0) return send_owed(link, record);
    } while (++record != link->calls + DUNLIN_CALLS);
    return false;
}

void dunlin_outcome_begin(dunlin_link *link, uint32_t key) {
    begin_outcome(link, key, true);
    dunlin_pairs_begin(link, DUNLIN_KIND_OUTCOME);
}

bool dunlin_outcome_send(dunlin_link *link, uint32_t key) {
    dunlin_call_record *record = find(link, key);
    dunlin_pairs_end(link, DUNLIN_KIND_OUTCOME);
    if (record == NULL || !is_running(record) || !dunlin_sender_keep(link, DUNLIN_KIND_OUTCOME)) return false;
    record->state = SUCCEEDED;
    return true;
}

bool dunlin_call_is_cancelled(const dunlin_link *link, uint32_t key) {
    const dunlin_call_record *record = find((dunlin_link *)link, key);
    return record != NULL && (record->state & MARK_CANCELLED) != 0;
}

void dunlin_calls_cancel(dunlin_link *link, uint32_t key) {
    dunlin_call_record *record = find(link, key);
    if (record != NULL && is_running(record)) record->state |= MARK_CANCELLED;
}

/* ---- Arguments ---- */

/* Reads the head of the value that an argument has. */
static bool find_argument(const dunlin_call *call, uint8_t argument) {
    dunlin_link *link = call->link;
    link->in = call->arguments;
    link->in_left = call->length;
    for (uint8_t left = call->pairs; left != 0; left--) {
        if (!dunlin_read_uint(link)) return false;
        if (link->small == argument) return dunlin_read(link);
        if (!dunlin_skip(link)) return false;
    }
    return false;
}

/* Of an integer: the nearest that the type can hold. */
static int32_t to_int(const dunlin_link *link) {
    int32_t value = INT32_MAX;
    if ((link->value >> 31) == 0) value = (int32_t)link->value;
    return link->major == DUNLIN_NEGATIVE ? ~value : value;
}

static float to_float(const dunlin_link *link) {
    float value;
    if (link->major == DUNLIN_UNSIGNED) return (float)link->value;
    if (link->major == DUNLIN_NEGATIVE) return (float)to_int(link);
    memcpy(&value, &link->value, sizeof value);
    return value;
}

/* Bounds are for the host to check, which has them from the description. */
static bool value_is_right(const dunlin_link *link, uint8_t type) {
    const uint8_t major = link->major;
    if (type == DUNLIN_BOOLEAN[0]) return major == DUNLIN_FALSE || major == DUNLIN_TRUE;
    if (type == DUNLIN_TEXT[0]) return major == DUNLIN_STRING;
    return major <= DUNLIN_NEGATIVE || (major == DUNLIN_FLOAT && type == DUNLIN_NUMBER[0]);
}

/* Whether all arguments are of the command's, and right, and those are there that must be. */
static bool arguments_are_right(const dunlin_call *call) {
    const char *argument = dunlin_argument_first(call->link, call->command);
    uint8_t left = call->pairs;
    for (uint8_t place = 0; argument != NULL; place++, argument = dunlin_argument_next(argument)) {
        if (find_argument(call, place)) {
            if (!value_is_right(call->link, dunlin_argument_digit(argument, DUNLIN_FIELD_TYPE))) return false;
            left--;
        } else if (dunlin_argument_digit(argument, DUNLIN_FIELD_FLAGS) == DUNLIN_REQUIRED[0]) {
            return false;
        }
    }
    return left == 0;
}

bool dunlin_call_has(const dunlin_call *call, uint8_t argument) {
    return find_argument(call, argument);
}

float dunlin_call_float(const dunlin_call *call, uint8_t argument) {
    return find_argument(call, argument) ? to_float(call->link) : 0.0f;
}

int32_t dunlin_call_int(const dunlin_call *call, uint8_t argument) {
    return find_argument(call, argument) ? to_int(call->link) : 0;
}

uint32_t dunlin_call_uint(const dunlin_call *call, uint8_t argument) {
    return find_argument(call, argument) && call->link->major == DUNLIN_UNSIGNED ? call->link->value : 0;
}

bool dunlin_call_bool(const dunlin_call *call, uint8_t argument) {
    return find_argument(call, argument) && call->link->major == DUNLIN_TRUE;
}

size_t dunlin_call_text(const dunlin_call *call, uint8_t argument, char *to, size_t size) {
    size_t length = 0;
    if (find_argument(call, argument) && call->link->major == DUNLIN_STRING) length = (size_t)call->link->value;
    if (size != 0) {
        const size_t copied = length < size ? length : size - 1;
        memcpy(to, call->link->in, copied);
        to[copied] = '\0';
    }
    return length;
}

/* ---- A call comes ---- */

/* Forgets one that has ended, the oldest as far as those that go on allow; null if all do. */
static dunlin_call_record *begin_record(dunlin_link *link) {
    uint8_t tries = DUNLIN_CALLS;
    do {
        dunlin_call_record *record = &link->calls[link->next_call++ % DUNLIN_CALLS];
        if (!is_running(record) && (record->state & MARK_OWED) == 0) return record;
    } while (--tries != 0);
    return NULL;
}

static void run(const dunlin_call *call) {
    const dunlin_handler *handlers = DUNLIN_FLASH_POINTER(const dunlin_handler *, &call->link->device->handlers);
    const dunlin_handler handler = DUNLIN_FLASH_POINTER(dunlin_handler, handlers + call->command);
    const dunlin_result result = handler(call->link, call);
    /* Nothing happens if the handler has ended the call itself. */
    if (result != DUNLIN_PENDING) end_call(call->link, call->key, result == DUNLIN_FAILED ? FAILED_REASON : NULL, true);
}

/* Why a call does not begin; null if it has a record. */
static const char *begin_call(const dunlin_call *call) {
    dunlin_call_record *record;
    if (call->command >= dunlin_description_commands(call->link)) return UNKNOWN;
    if (!arguments_are_right(call)) return INVALID;
    record = begin_record(call->link);
    if (record == NULL) return BUSY;
    record->key = call->key;
    record->state = RUNNING;
    return NULL;
}

bool dunlin_calls_take(dunlin_link *link) {
    dunlin_call call;
    dunlin_call_record *record;
    const char *reason;
    dunlin_sender_begin(link, 0);
    if (link->out_left < DUNLIN_OUTCOME_BYTES - DUNLIN_SLOT_OVERHEAD) return false;
    call.link = link;
    call.key = link->value;
    record = find(link, call.key);
    if (record != NULL) {
        if (!is_running(record)) send_owed(link, record);
        return true;
    }
    if (dunlin_read_uint(link)) {
        call.command = link->small;
        if (dunlin_read(link) && link->major == DUNLIN_MAP) {
            call.pairs = link->small;
            call.arguments = link->in;
            call.length = link->in_left;
            reason = begin_call(&call);
            if (reason != NULL) send_outcome(link, call.key, reason, true);
            else run(&call);
            return true;
        }
    }
    link->bad++;
    return true;
}
