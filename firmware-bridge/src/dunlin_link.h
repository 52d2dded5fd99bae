/*
 * Dunlin link: makes a microcontroller a device of a Dunlin agent, over one byte line. SPEC.md is the protocol.
 *
 * Nothing is allocated and nothing is global: all memory is the caller's. No function blocks, but for what the write
 * callback does. The functions of one dunlin_link are called from one thread, none from an interrupt.
 *
 *     static const char SELF[] DUNLIN_FLASH =
 *         DUNLIN_DEVICE("greenhouse", "1.0.0")
 *         DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "of the air")
 *         DUNLIN_METRIC("door", DUNLIN_BOOLEAN, "", "open")
 *         DUNLIN_COMMAND("fan", DUNLIN_IDEMPOTENT, 2000, "switches the fan")
 *         DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");
 *
 * The host names metrics, commands and arguments by their place in this list, and so do the functions below: metrics
 * from 0, commands from 0, a command's arguments from 0. An enum beside the list keeps them apart.
 */
#ifndef DUNLIN_LINK_H
#define DUNLIN_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __AVR__
#include <avr/pgmspace.h>
/* Marks what stays in flash: the text of the description, dunlin_device, and the list of handlers. */
#define DUNLIN_FLASH PROGMEM
#else
#define DUNLIN_FLASH
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Of this library: as in semantic versioning. */
#define DUNLIN_VERSION_MAJOR 1
#define DUNLIN_VERSION_MINOR 0
#define DUNLIN_VERSION_PATCH 0
#define DUNLIN_VERSION "1.0.0"
/* Of the protocol, as told in `boot` and `welcome`. */
#define DUNLIN_PROTOCOL_VERSION 1

/* ---- Buffers -------------------------------------------------------------------------------------------------- */

/* Sizes of the receive buffer: it holds one frame, from kind to crc32. */
#define DUNLIN_RX_BYTES_MIN 32
#define DUNLIN_RX_BYTES_MAX 254
/* The smallest transmit buffer that dunlin_init takes. */
#define DUNLIN_TX_BYTES_MIN 48
/* What a payload in the transmit buffer costs beside itself, and what the buffer costs once. */
#define DUNLIN_SLOT_OVERHEAD 3
#define DUNLIN_TX_OVERHEAD 4
/* Bytes of the transmit buffer that reliable readings and log lines leave free for the outcomes of calls. */
#define DUNLIN_OUTCOME_BYTES 21

/* ---- Description ---------------------------------------------------------------------------------------------- */

/*
 * One string describes the device: the first piece is DUNLIN_DEVICE, then come the metrics, then the commands, each
 * followed by its arguments. The pieces are string literals side by side, without commas: the whole stays in flash.
 *
 * Names are [a-z0-9][a-z0-9._-]{0,62}; units are UCUM codes, "" is none; a description may be "". dunlin_init tells if
 * a name does not fit into a frame; a description that does not fit is not told to the host.
 */
#define DUNLIN_DEVICE(name, firmware) name "\0" firmware "\0"
#define DUNLIN_METRIC(name, type, unit, description) "0" name "\0\1" type "\0" unit "\0" description "\0"
/* `timeout_ms`: how long the command may take, a plain number or a macro of one; 0: the host's default of 10 s. */
#define DUNLIN_COMMAND(name, flags, timeout_ms, description) \
    "1" name "\0\1" flags "\0\1" DUNLIN_DIGITS(timeout_ms) "\0" description "\0"
/*
 * `minimum` and `maximum` are whole numbers (plain, or macros of such) of at most 31 bits and sign, of the number or of
 * the text's length in bytes, or DUNLIN_ANY. The host sends no other values; the device does not look again.
 */
#define DUNLIN_ARGUMENT(name, type, unit, minimum, maximum, flags, description)                            \
    "2" name "\0\1" type "\0" unit "\0\1" DUNLIN_DIGITS(minimum) "\0\1" DUNLIN_DIGITS(maximum) "\0\1" flags \
    "\0" description "\0"

/* Types of metrics and arguments. */
#define DUNLIN_NUMBER "0"
#define DUNLIN_INTEGER "1"
#define DUNLIN_BOOLEAN "2"
#define DUNLIN_TEXT "3"

/* Flags of a command. Idempotent: running it again does no harm, so the host does so after a reset of the device. */
#define DUNLIN_PLAIN "0"
#define DUNLIN_IDEMPOTENT "1"
#define DUNLIN_CANCELLABLE "2"
#define DUNLIN_IDEMPOTENT_CANCELLABLE "3"

/* Flags of an argument. */
#define DUNLIN_REQUIRED "0"
#define DUNLIN_OPTIONAL "1"

/* No bound. */
#define DUNLIN_ANY

#define DUNLIN_DIGITS_(number) #number
#define DUNLIN_DIGITS(number) DUNLIN_DIGITS_(number)

/* ---- Types ---------------------------------------------------------------------------------------------------- */

typedef struct dunlin_link dunlin_link;
typedef struct dunlin_call dunlin_call;

/*
 * Sends bytes. It takes all: it may block until it has, or keep them. What it cannot take it drops, and the whole frame
 * is then lost, as on a bad line: what is reliable is sent again. It must not call back into the library.
 */
typedef void (*dunlin_write)(void *context, const uint8_t *bytes, size_t count);

typedef enum dunlin_result {
    DUNLIN_SUCCEEDED,
    /* The host is told "failed". For a reason of its own a handler calls dunlin_call_fail first. */
    DUNLIN_FAILED,
    /* Goes on: dunlin_call_succeed, dunlin_call_fail or dunlin_outcome_send follow later, by call->key. */
    DUNLIN_PENDING
} dunlin_result;

/*
 * Runs a command. `call` is gone when the handler returns. A handler may send readings, log lines and outcomes; of
 * dunlin_receive and dunlin_poll it calls none (they do nothing there).
 */
typedef dunlin_result (*dunlin_handler)(dunlin_link *link, const dunlin_call *call);

/* A device. On AVR it stays in flash, with all that it points to: give each of them DUNLIN_FLASH. */
typedef struct dunlin_device {
    const char *description;
    /* One for each DUNLIN_COMMAND, in their order. */
    const dunlin_handler *handlers;
    uint8_t handler_count;
    /*
     * How many calls the host may have on the way at a time, 1 to 8. Bytes of that many frames may come between two
     * calls of dunlin_receive: more than 1 wants an input buffer (of the UART's driver) that holds them.
     */
    uint8_t window;
} dunlin_device;

struct dunlin_call {
    /* Names the call as long as it runs. */
    uint32_t key;
    /* The command's place among the commands. */
    uint8_t command;
    /* Private. */
    uint8_t pairs;
    uint8_t length;
    const uint8_t *arguments;
    dunlin_link *link;
};

/* Calls that are remembered: running ones, and ended ones so that a call that comes twice does not run twice. */
#define DUNLIN_CALLS 4

/* Private: read and written by the library alone. */
typedef struct dunlin_call_record {
    uint32_t key;
    uint8_t state;
} dunlin_call_record;

/* A link. The members are private: they are here for their size. */
struct dunlin_link {
    /* Given by the caller. */
    const dunlin_device *device;
    dunlin_write write;
    void *context;
    uint8_t *rx;
    uint8_t *tx;
    uint16_t tx_size;
    uint8_t rx_size;
    /* What is being received: bytes decoded, the group's code, and bytes left in the group. */
    uint8_t rx_used;
    uint8_t rx_code;
    uint8_t rx_left;
    uint8_t flags;
    uint8_t out_byte;
    /* What is being written, and read: place, and bytes left. */
    uint8_t *out;
    const uint8_t *in;
    uint32_t value;
    uint8_t small;
    uint8_t major;
    uint8_t in_left;
    uint8_t out_left;
    uint8_t building;
    uint8_t map;
    uint8_t pairs;
    /* Reliable frames. */
    uint8_t first;
    uint8_t sent;
    uint8_t stamp;
    uint8_t expected;
    uint8_t plain_seq;
    uint16_t tx_used;
    uint16_t wait_ms;
    uint16_t host_wait_ms;
    /* Session and time. */
    uint16_t session;
    uint16_t silence_ms;
    uint16_t timer_ms;
    uint16_t time_ms;
    uint16_t now_ms;
    uint32_t time_s;
    /* Counted for the host; they go on from 0 after 65535. */
    uint16_t bad;
    uint16_t retransmits;
    uint16_t dropped;
    uint8_t next_call;
    dunlin_call_record calls[DUNLIN_CALLS];
};

/* ---- The link ------------------------------------------------------------------------------------------------- */

/*
 * Begins. False: a buffer is too small, the description is not as the macros make it, there is not one handler for each
 * command, or a name does not fit into a frame of the receive buffer's size; the link then sends and takes nothing.
 *
 * `rx_size`: at least DUNLIN_RX_BYTES_MIN; of more than DUNLIN_RX_BYTES_MAX the rest is left unused. It bounds the calls
 * that the device can take, and its own description. `tx_size`: at least DUNLIN_TX_BYTES_MIN. It holds the reliable frames
 * until they are acknowledged, and a frame while it is built.
 * All pointers must stay valid as long as the link is used.
 */
bool dunlin_init(dunlin_link *link, const dunlin_device *device, dunlin_write write, void *context, uint8_t *rx,
                 size_t rx_size, uint8_t *tx, size_t tx_size);

/* Takes what came in, any number of bytes. Handlers run, and answers are sent, before it returns. */
void dunlin_receive(dunlin_link *link, const uint8_t *bytes, size_t count);

/*
 * Does what is due by time; call it as often as there is time, at least every 10 ms. `now_ms` is any clock that rises by
 * 1000 a second and may wrap at 32 bits. Sends at most one reliable frame and one other. After a minute without a call,
 * dunlin_time is behind until the host tells it again.
 */
void dunlin_poll(dunlin_link *link, uint32_t now_ms);

/* Whether the host was heard within the last 3 s, in a session. */
bool dunlin_is_connected(const dunlin_link *link);

/* Seconds since 1970-01-01T00:00Z, by the host's clock and, since it was last told, by now_ms. 0: not told yet. */
uint32_t dunlin_time(const dunlin_link *link);

/* Whether the host said that its clock is set: by GPS or the net, for instance. */
bool dunlin_time_is_set(const dunlin_link *link);

/* What was given to dunlin_init: for handlers. */
void *dunlin_context(const dunlin_link *link);

/* ---- Readings ------------------------------------------------------------------------------------------------- */

/* The most values of one reading or outcome. */
#define DUNLIN_VALUES_MAX 23

/*
 * A reading is begun, given values by the metrics' places, and sent, with no other call of the library in between.
 * Values that do not fit make dunlin_reading_send false. A number that is not finite is sent as null: no value.
 */
void dunlin_reading_begin(dunlin_link *link);
void dunlin_reading_float(dunlin_link *link, uint8_t metric, float value);
void dunlin_reading_int(dunlin_link *link, uint8_t metric, int32_t value);
void dunlin_reading_uint(dunlin_link *link, uint8_t metric, uint32_t value);
void dunlin_reading_bool(dunlin_link *link, uint8_t metric, bool value);
/* UTF-8, ending in NUL, in RAM. */
void dunlin_reading_text(dunlin_link *link, uint8_t metric, const char *text);
void dunlin_reading_null(dunlin_link *link, uint8_t metric);

/*
 * Reliable: true means that it is kept until the host has it, once and in order, whether a host is there or not; false
 * that there is no room, and that the caller may do it all again later. Otherwise: true means that it was written to the
 * line once; false that it did not fit or no host is there. What is false counts as dropped.
 */
bool dunlin_reading_send(dunlin_link *link, bool reliable);

/* A line for the agent's log, without its line end. What does not fit is cut off. True: as dunlin_reading_send. */
bool dunlin_log(dunlin_link *link, const char *text, bool reliable);
/* The same of a text in flash: dunlin_log_flash(link, PSTR("…"), …) on AVR. */
bool dunlin_log_flash(dunlin_link *link, const char *text, bool reliable);

/* ---- Calls ---------------------------------------------------------------------------------------------------- */

/*
 * Arguments, by their place among the command's. They have been checked by their description: of the type that it gives,
 * and there unless optional. An argument that is not there is 0, false and "".
 */
bool dunlin_call_has(const dunlin_call *call, uint8_t argument);
/* Of a number. */
float dunlin_call_float(const dunlin_call *call, uint8_t argument);
/* Of an integer; what the type cannot hold becomes the nearest that it can. */
int32_t dunlin_call_int(const dunlin_call *call, uint8_t argument);
uint32_t dunlin_call_uint(const dunlin_call *call, uint8_t argument);
bool dunlin_call_bool(const dunlin_call *call, uint8_t argument);
/* Copies a text of at most `size` - 1 bytes and a NUL; gives the text's length, which may be more. */
size_t dunlin_call_text(const dunlin_call *call, uint8_t argument, char *to, size_t size);

/*
 * End a running call; of one that does not run, nothing happens. The host is told for certain, if need be later. A reason
 * is told if there is room at once, and is else "failed", as is null.
 */
void dunlin_call_succeed(dunlin_link *link, uint32_t key);
void dunlin_call_fail(dunlin_link *link, uint32_t key, const char *reason);
/* The same of a text in flash. */
void dunlin_call_fail_flash(dunlin_link *link, uint32_t key, const char *reason);

/* Whether the host wants this call to end early. It ends by one of the above all the same. */
bool dunlin_call_is_cancelled(const dunlin_link *link, uint32_t key);

/*
 * Ends a call with values, which have names of their own: begun, given values and sent like a reading. False: they do not
 * fit, or not now, or the call does not run; a call that ran still does.
 */
void dunlin_outcome_begin(dunlin_link *link, uint32_t key);
void dunlin_outcome_float(dunlin_link *link, const char *name, float value);
void dunlin_outcome_int(dunlin_link *link, const char *name, int32_t value);
void dunlin_outcome_uint(dunlin_link *link, const char *name, uint32_t value);
void dunlin_outcome_bool(dunlin_link *link, const char *name, bool value);
void dunlin_outcome_text(dunlin_link *link, const char *name, const char *text);
bool dunlin_outcome_send(dunlin_link *link, uint32_t key);

#ifdef __cplusplus
}
#endif

#endif
