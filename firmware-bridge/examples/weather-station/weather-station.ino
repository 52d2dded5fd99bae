// A weather station: two sensors and a command. All that the agent has to be told is the port:
//
//   devices:
//     station: { driver: dunlin-link, port: /dev/serial/by-id/… }
#include <Dunlin.h>

enum { TEMPERATURE, LIGHT };  // metrics, in the order that they are described in

const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("weather-station", "1.0.0")
    DUNLIN_METRIC("temperature", DUNLIN_NUMBER, "Cel", "of the air")
    DUNLIN_METRIC("light", DUNLIN_NUMBER, "%", "of full sun")
    DUNLIN_COMMAND("led", DUNLIN_IDEMPOTENT, 0, "the lamp on the board")
    DUNLIN_ARGUMENT("on", DUNLIN_BOOLEAN, "", DUNLIN_ANY, DUNLIN_ANY, DUNLIN_REQUIRED, "");

dunlin_result led(dunlin_link *, const dunlin_call *call) {
  digitalWrite(LED_BUILTIN, dunlin_call_bool(call, 0));
  return DUNLIN_SUCCEEDED;
}

DUNLIN_HANDLERS(STATION, SELF, led);
DunlinLink<64, 128> dunlin(Serial, STATION);

void setup() {
  pinMode(LED_BUILTIN, OUTPUT);
  Serial.begin(115200);
  dunlin.begin();
}

void loop() {
  dunlin.wait(1000);
  const float volts = analogRead(A0) * 5.0 / 1024;  // a TMP36: 0.5 V at 0 °C and 10 mV for each degree
  dunlin.reading().set(TEMPERATURE, (volts - 0.5) * 100).set(LIGHT, analogRead(A1) / 10.23).send();
}
