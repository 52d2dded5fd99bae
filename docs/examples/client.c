/* A client with libzmq alone: the first message of a topic, and the reply to a query, as hex.
 * cc client.c -lzmq -o client && ./client tcp://127.0.0.1:5555 tcp://127.0.0.1:5557 state/ */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

static int print_frame(void *socket) {
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, socket, 0) < 0) return -1;
    const unsigned char *bytes = zmq_msg_data(&frame);
    for (size_t i = 0; i < zmq_msg_size(&frame); i++) printf("%02x", bytes[i]);
    printf("\n");
    zmq_msg_close(&frame);
    return 0;
}

int main(int argc, char **argv) {
    /* {"query": "status"} */
    static const unsigned char status[] = "\xa1\x65query\x66status";
    const int limit_ms = 5000, linger_ms = 0;
    if (argc != 4) return fprintf(stderr, "client TELEMETRY QUERIES PREFIX\n"), 2;
    void *context = zmq_ctx_new(), *sub = zmq_socket(context, ZMQ_SUB), *req = zmq_socket(context, ZMQ_REQ);
    zmq_setsockopt(sub, ZMQ_RCVTIMEO, &limit_ms, sizeof limit_ms);
    zmq_setsockopt(req, ZMQ_RCVTIMEO, &limit_ms, sizeof limit_ms);
    zmq_setsockopt(req, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, argv[3], strlen(argv[3]));
    zmq_connect(sub, argv[1]);
    zmq_connect(req, argv[2]);
    zmq_send(req, status, sizeof status - 1, 0);
    int failed = print_frame(sub) || print_frame(sub) /* topic, body */ || print_frame(req);
    if (failed) fprintf(stderr, "%s\n", zmq_strerror(zmq_errno()));
    zmq_close(sub), zmq_close(req), zmq_ctx_term(context);
    return failed;
}
