#define _DEFAULT_SOURCE

#include "dunlin_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static speed_t speed_of(unsigned long baud) {
    switch (baud) {
        case 9600: return B9600;
        case 19200: return B19200;
        case 38400: return B38400;
        case 57600: return B57600;
        case 115200: return B115200;
        case 230400: return B230400;
        default: return B0;
    }
}

static bool make_raw(int file, unsigned long baud) {
    struct termios line;
    const speed_t speed = speed_of(baud);
    if (baud != 0 && speed == B0) {
        errno = EINVAL;
        return false;
    }
    if (tcgetattr(file, &line) != 0) return false;
    line.c_iflag = 0;
    line.c_oflag = 0;
    line.c_lflag = 0;
    line.c_cflag = (line.c_cflag & (tcflag_t) ~(CSIZE | PARENB | CSTOPB)) | CS8 | CREAD | CLOCAL;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (speed != B0 && (cfsetispeed(&line, speed) != 0 || cfsetospeed(&line, speed) != 0)) return false;
    return tcsetattr(file, TCSANOW, &line) == 0;
}

bool dunlin_posix_open(dunlin_posix *port, const char *path, unsigned long baud) {
    if (strcmp(path, "-") == 0) {
        port->in = STDIN_FILENO;
        port->out = STDOUT_FILENO;
        return true;
    }
    port->in = open(path, O_RDWR | O_NOCTTY);
    port->out = port->in;
    if (port->in < 0) return false;
    if (make_raw(port->in, baud)) return true;
    dunlin_posix_close(port);
    return false;
}

void dunlin_posix_close(dunlin_posix *port) {
    const int error = errno;
    if (port->in != STDIN_FILENO) close(port->in);
    errno = error;
}

void dunlin_posix_write(void *port, const uint8_t *bytes, size_t count) {
    const int file = ((const dunlin_posix *)port)->out;
    while (count != 0) {
        const ssize_t taken = write(file, bytes, count);
        if (taken > 0) {
            bytes += taken;
            count -= (size_t)taken;
        } else if (taken < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            struct pollfd wait = {file, POLLOUT, 0};
            poll(&wait, 1, -1);
        } else if (taken == 0 || errno != EINTR) {
            return;
        }
    }
}

uint32_t dunlin_posix_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)(now.tv_nsec / 1000000);
}

bool dunlin_posix_step(dunlin_posix *port, dunlin_link *link, int wait_ms) {
    struct pollfd wait = {port->in, POLLIN, 0};
    const int ready = poll(&wait, 1, wait_ms);
    if (ready < 0 && errno != EINTR) return false;
    if (ready > 0) {
        uint8_t bytes[256];
        const ssize_t count = read(port->in, bytes, sizeof bytes);
        if (count == 0) errno = 0;
        if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return false;
        if (count > 0) dunlin_receive(link, bytes, (size_t)count);
    }
    dunlin_poll(link, dunlin_posix_now_ms());
    return true;
}
