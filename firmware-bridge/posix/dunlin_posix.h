/*
 * The link on a POSIX system: a program that is a device, on a serial port, a pty, or its standard input and output.
 */
#ifndef DUNLIN_POSIX_H
#define DUNLIN_POSIX_H

#include "dunlin_link.h"

typedef struct dunlin_posix {
    int in;
    int out;
} dunlin_posix;

/*
 * Opens a port: `path` of a serial port or a pty, which is made raw, at `baud` if that is a rate of the system's and not
 * 0; or "-" for standard input and output. False: errno says why.
 */
bool dunlin_posix_open(dunlin_posix *port, const char *path, unsigned long baud);
void dunlin_posix_close(dunlin_posix *port);

/* For dunlin_init, with the port as its context: waits until the port has taken all; what it does not take is lost. */
void dunlin_posix_write(void *port, const uint8_t *bytes, size_t count);

/* Milliseconds of a clock that nobody sets. */
uint32_t dunlin_posix_now_ms(void);

/*
 * Waits up to `wait_ms` for bytes, gives them to the link, and does what is due. False: the other end is closed or fails;
 * errno says why, and is 0 at an end.
 */
bool dunlin_posix_step(dunlin_posix *port, dunlin_link *link, int wait_ms);

#endif
