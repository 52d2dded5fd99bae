#include "check.h"

unsigned long check_count;

int main(int count, char **arguments) {
    if (count != 2) return 2;
    test_vectors(arguments[1]);
    test_description();
    test_session();
    test_reliable();
    test_calls();
    test_readings();
    printf("%lu checks passed\n", check_count);
    return 0;
}
