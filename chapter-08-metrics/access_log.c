#include "access_log.h"

#include "outcome.h"

#include <inttypes.h>
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

/* Between quotes; Apache and nginx write these bytes so, too. */
static void put_quoted(struct text *out, const char *bytes, size_t len)
{
    text_put(out, "\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\')
            text_print(out, "\\x%02X", byte);
        else
            text_add(out, &byte, 1);
    }
    text_put(out, "\"");
}

static void put_seconds(struct text *out, uint64_t us)
{
    text_print(out, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

static const char *backend_name(const struct exchange *x)
{
    return x->backend != NULL ? x->backend->name : "-";
}

/* ---- lines -------------------------------------------------------------- */

static void combined(struct text *out, const struct exchange *x,
                     const char *stamp)
{
    text_print(out, "%s - - [%s] ", x->client_ip, stamp);
    put_quoted(out, x->line, x->line_len);
    text_print(out, " %d %" PRIu64 " ", outcome_status(x), x->bytes_out);
    put_seconds(out, x->took_us);
    text_put(out, " ");
    if (x->status != 0)
        put_seconds(out, x->first_us);
    else
        text_put(out, "-");
    text_print(out, " %s %d %s %s ", backend_name(x), x->tries,
               x->tries == 0 ? "-" : x->reused ? "reused" : "new",
               x->request_id[0] != '\0' ? x->request_id : "-");
    if (x->failure != NULL)
        put_quoted(out, x->failure, strlen(x->failure));
    else
        text_put(out, "-");
    text_put(out, "\n");
}

static void put_string(struct text *out, const char *name, const char *value)
{
    text_print(out, ",\"%s\":", name);
    if (value != NULL && value[0] != '\0')
        text_json(out, value, strlen(value));
    else
        text_put(out, "null");
}

static void json(struct text *out, const struct exchange *x, const char *stamp)
{
    text_print(out, "{\"time\":\"%s\"", stamp);
    put_string(out, "client", x->client_ip);
    text_put(out, ",\"request\":");
    text_json(out, x->line, x->line_len);
    text_print(out, ",\"status\":%d,\"bytes\":%" PRIu64 ",\"took\":",
               outcome_status(x), x->bytes_out);
    put_seconds(out, x->took_us);
    text_put(out, ",\"first\":");
    if (x->status != 0)
        put_seconds(out, x->first_us);
    else
        text_put(out, "null");
    put_string(out, "backend", x->backend != NULL ? x->backend->name : NULL);
    text_print(out, ",\"tries\":%d,\"reused\":%s", x->tries,
               x->reused ? "true" : "false");
    put_string(out, "id", x->request_id);
    put_string(out, "why", x->failure);
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
