/* JUnit XML, as CI systems read it: a suite for each lab. */
#include <stdlib.h>

#include "quote.h"
#include "report.h"

static void add_case(struct text *t, const struct attempt *a, int index)
{
    const struct result *r = &a->results[index];
    struct text said = {0};

    text_printf(t, "    <testcase classname=\"lab.%s\" name=\"",
                a->lab->number);
    quote_xml(t, a->lab->tests[index].name);
    text_printf(t, "\" time=\"%.3f\"", (double)r->ms / 1000);
    if (r->outcome == PASSED) {
        text_printf(t, "/>\n");
        return;
    }
    text_printf(t, ">\n      <%s message=\"",
                r->outcome == FAILED ? "failure" : "skipped");
    quote_xml(t, r->why[0] != '\0' ? r->why : r->hint);
    text_printf(t, "\"");
    if (r->outcome == FAILED) {
        report_said(&said, r->said);
        text_printf(t, ">\n");
        quote_xml(t, said.at != NULL ? said.at : "");
        free(said.at);
        text_printf(t, "</failure>\n    </testcase>\n");
    } else {
        text_printf(t, "/>\n    </testcase>\n");
    }
}

static void add_suite(struct text *t, const struct attempt *a)
{
    int total = a->lab->tests_count;
    long ms = 0;

    for (int i = 0; i < total; i++)
        ms += a->results[i].ms;
    text_printf(t, "  <testsuite name=\"lab %s ", a->lab->number);
    quote_xml(t, a->lab->title);
    text_printf(t,
                "\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" "
                "time=\"%.3f\">\n",
                total, attempt_count(a, FAILED),
                attempt_count(a, BLOCKED) + attempt_count(a, NOT_RUN),
                (double)ms / 1000);
    for (int i = 0; i < total; i++)
        add_case(t, a, i);
    text_printf(t, "  </testsuite>\n");
}

void report_junit(struct text *t, const struct grading *g)
{
    text_printf(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<testsuites>\n");
    for (int i = 0; i < g->count; i++)
        add_suite(t, g->attempts[i]);
    text_printf(t, "</testsuites>\n");
}
