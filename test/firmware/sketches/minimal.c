/* The least that a device is: two metrics and a command, frames of 64 bytes. Against empty.c it shows what the library takes. */
#include <avr/io.h>

#include "dunlin_link.h"

static const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("minimal", "1.0.0")
    DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "of the air")
    DUNLIN_METRIC("door", DUNLIN_BOOLEAN, "", "open")
    DUNLIN_COMMAND("fan", DUNLIN_IDEMPOTENT, 0, "")
    DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");

static dunlin_result fan(dunlin_link *link, const dunlin_call *call) {
    (void)link;
    PORTB = dunlin_call_bool(call, 0);
    return DUNLIN_SUCCEEDED;
}

static const dunlin_handler HANDLERS[] DUNLIN_FLASH = {fan};
static const dunlin_device DEVICE DUNLIN_FLASH = {SELF, HANDLERS, 1, 1};
static dunlin_link device;
static uint8_t rx[64];
static uint8_t tx[128];

static void write(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    for (; count != 0; count--) UDR0 = *bytes++;
}

int main(void) {
    uint32_t now_ms = 0;
    dunlin_init(&device, &DEVICE, write, 0, rx, sizeof rx, tx, sizeof tx);
    for (;;) {
        const uint8_t byte = UDR0;
        dunlin_receive(&device, &byte, 1);
        dunlin_poll(&device, now_ms++);
        dunlin_reading_begin(&device);
        dunlin_reading_float(&device, 0, 21.5f);
        dunlin_reading_bool(&device, 1, PINB & 1);
        dunlin_reading_send(&device, true);
    }
}
