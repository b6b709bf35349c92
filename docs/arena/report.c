#include "report.h"

#include <string.h>

#define LINE        78 /* characters */
#define ROWS_MAX    24
#define FIRST_WIDTH 11 /* of a histogram's first column */

/* Three digits are enough for everybody. */
static const char *number(char out[24], double value)
{
    snprintf(out, 24, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
    return out;
}

/* ---- what is played ----------------------------------------------------- */

static void print_weights(const struct settings *s)
{
    int shown = s->backends < 8 ? s->backends : 8;

    for (int i = 1; i < s->backends; i++)
        if (s->weights[i] != s->weights[0]) {
            printf("weights");
            for (int k = 0; k < shown; k++)
                printf(" %d", s->weights[k]);
            printf("%s\n", s->backends > shown ? " ..." : "");
            return;
        }
}

static void print_balancers(const struct settings *s, const struct result *r)
{
    double seconds = (double)r->ended_ns / 1e9;

    if (s->balancers == 1)
        return;
    printf("%d balancers, each knows %d backends and ", s->balancers,
           s->subset);
    if (s->stale_ms < 0)
        printf("its own requests; ");
    else if (s->stale_ms > 0)
        printf("all requests, %g ms late; ", s->stale_ms);
    else
        printf("all requests; ");
    printf("%.0f checks/s\n", seconds > 0 ? (double)r->checks / seconds : 0);
}

static void print_trouble(const struct settings *s)
{
    static const char *const faults[] = {"refuses", "answers errors", "hangs"};

    if (s->slow != 1)
        printf("backend 1 takes %g times as long\n", s->slow);
    if (s->back_s > 0)
        printf("backend %d %s from %g s to %g s\n", s->backends,
               faults[s->fault], s->fail_s, s->back_s);
}

void report_frame(const struct settings *s, const struct result *r)
{
    printf("%d backends, %d slots; %g ms, %s; load %g: %.0f requests/s, "
           "%.1f s\n",
           s->backends, settings_all_slots(s), s->service_ms, s->latency->name,
           s->load, settings_rate(s), (double)r->ended_ns / 1e9);
    print_weights(s);
    print_balancers(s, r);
    print_trouble(s);
}

/* ---- tables ------------------------------------------------------------- */

static void print_number(double value)
{
    char text[24];

    printf(" %5s", number(text, value));
}

static void print_line(const char *name, const struct result *r)
{
    static const double parts[] = {0.5, 0.9, 0.99, 1};

    printf("%-20s", name);
    print_number(result_mean(r));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_number(result_quantile(r, parts[i]));
    printf(" %5.3f %5.1f%% %5zu %5zu\n", result_fairness(r),
           100 * result_busiest(r), r->retried, r->lost);
}

void report_table(const struct settings *s, const struct result *r, int count)
{
    printf("\n%-20s %5s %5s %5s %5s %5s %5s %6s %5s %5s\n", "ms", "mean", "p50",
           "p90", "p99", "max", "fair", "most", "again", "lost");
    for (int i = 0; i < count; i++)
        print_line(s->algorithms[i]->name, &r[i]);
}

void report_pages(const struct settings *s, const struct result *r, int count)
{
    if (s->fanout == 1)
        return;
    printf("\n%-20s %5s %5s %5s\n", "ms, for a page", "p50", "p90", "p99");
    for (int i = 0; i < count; i++) {
        printf("%-20s", s->algorithms[i]->name);
        print_number(result_page_quantile(&r[i], 0.5, s->fanout));
        print_number(result_page_quantile(&r[i], 0.9, s->fanout));
        print_number(result_page_quantile(&r[i], 0.99, s->fanout));
        printf("\n");
    }
    printf("A page is complete when %d such answers are there.\n", s->fanout);
}

/* ---- histogram ---------------------------------------------------------- */

struct histogram_shape {
    double bound[ROWS_MAX + 1]; /* ms; each is twice the one before */
    int rows;
    size_t highest; /* the fullest cell of all */
    int width;      /* of a column */
};

static void find_bounds(struct histogram_shape *h, const struct result *r,
                        int count)
{
    double low = 0, high = 0;

    for (int i = 0; i < count; i++) {
        double first = result_quantile(&r[i], 0.02);
        double last = result_quantile(&r[i], 1);

        if (first > 0 && (low == 0 || first < low))
            low = first;
        if (last > high)
            high = last;
    }
    h->bound[0] = 0;
    h->bound[1] = 1.0 / 64;
    while (h->bound[1] * 2 <= low)
        h->bound[1] *= 2;
    h->rows = 1;
    for (; h->rows < ROWS_MAX && h->bound[h->rows] <= high; h->rows++)
        h->bound[h->rows + 1] = h->bound[h->rows] * 2;
    if (h->bound[h->rows] <= high)
        h->bound[h->rows] = high * 2;
}

static size_t cell(const struct histogram_shape *h, const struct result *r,
                   int row)
{
    return result_between(r, h->bound[row], h->bound[row + 1]);
}

/* Blanks are only written before something: `blanks` are those that are due,
 * and what is returned will be. */
static int print_cell(const struct histogram_shape *h, size_t n, int blanks)
{
    size_t most = h->highest > 0 ? h->highest : 1;
    int length = (int)((n * (size_t)h->width + most / 2) / most);

    if (n == 0)
        return blanks + 1 + h->width;
    printf("%*s", blanks + 1, "");
    printf("%s", length == 0 ? "." : "");
    for (int i = 0; i < length; i++)
        printf("#");
    return h->width - (length > 0 ? length : 1);
}

static void print_row(const struct histogram_shape *h, const struct result *r,
                      int count, int row)
{
    int blanks = 0;

    printf("%8.*f ms", h->bound[row + 1] < 1 ? 3 : 0, h->bound[row + 1]);
    for (int i = 0; i < count; i++)
        blanks = print_cell(h, cell(h, &r[i], row), blanks);
    printf("\n");
}

static void print_head(const struct histogram_shape *h,
                       const struct settings *s, int count)
{
    printf("\n%-*s", FIRST_WIDTH, "less than");
    for (int i = 0; i < count; i++)
        printf(" %-*.*s", i + 1 < count ? h->width : 0, h->width,
               s->algorithms[i]->alias);
    printf("\n");
}

void report_histogram(const struct settings *s, const struct result *r,
                      int count)
{
    struct histogram_shape h;

    memset(&h, 0, sizeof h);
    find_bounds(&h, r, count);
    h.width = (LINE - FIRST_WIDTH) / count - 1;
    if (h.width < 1)
        return;
    for (int row = 0; row < h.rows; row++)
        for (int i = 0; i < count; i++)
            if (cell(&h, &r[i], row) > h.highest)
                h.highest = cell(&h, &r[i], row);
    print_head(&h, s, count);
    for (int row = 0; row < h.rows; row++)
        print_row(&h, r, count, row);
}

/* ---- a chart ------------------------------------------------------------ */

static void put(FILE *out, const char *x, const char *name, const char *metric,
                double value)
{
    char text[24];

    fprintf(out, "%s %s %s %s\n", x, name, metric, number(text, value));
}

static void put_quantiles(FILE *out, const char *name, const struct result *r)
{
    char x[16];

    for (int one_in = 2; one_in <= 10000; one_in *= one_in == 2 ? 5 : 10) {
        if (r->answered < 10 * (size_t)one_in)
            break;
        snprintf(x, sizeof x, "%d", one_in);
        put(out, x, name, "quantile", result_quantile(r, 1 - 1.0 / one_in));
    }
}

void report_data(const struct settings *s, const struct result *r, int count,
                 FILE *out)
{
    for (int i = 0; i < count; i++) {
        const char *name = s->algorithms[i]->name;

        put_quantiles(out, name, &r[i]);
        put(out, "-", name, "mean", result_mean(&r[i]));
        put(out, "-", name, "p50", result_quantile(&r[i], 0.5));
        put(out, "-", name, "p90", result_quantile(&r[i], 0.9));
        put(out, "-", name, "p99", result_quantile(&r[i], 0.99));
        put(out, "-", name, "max", result_quantile(&r[i], 1));
        put(out, "-", name, "most", 100 * result_busiest(&r[i]));
        fprintf(out, "- %s again %zu\n- %s lost %zu\n", name, r[i].retried,
                name, r[i].lost);
    }
}
