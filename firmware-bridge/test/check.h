/* Checks, counted; the first that fails ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned long check_count;

#define CHECK(condition) \
    do { \
        check_count++; \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

void test_vectors(const char *path);
void test_description(void);
void test_session(void);
void test_reliable(void);
void test_calls(void);
void test_readings(void);

#endif
