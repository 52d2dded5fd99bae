/* One cell of the matrix: client <kind> <endpoint> <server> <public> <secret> <body as hex> <limit in ms>; "-" for no key.
   Exit code 0 if something came (telemetry, query) or could be sent (command), 1 if not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static void set(void *socket, int option, int value) { zmq_setsockopt(socket, option, &value, sizeof value); }

int main(int argc, char **argv) {
    if (argc != 8) return 2;
    const char *kind = argv[1];
    int limit = atoi(argv[7]);
    void *context = zmq_ctx_new();
    int type = strcmp(kind, "telemetry") == 0 ? ZMQ_SUB : strcmp(kind, "query") == 0 ? ZMQ_REQ : ZMQ_PUSH;
    void *socket = zmq_socket(context, type);
    set(socket, ZMQ_LINGER, 300);
    set(socket, ZMQ_IMMEDIATE, 1);
    set(socket, ZMQ_RCVTIMEO, limit);
    set(socket, ZMQ_SNDTIMEO, limit);
    if (strcmp(argv[3], "-") != 0) {
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, argv[3], 41);
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, argv[4], 41);
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, argv[5], 41);
    }
    if (type == ZMQ_SUB) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "state/", 6);
    if (zmq_connect(socket, argv[2]) != 0) return 2;
    int worked = 1;
    if (type != ZMQ_SUB) {
        size_t size = strlen(argv[6]) / 2;
        unsigned char *body = malloc(size + 1);
        for (size_t i = 0; i < size; i++) sscanf(argv[6] + 2 * i, "%2hhx", &body[i]);
        worked = zmq_send(socket, body, size, 0) >= 0;
        free(body);
    }
    char reply[16];
    if (worked && type != ZMQ_PUSH) worked = zmq_recv(socket, reply, sizeof reply, 0) >= 0;
    zmq_close(socket);
    zmq_ctx_term(context);
    return worked ? 0 : 1;
}
