/*
 * Both far ends of a system under test, in one process so that one clock times both: the device, at the master side of
 * a pseudo-terminal, and the remote subscriber, over loopback TCP. In C, so that its own share of the latency is small
 * and even.
 *
 *   writer thread ──► pty ──► system under test ──► TCP ──► reader thread
 *     stamps line n                                         finds n in what it gets
 *
 * probe zmq <endpoint> <topic>                                             SUB
 * probe zmq <endpoint> <topic> <server's public> <own public> <own secret> SUB with CURVE
 * probe mqtt <port> <topic>                                                MQTT 3.1.1, QoS 0
 *
 * The first line of its output is the path of the pty. Each "run <lines per second> <lines>" on its input is answered by
 * one line of JSON: {"sent":1000,"latencyUs":[101.3,...]}. A line that was not received has no latency.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { MAX_LINES = 1 << 17, GRACE_MS = 2000 };

/* The number of a line is its altitude in decimetres; they go on over all runs. */
static double sent_us[MAX_LINES], latency_us[MAX_LINES];
static unsigned next_line = 1;
static atomic_uint received;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void sleep_until_us(double us) {
    struct timespec t = {.tv_sec = us / 1e6};
    t.tv_nsec = (us - t.tv_sec * 1e6) * 1e3;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* ---- the device ---- */

static int open_pty(void) {
    struct termios raw;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master) || tcgetattr(master, &raw)) die("pty");
    cfmakeraw(&raw);
    tcsetattr(master, TCSANOW, &raw);
    return master;
}

/* A GGA sentence of about 80 bytes whose every number changes from line to line. */
static int write_sentence(char *out, unsigned n) {
    unsigned char sum = 0;
    int size = sprintf(out, "$GPGGA,%02u%02u%02u.%02u,54%02u.%05u,N,008%02u.%05u,E,1,%02u,%u.%u,%u.%u,M,45.%u,M,,",
                       n / 360000 % 24, n / 6000 % 60, n / 100 % 60, n % 100, n / 997 % 60, n * 7919 % 100000, n / 577 % 60,
                       n * 6101 % 100000, 4 + n % 9, 1 + n % 3, n % 10, n / 10, n % 10, n / 50 % 10);
    for (int i = 1; i < size; i++) sum ^= out[i];
    return size + sprintf(out + size, "*%02X\r\n", sum);
}

/* Intervals are spread over half to one and a half of the mean, so that no timer of the system can be in step with them. */
static void feed(int master, double per_second, unsigned lines) {
    uint32_t random = 1;
    double due = now_us();
    for (unsigned i = 0; i < lines; i++) {
        char text[128];
        int size = write_sentence(text, next_line);
        random = random * 1664525 + 1013904223;
        due += 1e6 / per_second * (0.5 + random / 4294967296.0);
        sleep_until_us(due);
        sent_us[next_line++] = now_us();
        if (write(master, text, size) != size) die("write to the pty");
    }
}

static void run(int master, double per_second, unsigned lines) {
    unsigned first = next_line;
    if (first + lines > MAX_LINES) exit(2);
    atomic_store(&received, 0);
    feed(master, per_second, lines);
    for (int waited = 0; waited < GRACE_MS && atomic_load(&received) < lines; waited++) usleep(1000);
    printf("{\"sent\":%u,\"latencyUs\":[", lines);
    const char *comma = "";
    for (unsigned n = first; n < next_line; n++)
        if (latency_us[n] > 0) printf("%s%.1f", comma, latency_us[n]), comma = ",";
    printf("]}\n");
    fflush(stdout);
}

/* ---- the subscriber ---- */

/* A CBOR float or unsigned integer. RFC 8949, 3. */
static double cbor_number(const unsigned char *at) {
    uint64_t wide;
    uint32_t narrow;
    memcpy(&wide, at + 1, 8);
    memcpy(&narrow, at + 1, 4);
    wide = be64toh(wide), narrow = be32toh(narrow);
    if (*at == 0xfb) return *(double *)memcpy(&(double){0}, &wide, 8);
    if (*at == 0xfa) return *(float *)memcpy(&(float){0}, &narrow, 4);
    return *at < 24 ? *at : *at == 24 ? at[1] : at[1] << 8 | at[2];
}

/* The altitude in a sentence (its tenth field) or in a reading (by its name). */
static double altitude_in(const char *payload, size_t size) {
    static const char key[] = "\x68" "altitude";
    const char *at = payload;
    if (*payload != '$') return (at = memmem(payload, size, key, 9)) ? cbor_number((const unsigned char *)at + 9) : 0;
    for (int commas = 0; at && commas < 9; commas++) at = memchr(at + 1, ',', payload + size - at - 1);
    return at ? strtod(at + 1, NULL) : 0;
}

static void take(const char *payload, size_t size) {
    double now = now_us();
    unsigned n = altitude_in(payload, size) * 10 + 0.5;
    if (n == 0 || n >= MAX_LINES || sent_us[n] == 0 || latency_us[n] > 0) return;
    latency_us[n] = now - sent_us[n];
    atomic_fetch_add(&received, 1);
}

static void receive_zmq(char **arguments) {
    const char *endpoint = arguments[2], *topic = arguments[3];
    void *socket = zmq_socket(zmq_ctx_new(), ZMQ_SUB);
    if (arguments[4]) {
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, arguments[4], 41);
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, arguments[5], 41);
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, arguments[6], 41);
    }
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, strlen(topic));
    if (zmq_connect(socket, endpoint)) die(endpoint);
    for (zmq_msg_t frame;;) {
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, 0) < 0) die("receive");
        if (!zmq_msg_more(&frame)) take(zmq_msg_data(&frame), zmq_msg_size(&frame));
        zmq_msg_close(&frame);
    }
}

static int connect_mqtt(int port, const char *topic) {
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    unsigned char packet[64] = "\x10\x11\0\4MQTT\4\2\0\0\0\5probe\x82";
    int size = strlen(topic), fd;
    for (; fd = socket(AF_INET, SOCK_STREAM, 0), connect(fd, (void *)&address, sizeof address); close(fd)) usleep(100000);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    packet[20] = size + 5, packet[22] = 1, packet[24] = size;
    memcpy(packet + 25, topic, size);
    if (write(fd, packet, 26 + size) != 26 + size) die("MQTT");
    return fd;
}

/* Packets are a type, a length of one or two bytes, a body; that of a PUBLISH is a topic and the payload. MQTT 3.1.1, 2.2, 3.3. */
static void receive_mqtt(char **arguments) {
    const char *port = arguments[2], *topic = arguments[3];
    unsigned char buffer[65536];
    int fd = connect_mqtt(atoi(port), topic);
    for (size_t held = 0;;) {
        ssize_t more = read(fd, buffer + held, sizeof buffer - held);
        if (more <= 0) die("MQTT");
        unsigned char *at = buffer, *end = buffer + held + more;
        for (; end - at >= 3; ) {
            int head = at[1] & 128 ? 3 : 2, size = head + (at[1] & 127) + (head == 3 ? at[2] << 7 : 0);
            if (size > end - at) break;
            int skip = head + 2 + at[head + 1];
            if (at[0] >> 4 == 3) take((char *)at + skip, size - skip);
            at += size;
        }
        memmove(buffer, at, held = end - at);
    }
}

static void *receive(void *argument) {
    char **arguments = argument;
    (strcmp(arguments[1], "zmq") ? receive_mqtt : receive_zmq)(arguments);
    return NULL;
}

int main(int count, char **arguments) {
    pthread_t reader;
    double per_second;
    unsigned lines;
    if (count != 4 && count != 7) return 2;
    int master = open_pty();
    printf("%s\n", ptsname(master));
    fflush(stdout);
    pthread_create(&reader, NULL, receive, arguments);
    while (scanf(" run %lf %u", &per_second, &lines) == 2) run(master, per_second, lines);
}
