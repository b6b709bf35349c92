#include "request_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Each byte that is there fits its place; the status then is three digits. */
int http_status_peek(const char *bytes, size_t len)
{
    static const char form[] = "HTTP/1.0 000"; /* 0: any digit */
    size_t n = len < ANSWER_START ? len : ANSWER_START;

    for (size_t i = 0; i < n; i++)
        if (form[i] == '0' ? !is_digit(bytes[i]) : bytes[i] != form[i])
            return -1;
    if (n < ANSWER_START)
        return 0;
    if (bytes[9] < '1' || bytes[9] > '5')
        return -1;
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
}

void answer_watch_see(struct answer_watch *w, const char *bytes, size_t len)
{
    size_t room = ANSWER_START - w->len, n = len < room ? len : room;

    memcpy(w->bytes + w->len, bytes, n);
    w->len += n;
    w->status = http_status_peek(w->bytes, w->len);
}

static struct slice or_dash(struct slice s)
{
    return s.len > 0 ? s : SLICE("-");
}

/* A target without what would end the quotes of the line. */
static void quote(struct slice target, char out[3 * REQUEST_LOG_TARGET + 1])
{
    char *at = out;

    for (size_t i = 0; i < target.len && i < REQUEST_LOG_TARGET; i++) {
        if (target.at[i] == '"') {
            memcpy(at, "%22", 3);
            at += 3;
        } else {
            *at++ = target.at[i];
        }
    }
    *at = '\0';
}

void request_log_line(const struct request_record *r,
                      char line[REQUEST_LOG_MAX])
{
    char target[3 * REQUEST_LOG_TARGET + 1];
    struct slice method = or_dash(r->method);

    quote(or_dash(r->target), target);
    snprintf(line, REQUEST_LOG_MAX,
             "%s \"%.*s %s\" %d %" PRIu64 " %" PRIu64 "%s", r->client,
             (int)(method.len < 32 ? method.len : 32), method.at, target,
             r->status, r->bytes, r->ms, r->broke_off ? "!" : "");
}
