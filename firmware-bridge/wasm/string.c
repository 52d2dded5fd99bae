#include "string.h"

void *memmove(void *to, const void *from, size_t count) {
    unsigned char *out = to;
    const unsigned char *in = from;
    if (out < in) {
        for (size_t i = 0; i < count; i++) out[i] = in[i];
    } else {
        while (count-- != 0) out[count] = in[count];
    }
    return to;
}

void *memcpy(void *to, const void *from, size_t count) {
    return memmove(to, from, count);
}

void *memset(void *to, int byte, size_t count) {
    unsigned char *out = to;
    for (size_t i = 0; i < count; i++) out[i] = (unsigned char)byte;
    return to;
}
