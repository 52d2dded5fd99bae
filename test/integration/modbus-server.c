/*
 * Slaves by libmodbus: modbus-server rtu|tcp <port, for tcp> <slave that does not answer>...
 *
 * Slave n has in its input and holding registers what slave_value() says. Over rtu it makes a pseudo-terminal, whose path is the first line
 * of output; over tcp it listens on the loopback and says "ready". Any number of slaves answers on one line: libmodbus
 * itself would be one, so requests are read here, and answered by it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { REGISTERS = 600, UNITS = 256 };
static int is_dead[UNITS];
static modbus_mapping_t *mappings[UNITS];

static uint16_t slave_value(int unit, int at) { return unit * 100 + at % 100; }

static modbus_mapping_t *mapping_of(int unit) {
    if (!mappings[unit]) {
        mappings[unit] = modbus_mapping_new(16, 16, REGISTERS, REGISTERS);
        for (int i = 0; i < REGISTERS; i++)
            mappings[unit]->tab_input_registers[i] = mappings[unit]->tab_registers[i] = slave_value(unit, i);
    }
    return mappings[unit];
}

static int open_pty(void) {
    struct termios raw;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master) || tcgetattr(master, &raw)) exit(1);
    cfmakeraw(&raw);
    tcsetattr(master, TCSANOW, &raw);
    printf("%s\n", ptsname(master));
    fflush(stdout);
    return master;
}

/* Until so many bytes are there; a terminal that nobody has open gives EIO. */
static void read_all(int fd, uint8_t *to, int count) {
    for (int have = 0; have < count;) {
        ssize_t more = read(fd, to + have, count - have);
        if (more > 0) have += more;
        else if (more < 0 && errno == EIO) have = 0, usleep(20000);
        else exit(1);
    }
}

static void serve_rtu(void) {
    int master = open_pty();
    modbus_t *context = modbus_new_rtu("/dev/null", 9600, 'N', 8, 1);
    modbus_set_socket(context, master);
    for (uint8_t request[MODBUS_RTU_MAX_ADU_LENGTH];;) {
        int length = 8;
        read_all(master, request, length);
        if (request[1] == 15 || request[1] == 16) {
            length = 9 + request[6];
            read_all(master, request + 8, length - 8);
        }
        if (is_dead[request[0]]) continue;
        modbus_set_slave(context, request[0]);
        modbus_reply(context, request, length, mapping_of(request[0]));
    }
}

static void serve_tcp(int port) {
    modbus_t *context = modbus_new_tcp("127.0.0.1", port);
    int listener = modbus_tcp_listen(context, 1);
    if (listener < 0) exit(1);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        modbus_tcp_accept(context, &listener);
        uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
        for (int length; (length = modbus_receive(context, request)) >= 0;)
            if (length > 0 && !is_dead[request[6]]) modbus_reply(context, request, length, mapping_of(request[6]));
        modbus_close(context);
    }
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    for (int i = 3; i < count; i++) is_dead[atoi(arguments[i]) & 0xff] = 1;
    if (strcmp(arguments[1], "tcp") == 0) serve_tcp(atoi(arguments[2]));
    else serve_rtu();
}
