/*
 * For `make size`: the least that a sketch does, with the library and without. What is the sketch's own (ports, its
 * description, what its handler does) is in both.
 */
#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

#include "dunlin_link.h"

enum { TEMPERATURE, DOOR };

static const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("greenhouse", "1.0.0")
    DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "of the air")
    DUNLIN_METRIC("door", DUNLIN_BOOLEAN, "", "open")
    DUNLIN_COMMAND("fan", DUNLIN_IDEMPOTENT, 2000, "switches the fan")
    DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");

static void uart_write(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    for (; count != 0; count--) {
        while ((UCSR0A & (1 << UDRE0)) == 0) continue;
        UDR0 = *bytes++;
    }
}

static void fan(bool on) {
    if (on) PORTB |= 1;
    else PORTB &= (uint8_t)~1;
}

#ifdef WITHOUT

int main(void) {
    const char *byte = SELF;
    for (uint32_t now_ms = 0;; now_ms++) {
        const float temperature = (float)ADC;
        uint8_t in = UDR0;
        uart_write(&in, &in, 1);
        uart_write(&in, (const uint8_t *)&temperature, sizeof temperature);
        fan((PINB & 1) != 0 && pgm_read_byte(byte++) != 0 && (now_ms & 0x80000000u) != 0);
    }
}

#else

static dunlin_result run_fan(dunlin_link *link, const dunlin_call *call) {
    (void)link;
    fan(dunlin_call_bool(call, 0));
    return DUNLIN_SUCCEEDED;
}

static const dunlin_handler HANDLERS[] DUNLIN_FLASH = {run_fan};
static const dunlin_device DEVICE DUNLIN_FLASH = {SELF, HANDLERS, 1, 2};

static dunlin_link link;
static uint8_t rx[64];
static uint8_t tx[128];

int main(void) {
    dunlin_init(&link, &DEVICE, uart_write, NULL, rx, sizeof rx, tx, sizeof tx);
    for (uint32_t now_ms = 0;; now_ms++) {
        uint8_t in = UDR0;
        dunlin_receive(&link, &in, 1);
        dunlin_poll(&link, now_ms);
        dunlin_reading_begin(&link);
        dunlin_reading_float(&link, TEMPERATURE, (float)ADC);
        dunlin_reading_bool(&link, DOOR, (PINB & 1) != 0);
        dunlin_reading_send(&link, true);
    }
}

#endif
