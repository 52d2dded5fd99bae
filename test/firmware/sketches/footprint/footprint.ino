// Marks, in a register that the simulator watches, where the library is at work.
#include <Dunlin.h>

enum { TEMPERATURE, HUMIDITY };
enum Mark { RECEIVING = 1, RECEIVED, HANDLING, SENDING, SENT, SENDING_RELIABLY, SENT_RELIABLY };

const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("footprint", "1.0.0")
    DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "of the air")
    DUNLIN_METRIC("humidity", DUNLIN_NUMBER, "%", "")
    DUNLIN_COMMAND("fan", DUNLIN_PLAIN, 0, "")
    DUNLIN_ARGUMENT("speed", DUNLIN_INTEGER, "%", 0, 100, DUNLIN_REQUIRED, "");

volatile uint8_t speed;

dunlin_result fan(dunlin_link *, const dunlin_call *call) {
  GPIOR0 = HANDLING;
  speed = dunlin_call_int(call, 0);
  return DUNLIN_SUCCEEDED;
}

DUNLIN_HANDLERS(FOOTPRINT, SELF, fan);
DunlinLink<64, 128> dunlin(Serial, FOOTPRINT);

void setup() {
  Serial.begin(115200);
  dunlin.begin();
}

void receive() {
  while (Serial.available()) {
    const uint8_t byte = Serial.read();
    GPIOR0 = RECEIVING;
    dunlin_receive(dunlin.link(), &byte, 1);
    GPIOR0 = RECEIVED;
  }
  dunlin_poll(dunlin.link(), millis());
}

void loop() {
  static uint32_t sentMs;
  receive();
  if (millis() - sentMs < 100) return;
  sentMs = millis();
  // The frames fit into Serial's buffer, so that nothing here waits for the line.
  static bool reliably;
  reliably = !reliably;
  GPIOR0 = reliably ? SENDING_RELIABLY : SENDING;
  DunlinReading reading = dunlin.reading();
  reading.set(TEMPERATURE, 21.5f).set(HUMIDITY, 48.25f);
  if (reliably) reading.sendReliably();
  else reading.send();
  GPIOR0 = reliably ? SENT_RELIABLY : SENT;
}
