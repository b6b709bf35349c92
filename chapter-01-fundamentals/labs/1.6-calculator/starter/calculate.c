#include "calculate.h"

#include <stdio.h>

void calculate(const char *line, size_t len, char answer[CALCULATE_ANSWER])
{
    /* YOUR CODE */
    (void)line;
    (void)len;
    snprintf(answer, CALCULATE_ANSWER, "ERROR syntax");
}
