#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "failure.h"
#include "http_client.h"
#include "wire.h"

#define MAX_BODY (256u << 20) /* who wants more reads the wire */

/* ---- fields ------------------------------------------------------------- */

static int is_token_char(unsigned char c)
{
    return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* field-line = field-name ":" OWS field-value OWS       RFC 9112, section 5 */
static void check_field(const char *line, size_t len)
{
    size_t i = 0;
    char shown[700];

    while (i < len && is_token_char((unsigned char)line[i]))
        i++;
    if (i == 0 || i == len || line[i] != ':')
        failure("malformed field line %s",
                escaped(line, len, shown, sizeof shown));
    for (; i < len; i++)
        if ((unsigned char)line[i] < ' ' && line[i] != '\t')
            failure("control character in the field line %s",
                    escaped(line, len, shown, sizeof shown));
}

/* Checks lines that each end in CRLF, up to the empty one. */
static void check_fields(const char *line)
{
    while (*line != '\0' && strcmp(line, "\r\n") != 0) {
        const char *end = strstr(line, "\r\n");

        if (end == NULL)
            failure("a line of the head does not end in CRLF: %s", line);
        check_field(line, (size_t)(end - line));
        line = end + 2;
    }
}

/* The value of the line if its name is this one, else NULL; without the white
 * space around it, length in *len. */
static const char *value_if(const char *line, const char *name, size_t *len)
{
    size_t n = strlen(name);
    const char *from = line + n + 1, *to = strstr(line, "\r\n");

    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    from += strspn(from, " \t");
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    *len = from < to ? (size_t)(to - from) : 0;
    return from;
}

static const char *next_line(const char *line)
{
    return strstr(line, "\r\n") + 2;
}

const char *http_field(struct http_response *r, const char *name)
{
    const char *found = NULL;
    size_t len = 0;

    for (const char *line = next_line(r->head); line[0] != '\r';
         line = next_line(line)) {
        size_t n;
        const char *value = value_if(line, name, &n);

        if (value != NULL && found != NULL)
            failure("the field %s is there more than once:\n%s", name, r->head);
        if (value != NULL) {
            found = value;
            len = n;
        }
    }
    if (found == NULL)
        return NULL;
    memcpy(r->value, found, len);
    r->value[len] = '\0';
    return r->value;
}

/* Whether a list of tokens, such as Connection has, holds this one. */
static int has_token(const char *list, const char *token)
{
    size_t len = strlen(token);

    while (list != NULL && *list != '\0') {
        size_t n;

        list += strspn(list, ", \t");
        n = strcspn(list, ", \t");
        if (n == len && strncasecmp(list, token, n) == 0)
            return 1;
        list += n;
    }
    return 0;
}

/* ---- the head ----------------------------------------------------------- */

/* status-line = "HTTP/1." DIGIT SP 3DIGIT SP [ reason ]  RFC 9112, section 4 */
static void parse_status_line(struct http_response *r)
{
    const char *h = r->head;

    if (strncmp(h, "HTTP/1.", 7) != 0 || (h[7] != '0' && h[7] != '1') ||
        h[8] != ' ' || h[9] < '1' || h[9] > '5' ||
        !isdigit((unsigned char)h[10]) || !isdigit((unsigned char)h[11]) ||
        h[12] != ' ')
        failure("malformed status line in:\n%s", h);
    r->status = (h[9] - '0') * 100 + (h[10] - '0') * 10 + (h[11] - '0');
    r->closes = h[7] == '0';
}

static void receive_head(int fd, struct http_response *r)
{
    size_t len = wire_receive_until(fd, "\r\n\r\n", r->head, sizeof r->head);

    if (strlen(r->head) != len)
        failure("NUL in the head:\n%s", r->head);
    parse_status_line(r);
    check_fields(next_line(r->head));
    if (has_token(http_field(r, "Connection"), "close"))
        r->closes = 1;
}

/* Content-Length, or -1. Two of them must be alike. */
static long long content_length(const struct http_response *r)
{
    long long length = -1;

    for (const char *line = next_line(r->head); line[0] != '\r';
         line = next_line(line)) {
        size_t n, digits;
        const char *value = value_if(line, "Content-Length", &n);
        long long one;

        if (value == NULL)
            continue;
        digits = strspn(value, "0123456789");
        if (n == 0 || digits != n || n > 18)
            failure("malformed Content-Length:\n%s", r->head);
        one = strtoll(value, NULL, 10);
        if (length >= 0 && one != length)
            failure("two different Content-Lengths:\n%s", r->head);
        length = one;
    }
    return length;
}

/* ---- the body ----------------------------------------------------------- */

static void grow_body(struct http_response *r, size_t more)
{
    char *body;

    if (more > MAX_BODY || r->body_len + more > MAX_BODY)
        failure("the body is larger than %u bytes", MAX_BODY);
    body = realloc(r->body, r->body_len + more + 1);
    if (body == NULL)
        failure("out of memory for a body");
    r->body = body;
}

static void receive_sized(int fd, struct http_response *r, size_t len)
{
    grow_body(r, len);
    wire_receive(fd, r->body + r->body_len, len);
    r->body_len += len;
    r->body[r->body_len] = '\0';
}

/* chunk = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF  RFC 9112, section 7.1 */
static size_t receive_chunk_size(int fd)
{
    char line[1024], shown[700];
    size_t len = wire_receive_until(fd, "\r\n", line, sizeof line);
    size_t digits = strspn(line, "0123456789abcdefABCDEF");
    size_t n = strspn(line + digits, " \t");
    char after = line[digits + n];

    if (digits == 0 || digits > 8 || (after != ';' && after != '\r') ||
        (after == '\r' && n != 0))
        failure("malformed chunk size %s",
                escaped(line, len, shown, sizeof shown));
    return strtoul(line, NULL, 16);
}

static void receive_trailers(int fd, struct http_response *r)
{
    size_t have = 0;

    do {
        size_t n = wire_receive_until(fd, "\r\n", r->trailers + have,
                                      sizeof r->trailers - have);
        if (n == 2)
            break;
        have += n;
    } while (have < sizeof r->trailers - 3);
    r->trailers[have] = '\0';
    check_fields(r->trailers);
}

static void receive_chunked(int fd, struct http_response *r)
{
    size_t len;

    while ((len = receive_chunk_size(fd)) > 0) {
        receive_sized(fd, r, len);
        wire_expect_text(fd, "\r\n");
    }
    receive_trailers(fd, r);
}

static void receive_to_the_end(int fd, struct http_response *r)
{
    size_t room = 65536, n;

    do {
        grow_body(r, room);
        n = wire_receive_up_to(fd, r->body + r->body_len, room);
        r->body_len += n;
    } while (n == room);
    r->body[r->body_len] = '\0';
    r->by_close = r->closes = 1;
}

/* Which of the rules of RFC 9112, section 6.3, says where the body ends. */
static void receive_body(int fd, const char *method, struct http_response *r)
{
    const char *coding = http_field(r, "Transfer-Encoding");
    long long length = content_length(r);

    if (coding != NULL && length >= 0)
        failure("Transfer-Encoding and Content-Length:\n%s", r->head);
    if (coding != NULL && strcasecmp(coding, "chunked") != 0)
        failure("unknown transfer coding:\n%s", r->head);
    if ((r->status < 200 || r->status == 204) && (coding || length >= 0))
        failure("a %d may not announce a body:\n%s", r->status, r->head);
    if (strcmp(method, "HEAD") == 0 || r->status < 200 || r->status == 204 ||
        r->status == 304 ||
        (strcmp(method, "CONNECT") == 0 && r->status / 100 == 2))
        return;
    r->chunked = coding != NULL;
    if (r->chunked)
        receive_chunked(fd, r);
    else if (length >= 0)
        receive_sized(fd, r,
                      length > MAX_BODY ? MAX_BODY + 1u : (size_t)length);
    else
        receive_to_the_end(fd, r);
}

void http_receive(int fd, const char *method, struct http_response *r)
{
    memset(r, 0, sizeof *r);
    do
        receive_head(fd, r);
    while (r->status < 200 && r->status != 101);
    grow_body(r, 0);
    r->body[0] = '\0';
    receive_body(fd, method, r);
}

void http_response_free(struct http_response *r)
{
    free(r->body);
    r->body = NULL;
}

/* ---- whole exchanges ---------------------------------------------------- */

static int names_field(const char *fields, const char *name)
{
    size_t len = strlen(name);

    for (; *fields != '\0'; fields = next_line(fields))
        if (strncasecmp(fields, name, len) == 0 && fields[len] == ':')
            return 1;
    return 0;
}

void http_request(int port, const char *method, const char *target,
                  const char *fields, const void *body, size_t len,
                  struct http_response *r)
{
    char head[16384], length[48] = "";
    int fd = wire_connect(port), n;

    if (body != NULL && !names_field(fields, "Content-Length") &&
        !names_field(fields, "Transfer-Encoding"))
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", len);
    n = snprintf(
        head, sizeof head, "%s %s HTTP/1.1\r\n%s%s%s%s\r\n", method, target,
        names_field(fields, "Host") ? "" : "Host: 127.0.0.1\r\n",
        names_field(fields, "Connection") ? "" : "Connection: close\r\n",
        fields, length);
    if (n < 0 || (size_t)n >= sizeof head)
        failure("the request head is too long");
    wire_send(fd, head, (size_t)n);
    if (body != NULL)
        wire_send(fd, body, len);
    http_receive(fd, method, r);
    if (!r->by_close && !names_field(fields, "Connection"))
        wire_expect_end(fd); /* nothing may follow */
    wire_close(fd);
}

void http_get(int port, const char *target, struct http_response *r)
{
    http_request(port, "GET", target, "", NULL, 0, r);
}

void http_get_backend(int port, const char *target, int status, char name[64])
{
    struct http_response r;
    const char *value;

    http_get(port, target, &r);
    if (r.status != status)
        failure("GET %s: expected status %d, received\n%s%s", target, status,
                r.head, r.body);
    value = http_field(&r, "X-Backend");
    snprintf(name, 64, "%s", value != NULL ? value : "");
    http_response_free(&r);
}
