/* live_page: the file live.html, inside the program. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX (60 * 1024) /* what a phone should have to load */

static void page_is_the_file_byte_for_byte(void **state)
{
    FILE *file = fopen("live.html", "rb"); /* suites run in their chapter */
    char *text = malloc(PAGE_MAX + 1);
    size_t length;

    (void)state;
    assert_non_null(file);
    assert_non_null(text);
    length = fread(text, 1, PAGE_MAX + 1, file);
    fclose(file);
    assert_int_equal(live_page_length, length);
    assert_memory_equal(live_page, text, length);
    free(text);
}

static void page_is_small(void **state)
{
    (void)state;
    assert_in_range(live_page_length, 1, PAGE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_is_the_file_byte_for_byte),
        cmocka_unit_test(page_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
