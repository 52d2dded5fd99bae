// A valve that takes time to move: a command that goes on after its handler has returned, can be cancelled, and tells where
// the valve came to. Its ends are told reliably: kept until the agent has them, also if it is away.
#include <Dunlin.h>

enum { POSITION, AT_END };
enum { MOVE };

const char SELF[] DUNLIN_FLASH =
    DUNLIN_DEVICE("valve", "1.0.0")
    DUNLIN_METRIC("position", DUNLIN_INTEGER, "%", "0 is closed")
    DUNLIN_METRIC("at_end", DUNLIN_BOOLEAN, "", "it has come to one of its ends")
    DUNLIN_COMMAND("move", DUNLIN_CANCELLABLE, 30000, "opens or closes it")
    DUNLIN_ARGUMENT("to", DUNLIN_INTEGER, "%", 0, 100, DUNLIN_REQUIRED, "");

const uint8_t STEP_PIN = 8, DIRECTION_PIN = 9;
int position = 0, target = 0;
uint32_t mover = 0;  // the key of the call that moves the valve; 0: none

dunlin_result move(dunlin_link *link, const dunlin_call *call) {
  if (mover != 0) {
    dunlin_call_fail_flash(link, call->key, PSTR("it is moving"));
    return DUNLIN_FAILED;
  }
  target = dunlin_call_int(call, 0);
  mover = call->key;
  return DUNLIN_PENDING;
}

DUNLIN_HANDLERS(VALVE, SELF, move);
DunlinLink<64, 128> dunlin(Serial, VALVE);

void setup() {
  pinMode(STEP_PIN, OUTPUT);
  pinMode(DIRECTION_PIN, OUTPUT);
  Serial.begin(115200);
  dunlin.begin();
}

void step() {
  digitalWrite(DIRECTION_PIN, target > position);
  digitalWrite(STEP_PIN, HIGH);
  delayMicroseconds(5);
  digitalWrite(STEP_PIN, LOW);
  position += target > position ? 1 : -1;
  dunlin.reading().set(POSITION, position).send();
  if (position == 0 || position == 100) dunlin.reading().set(AT_END, true).sendReliably();
}

void end() {
  dunlin_outcome_begin(dunlin.link(), mover);
  dunlin_outcome_int(dunlin.link(), "position", position);
  if (dunlin_outcome_send(dunlin.link(), mover)) mover = 0;  // else there is no room yet
}

void loop() {
  dunlin.wait(20);
  if (mover == 0) return;
  if (position == target || dunlin_call_is_cancelled(dunlin.link(), mover)) end();
  else step();
}
