/* What a program takes without the library: main, a UART. */
#include <avr/io.h>

int main(void) {
    for (;;) UDR0 = UDR0;
}
