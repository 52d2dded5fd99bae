// Prints and frames on one wire: each printed line becomes a log event of the device, and harms no frame. The agent writes ten
// lines a second into its log, 50 at once; more are left out.
#include <Dunlin.h>

enum { UPTIME };

const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("chatterbox", "1.0.0")
    DUNLIN_METRIC("uptime", DUNLIN_INTEGER, "ms", "");

DUNLIN_HANDLERS(CHATTERBOX, SELF);
DunlinLink<64, 128> dunlin(Serial, CHATTERBOX);

// printf of avr-libc, on Serial. Other boards have Serial.printf.
int putOnSerial(char c, FILE *) {
  Serial.write(c);
  return 0;
}
FILE serialFile;

void setup() {
  Serial.begin(115200);
  fdev_setup_stream(&serialFile, putOnSerial, nullptr, _FDEV_SETUP_WRITE);
  stdout = &serialFile;
  dunlin.begin();
  Serial.println(F("hello, I was just switched on"));
}

void loop() {
  static uint16_t round;
  dunlin.wait(150);
  printf_P(PSTR("round %u: A0 is %d\n"), ++round, analogRead(A0));
  dunlin.reading().set(UPTIME, millis()).sendReliably();
  if (round % 20 == 0) dunlin.log(F("twenty rounds more"));  // this one is kept until the agent has it
}
