#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "verdict.h"

#ifndef LB_VERDICT_KEY
#define LB_VERDICT_KEY "none" /* nobody asks: not built by the grader */
#endif

static int verdict = -1;

void verdict_take(void)
{
    const char *text = getenv("LB_TEST_VERDICT");

    if (text == NULL)
        return;
    verdict = descriptors_private((int)strtol(text, NULL, 10));
    unsetenv("LB_TEST_VERDICT");
}

void verdict_passed(const char *test)
{
    char line[256];
    int len;

    if (verdict < 0)
        return;
    len = snprintf(line, sizeof line, "%s %s\n", LB_VERDICT_KEY, test);
    if (len < 0 || write(verdict, line, (size_t)len) != len)
        _exit(1);
}
