// Counts how often each command ran, across resets: what is not cleared at the start stays as it was.
#include <Dunlin.h>

enum { UPTIME, RESETS };

const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("counter", "1.0.0")
    DUNLIN_METRIC("uptime", DUNLIN_INTEGER, "ms", "")
    DUNLIN_METRIC("resets", DUNLIN_INTEGER, "", "")
    DUNLIN_COMMAND("count", DUNLIN_PLAIN, 0, "")
    DUNLIN_ARGUMENT("n", DUNLIN_INTEGER, "", 0, 255, DUNLIN_REQUIRED, "")
    DUNLIN_COMMAND("slow", DUNLIN_PLAIN, 0, "")
    DUNLIN_ARGUMENT("n", DUNLIN_INTEGER, "", 0, 255, DUNLIN_REQUIRED, "")
    DUNLIN_COMMAND("again", DUNLIN_IDEMPOTENT, 0, "")
    DUNLIN_ARGUMENT("n", DUNLIN_INTEGER, "", 0, 255, DUNLIN_REQUIRED, "");

uint8_t ran[256] __attribute__((section(".noinit")));
uint8_t resets __attribute__((section(".noinit")));
// The slow commands that are under way go on until the pin is low.
const uint8_t HOLD_PIN = 2;
uint32_t held[DUNLIN_CALLS];

dunlin_result count(dunlin_link *, const dunlin_call *call) {
  ran[dunlin_call_int(call, 0)]++;
  return DUNLIN_SUCCEEDED;
}

dunlin_result slow(dunlin_link *link, const dunlin_call *call) {
  count(link, call);
  for (uint32_t &key : held) {
    if (key != 0) continue;
    key = call->key;
    break;
  }
  return DUNLIN_PENDING;
}

DUNLIN_HANDLERS(COUNTER, SELF, count, slow, slow);
DunlinLink<64, 160> dunlin(Serial, COUNTER);

void setup() {
  pinMode(HOLD_PIN, INPUT);
  Serial.begin(115200);
  dunlin.begin();
}

void loop() {
  dunlin.wait(10);
  dunlin.reading().set(UPTIME, millis()).set(RESETS, resets).sendReliably();
  if (digitalRead(HOLD_PIN)) return;
  for (uint32_t &key : held) {
    if (key != 0) dunlin_call_succeed(dunlin.link(), key);
    key = 0;
  }
}

// Runs before main at each start.
void countReset() __attribute__((naked, used, section(".init8")));
void countReset() {
  resets++;
}
