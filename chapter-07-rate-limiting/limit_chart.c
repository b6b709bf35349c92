/* limit_chart: draws what the algorithms let pass of one client who is silent
 * until just before a full second and then asks for all he can get. Prints an SVG,
 * always the same one: the time in it is a variable.
 *
 *     ./limit_chart > limits.svg
 *
 * The bucket and the sliding window are those of limit_rule.c. The fixed window
 * is here because it is nowhere else. */

#include "limit_rule.h"

#include <stddef.h>
#include <stdio.h>

#define RATE     10 /* requests per second */
#define BURST    10
#define BEGIN_MS 900
#define END_MS   3000
#define BIN_MS   100

/* ---- what passes --------------------------------------------------------- */

struct client {
    struct limit_rule rule;
    uint64_t value; /* of the fixed window: requests in this second */
    int is_known;
    uint64_t second;
};

static int ask_rule(struct client *c, uint64_t now_ms)
{
    struct limit_verdict verdict =
        limit_rule_ask(&c->rule, c->is_known ? &c->value : NULL, now_ms);

    if (verdict.allowed) {
        c->value = verdict.value;
        c->is_known = 1;
    }
    return verdict.allowed;
}

/* A counter that is set to 0 when a second begins. */
static int ask_fixed(struct client *c, uint64_t now_ms)
{
    if (c->second != now_ms / 1000) {
        c->second = now_ms / 1000;
        c->value = 0;
    }
    if (c->value == BURST)
        return 0;
    c->value++;
    return 1;
}

static const struct {
    const char *title, *colour;
    RateLimitAlgorithm algorithm;
    int (*ask)(struct client *c, uint64_t now_ms);
} panels[] = {
    {"fixed window", "#d9822b", RATE_LIMIT_SLIDING_WINDOW, ask_fixed},
    {"sliding window", "#2e9e5b", RATE_LIMIT_SLIDING_WINDOW, ask_rule},
    {"token bucket", "#2f7ed8", RATE_LIMIT_TOKEN_BUCKET, ask_rule},
};
#define PANELS (sizeof panels / sizeof panels[0])

/* How many pass in each millisecond. */
static void simulate(size_t panel, int passed[END_MS])
{
    struct client c = {.value = 0};

    limit_rule_init(&c.rule, panels[panel].algorithm, RATE, BURST);
    for (int ms = 0; ms < END_MS; ms++) {
        passed[ms] = 0;
        while (ms >= BEGIN_MS && panels[panel].ask(&c, (uint64_t)ms))
            passed[ms]++;
    }
}

static int sum(const int passed[END_MS], int from, int to)
{
    int n = 0;

    for (int ms = from < 0 ? 0 : from; ms < to; ms++)
        n += passed[ms];
    return n;
}

/* ---- the picture ---------------------------------------------------------- */

#define LEFT   60
#define WIDE   560
#define HIGH   100 /* of a panel, for 2 * BURST requests */
#define PITCH  150
#define TOP    50
#define BOTTOM (TOP + PITCH * ((int)PANELS - 1) + HIGH)

static double x_of(int ms)
{
    return LEFT + (double)WIDE * ms / END_MS;
}

static double y_of(int base, int requests)
{
    return base - (double)HIGH * requests / (2 * BURST);
}

static void text(double x, double y, const char *anchor, const char *what)
{
    printf("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", x, y,
           anchor, what);
}

/* Two lines to compare with, and the base. */
static void draw_scale(int base)
{
    for (int requests = 0; requests <= 2 * BURST; requests += BURST) {
        char label[16];

        snprintf(label, sizeof label, "%d", requests);
        text(LEFT - 6, y_of(base, requests) + 4, "end", label);
        printf("<line x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\" "
               "stroke=\"#808080\" stroke-opacity=\"%s\"/>\n", LEFT,
               LEFT + WIDE, y_of(base, requests), y_of(base, requests),
               requests == 0 ? "1" : "0.4");
    }
}

/* Bars: requests in each tenth of a second. */
static void draw_bars(int base, const char *colour, const int passed[END_MS])
{
    for (int ms = 0; ms < END_MS; ms += BIN_MS) {
        int n = sum(passed, ms, ms + BIN_MS);

        if (n > 0)
            printf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                   "height=\"%.1f\" fill=\"%s\"/>\n", x_of(ms) + 1,
                   y_of(base, n), x_of(BIN_MS) - LEFT - 2, base - y_of(base, n),
                   colour);
    }
}

/* A line: requests in the second that ends here. */
static void draw_line(int base, const char *colour, const int passed[END_MS])
{
    int last = -1;

    printf("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" d=\"M%d,%d",
           colour, LEFT, base);
    for (int ms = 0; ms < END_MS; ms++) {
        int n = sum(passed, ms - 999, ms + 1);

        if (n != last)
            printf("H%.1fV%.1f", x_of(ms), y_of(base, n));
        last = n;
    }
    printf("H%d\"/>\n", LEFT + WIDE);
}

static void draw_panel(size_t panel)
{
    static int passed[END_MS];
    int base = TOP + PITCH * (int)panel + HIGH;

    simulate(panel, passed);
    text(LEFT, base - HIGH - 12, "start", panels[panel].title);
    draw_scale(base);
    draw_bars(base, panels[panel].colour, passed);
    draw_line(base, panels[panel].colour, passed);
}

int main(void)
{
    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 %d\" "
           "font-family=\"sans-serif\" font-size=\"13\" fill=\"#808080\">\n",
           BOTTOM + 60);
    text(LEFT, 16, "start",
         "10 requests per second, burst 10. Bars: requests in 0.1 s. "
         "Line: in the last second.");
    for (size_t i = 0; i < PANELS; i++)
        draw_panel(i);
    for (int second = 0; second <= END_MS / 1000; second++) {
        char label[16];

        snprintf(label, sizeof label, "%d s", second);
        text(x_of(second * 1000), BOTTOM + 20, "middle", label);
    }
    text(LEFT, BOTTOM + 45, "start",
         "The client asks for all he can get from 0.9 s on.");
    printf("</svg>\n");
    return fflush(stdout) != 0;
}
