#include "access_log.h"

#include "outcome.h"

#include <string.h>

/* ---- parts -------------------------------------------------------------- */

void access_log_stamp(char out[ACCESS_STAMP_MAX], enum access_format format,
                      time_t time)
{
    struct tm parts;
    size_t len = 0;

    if (format == ACCESS_JSON && gmtime_r(&time, &parts) != NULL)
        len = strftime(out, ACCESS_STAMP_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts);
    else if (format == ACCESS_COMBINED && localtime_r(&time, &parts) != NULL)
        len = strftime(out, ACCESS_STAMP_MAX, "%d/%b/%Y:%H:%M:%S %z", &parts);
    if (len == 0)
        memcpy(out, "-", 2);
}

static void put_hex(struct text *out, unsigned char byte)
{
    text_print(out, "\\x%02X", byte);
}

/* Between quotes; Apache and nginx write these bytes so, too. */
static void put_quoted(struct text *out, const char *bytes, size_t len)
{
    text_put(out, "\"");
    text_escaped(out, bytes, len, put_hex);
    text_put(out, "\"");
}

static void put_seconds(struct text *out, uint64_t us)
{
    text_count(out, us / 1000000, 1);
    text_put(out, ".");
    text_count(out, us % 1000000, 6);
}

/* So many words, one after the other. */
static void put_all(struct text *out, const char *const words[], int count)
{
    for (int i = 0; i < count; i++)
        text_put(out, words[i]);
}

/* ---- lines -------------------------------------------------------------- */

/* STATUS BYTES TOOK FIRST */
static void put_numbers(struct text *out, const struct exchange *x)
{
    text_count(out, (uint64_t)outcome_status(x), 1);
    text_put(out, " ");
    text_count(out, x->bytes_out, 1);
    text_put(out, " ");
    put_seconds(out, x->took_us);
    text_put(out, " ");
    if (x->status != 0)
        put_seconds(out, x->first_us);
    else
        text_put(out, "-");
}

/* BACKEND TRIES new|reused */
static void put_connection(struct text *out, const struct exchange *x)
{
    text_put(out, x->backend != NULL ? x->backend->name : "-");
    text_put(out, " ");
    text_count(out, (uint64_t)x->tries, 1);
    text_put(out, x->tries == 0 ? " -" : x->reused ? " reused" : " new");
}

static void combined(struct text *out, const struct exchange *x,
                     const char *stamp)
{
    const char *const words[] = {x->client_ip, " - - [", stamp, "] "};

    put_all(out, words, 4);
    put_quoted(out, x->line, x->line_len);
    text_put(out, " ");
    put_numbers(out, x);
    text_put(out, " ");
    put_connection(out, x);
    text_put(out, " ");
    text_put(out, x->request_id[0] != '\0' ? x->request_id : "-");
    text_put(out, " ");
    if (x->failure != NULL)
        put_quoted(out, x->failure, strlen(x->failure));
    else
        text_put(out, "-");
    text_put(out, "\n");
}

static void put_string(struct text *out, const char *name, const char *value)
{
    text_put(out, name);
    if (value != NULL && value[0] != '\0')
        text_json(out, value, strlen(value));
    else
        text_put(out, "null");
}

static void json(struct text *out, const struct exchange *x, const char *stamp)
{
    const char *const words[] = {"{\"time\":\"", stamp, "\""};

    put_all(out, words, 3);
    put_string(out, ",\"client\":", x->client_ip);
    text_put(out, ",\"request\":");
    text_json(out, x->line, x->line_len);
    text_put(out, ",\"status\":");
    text_count(out, (uint64_t)outcome_status(x), 1);
    text_put(out, ",\"bytes\":");
    text_count(out, x->bytes_out, 1);
    text_put(out, ",\"took\":");
    put_seconds(out, x->took_us);
    text_put(out, ",\"first\":");
    if (x->status != 0)
        put_seconds(out, x->first_us);
    else
        text_put(out, "null");
    put_string(out, ",\"backend\":", x->backend != NULL ? x->backend->name : NULL);
    text_put(out, ",\"tries\":");
    text_count(out, (uint64_t)x->tries, 1);
    text_put(out, x->reused ? ",\"reused\":true" : ",\"reused\":false");
    put_string(out, ",\"id\":", x->request_id);
    put_string(out, ",\"why\":", x->failure);
    text_put(out, "}\n");
}

void access_log_line(struct text *out, enum access_format format,
                     const struct exchange *x, const char *stamp)
{
    if (format == ACCESS_JSON)
        json(out, x, stamp);
    else
        combined(out, x, stamp);
}

/* ---- the filter --------------------------------------------------------- */

int access_log_format(const char *name, enum access_format *format)
{
    if (strcmp(name, "combined") == 0)
        *format = ACCESS_COMBINED;
    else if (strcmp(name, "json") == 0)
        *format = ACCESS_JSON;
    else
        return -1;
    return 0;
}

static void log_finish(void *self, const struct exchange *x)
{
    struct access_log *log = self;
    time_t now = time(NULL);

    if (now != log->second) {
        log->second = now;
        access_log_stamp(log->stamp, log->format, now);
    }
    log->line.len = 0;
    access_log_line(&log->line, log->format, x, log->stamp);
    if (log->line.failed)
        log->writer.lost++;
    else
        log_writer_put(&log->writer, log->line.at, log->line.len);
    log->line.failed = 0;
}

struct filter access_log_seam(struct access_log *log)
{
    struct filter seam = {log, NULL, log_finish};

    return seam;
}

void access_log_close(struct access_log *log)
{
    log_writer_close(&log->writer);
    text_free(&log->line);
}
