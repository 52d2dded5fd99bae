/*
 * Dunlin link for Arduino sketches: the C library of dunlin_link.h over a Stream, such as Serial.
 *
 *     const char SELF[] DUNLIN_FLASH =
 *         DUNLIN_DEVICE("porch", "1.0.0")
 *         DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "")
 *         DUNLIN_COMMAND("lamp", DUNLIN_IDEMPOTENT, 0, "")
 *         DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");
 *     dunlin_result lamp(dunlin_link *, const dunlin_call *call) { … return DUNLIN_SUCCEEDED; }
 *     DUNLIN_HANDLERS(PORCH, SELF, lamp);
 *     DunlinLink<64, 128> dunlin(Serial, PORCH);
 *
 * then dunlin.begin() in setup, after Serial.begin, and dunlin.poll() in loop. Serial.print may be used beside it: whole lines become log
 * events of the device.
 */
#ifndef DUNLIN_H
#define DUNLIN_H

#include <Arduino.h>

#include "dunlin_link.h"

/*
 * Makes `device`: what `self` describes, its commands run by these handlers, in the commands' order; by none if it has none. One
 * call is on the way at a time, as the input buffer of Serial holds no more.
 */
#define DUNLIN_HANDLERS(device, self, ...)                                                               \
    static const dunlin_handler device##_HANDLERS[] DUNLIN_FLASH = {nullptr, ##__VA_ARGS__};             \
    static const dunlin_device device DUNLIN_FLASH = {                                                   \
        self, device##_HANDLERS + 1, sizeof device##_HANDLERS / sizeof device##_HANDLERS[0] - 1, 1}

/* A reading that is being put together; metrics are named by their places. Send it before anything else is done with the link. */
class DunlinReading {
  public:
    explicit DunlinReading(dunlin_link *link) : link_(link) { dunlin_reading_begin(link); }

    DunlinReading &set(uint8_t metric, bool value) { return dunlin_reading_bool(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, int value) { return dunlin_reading_int(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, long value) { return dunlin_reading_int(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, unsigned value) { return dunlin_reading_uint(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, unsigned long value) { return dunlin_reading_uint(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, float value) { return dunlin_reading_float(link_, metric, value), *this; }
    DunlinReading &set(uint8_t metric, double value) { return set(metric, static_cast<float>(value)); }
    DunlinReading &set(uint8_t metric, const char *text) { return dunlin_reading_text(link_, metric, text), *this; }
    /* The sensor gave no value. */
    DunlinReading &setNone(uint8_t metric) { return dunlin_reading_null(link_, metric), *this; }

    /* Once: lost if the wire damages it, or nobody is there (false). */
    bool send() { return dunlin_reading_send(link_, false); }
    /* Kept until the agent has it. False: no room; do it again later. */
    bool sendReliably() { return dunlin_reading_send(link_, true); }

  private:
    dunlin_link *link_;
};

/* What a link does, whatever its buffers. */
class Dunlin {
  public:
    /*
     * Takes what has come, runs handlers, sends what is due. As often as possible, at least every 5 ms: what comes meanwhile must
     * fit into Serial's input buffer, 64 bytes, or is lost and has to be sent again.
     */
    void poll();
    /* Instead of delay: polls meanwhile. In a handler it only waits. */
    void wait(uint32_t ms);
    /* Whether the agent was heard within the last 3 s. */
    bool isConnected() const { return dunlin_is_connected(&link_); }
    /* Seconds since 1970 by the agent's clock; 0: not told yet. */
    uint32_t time() const { return dunlin_time(&link_); }
    /* Whether that clock is known to be right. */
    bool isTimeSet() const { return dunlin_time_is_set(&link_); }
    DunlinReading reading() { return DunlinReading(&link_); }
    /* A line for the agent's log, kept until the agent has it. False: no room. Serial.println needs none, but may be lost. */
    bool log(const char *text) { return dunlin_log(&link_, text, true); }
    bool log(const __FlashStringHelper *text);
    /* For the functions of dunlin_link.h. */
    dunlin_link *link() { return &link_; }

  protected:
    explicit Dunlin(Stream &stream) : stream_(stream) {}
    bool begin(const dunlin_device &device, uint8_t *rx, size_t rxBytes, uint8_t *tx, size_t txBytes);

  private:
    static void write(void *dunlin, const uint8_t *bytes, size_t count);

    Stream &stream_;
    dunlin_link link_;
};

/*
 * A link with its buffers. `RX` is the longest frame: a command with its arguments, or a metric with its description, must fit, so that
 * less than 64 wants short names. `TX` holds what is kept until the agent has it: about six readings of two metrics in 128.
 */
template <size_t RX = 64, size_t TX = 128> class DunlinLink : public Dunlin {
  public:
    DunlinLink(Stream &stream, const dunlin_device &device) : Dunlin(stream), device_(device) {}
    /* False: a name is too long for a frame, or there is not one handler for each command. The link then stays silent. */
    bool begin() { return Dunlin::begin(device_, rx_, RX, tx_, TX); }

  private:
    const dunlin_device &device_;
    uint8_t rx_[RX];
    uint8_t tx_[TX];
};

#endif
