/* Only for Arduino: a build of the C library leaves this file out, or finds it empty. */
#ifdef ARDUINO

#include "Dunlin.h"

bool Dunlin::begin(const dunlin_device &device, uint8_t *rx, size_t rxBytes, uint8_t *tx, size_t txBytes) {
    /* The end of the frame that a reset may have cut off: what is printed next is not lost with it. */
    stream_.write(static_cast<uint8_t>(0));
    return dunlin_init(&link_, &device, write, this, rx, rxBytes, tx, txBytes);
}

void Dunlin::write(void *dunlin, const uint8_t *bytes, size_t count) {
    static_cast<Dunlin *>(dunlin)->stream_.write(bytes, count);
}

void Dunlin::poll() {
    /* Not until there is nothing more: the loop has other things to do, whatever comes. */
    for (int left = stream_.available(); left > 0; left--) {
        const uint8_t byte = static_cast<uint8_t>(stream_.read());
        dunlin_receive(&link_, &byte, 1);
    }
    dunlin_poll(&link_, millis());
}

void Dunlin::wait(uint32_t ms) {
    for (const uint32_t from = millis(); millis() - from < ms;) poll();
}

bool Dunlin::log(const __FlashStringHelper *text) {
    return dunlin_log_flash(&link_, reinterpret_cast<const char *>(text), true);
}

#endif
