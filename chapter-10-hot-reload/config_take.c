#include "config_take.h"
#include "http_fields.h"

#include <stdio.h>
#include <string.h>

static void *field_of(const struct config_value *v)
{
    return (char *)v->base + v->key->offset;
}

/* "path: text what" */
static void fault(const struct config_value *v, const char *what)
{
    char shown[CONFIG_SHOWN];
    const char *quote = v->value->type == JSON_STRING ? "\"" : "";

    config_fault(v->faults, v->value->place, "%s: %s%s%s %s", v->path, quote,
                 config_shown(v->value->text, shown), quote, what);
}

void config_wrong_type(const struct config_value *v, const char *wanted)
{
    static const char *const names[] = {
        "null", "true or false", "a number", "a string", "an array",
        "an object"};

    config_fault(v->faults, v->value->place, "%s: %s is wanted, not %s",
                 v->path, wanted, names[v->value->type]);
}

/* ---- numbers ------------------------------------------------------------ */

static void fault_range(const struct config_value *v)
{
    char shown[CONFIG_SHOWN], range[CONFIG_RANGE];

    config_fault(v->faults, v->value->place, "%s: %s is not in %s", v->path,
                 config_shown(v->value->text, shown),
                 config_range(v->key, range));
}

/* 0, or -1 and it was noted why. */
static int number_of(const struct config_value *v, int64_t *out)
{
    int places = config_places(v->key->type);

    if (v->value->type != JSON_NUMBER) {
        config_wrong_type(v, places > 0 ? "a number" : "an integer");
        return -1;
    }
    switch (json_scaled(v->value, places, out)) {
    case JSON_TOO_FINE:
        fault(v, places > 0 ? "has more than three places" : "is no integer");
        return -1;
    case JSON_FITS:
        if (*out >= v->key->min && *out <= v->key->max)
            return 0;
        break;
    case JSON_TOO_LARGE:
        break;
    }
    fault_range(v);
    return -1;
}

static void take_integer(const struct config_value *v)
{
    int64_t number;

    if (number_of(v, &number) == 0)
        *(int *)field_of(v) = (int)number;
}

static void take_size(const struct config_value *v)
{
    int64_t number;

    if (number_of(v, &number) == 0)
        *(uint64_t *)field_of(v) = (uint64_t)number;
}

static void take_rate(const struct config_value *v)
{
    int64_t number;

    if (number_of(v, &number) == 0)
        *(double *)field_of(v) = (double)number / 1000;
}

static void take_workers(const struct config_value *v)
{
    if (v->value->type != JSON_STRING)
        take_integer(v);
    else if (slice_equal(v->value->text, SLICE("auto")))
        *(int *)field_of(v) = CONFIG_WORKERS_AUTO;
    else
        fault(v, "is neither a number nor \"auto\"");
}

/* ---- words -------------------------------------------------------------- */

static void take_boolean(const struct config_value *v)
{
    if (v->value->type == JSON_BOOLEAN)
        *(int *)field_of(v) = v->value->truth;
    else
        config_wrong_type(v, "true or false");
}

static int is_choice(struct slice text, const struct config_choice *c)
{
    return slice_equal(text, slice_of(c->name)) ||
           (c->alias != NULL && slice_equal(text, slice_of(c->alias)));
}

static void fault_choice(const struct config_value *v,
                         const struct config_choice *choices)
{
    char list[256] = "is none of ";
    size_t len = strlen(list);

    for (const struct config_choice *c = choices; c->name != NULL; c++) {
        size_t n = strlen(c->name);

        memcpy(list + len, c->name, n);
        memcpy(list + len + n, ", ", 2);
        len += n + 2;
    }
    list[len - 2] = '\0';
    fault(v, list);
}

static void take_choice(const struct config_value *v)
{
    const struct config_choice *choices = config_choices(v->key->type);
    const struct config_choice *c = choices;

    if (v->value->type != JSON_STRING) {
        config_wrong_type(v, "a string");
        return;
    }
    while (c->name != NULL && !is_choice(v->value->text, c))
        c++;
    if (c->name != NULL)
        *(const char **)field_of(v) = c->name;
    else
        fault_choice(v, choices);
}

/* ---- texts -------------------------------------------------------------- */

static int has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return 1;
    return 0;
}

/* A string of a length that the key allows: 0, or -1 and it was noted why. */
static int text_of(const struct config_value *v, struct slice *text)
{
    *text = v->value->text;
    if (v->value->type != JSON_STRING)
        config_wrong_type(v, "a string");
    else if (text->len < (size_t)v->key->min)
        config_fault(v->faults, v->value->place, "%s: it is empty", v->path);
    else if (text->len > (size_t)v->key->max)
        config_fault(v->faults, v->value->place, "%s: longer than %d bytes",
                     v->path, (int)v->key->max);
    else if (has_control(*text))
        fault(v, "holds a control character");
    else
        return 0;
    return -1;
}

static void copy_text(char *field, struct slice text)
{
    memcpy(field, text.at, text.len);
    field[text.len] = '\0';
}

static void take_text(const struct config_value *v)
{
    struct slice text;

    if (text_of(v, &text) == 0)
        copy_text(field_of(v), text);
}

static void take_path(const struct config_value *v)
{
    struct slice text;

    if (text_of(v, &text) != 0)
        return;
    if (text.at[0] != '/')
        fault(v, "does not begin with '/'");
    else if (http_span(text, HTTP_TARGET) < text.len)
        fault(v, "holds a character that a URL writes as %XX");
    else
        copy_text(field_of(v), text);
}

static int is_ip(struct slice text)
{
    struct cidr unused;

    return memchr(text.at, '/', text.len) == NULL &&
           cidr_parse(text, &unused) == 0;
}

static void take_address(const struct config_value *v)
{
    struct slice text;

    if (text_of(v, &text) != 0)
        return;
    if (is_ip(text))
        copy_text(field_of(v), text);
    else
        fault(v, "is no IP address");
}

static void take_host(const struct config_value *v)
{
    struct slice text, host, rest;

    if (text_of(v, &text) != 0)
        return;
    if (is_ip(text))
        copy_text(field_of(v), text);
    else if (authority_split(text, &host, &rest) == 0 && rest.len == 0 &&
             (host.len == text.len || is_ip(host))) /* in brackets, or not */
        copy_text(field_of(v), host);
    else
        fault(v, "is neither a host name nor an IP address");
}

static void take_hash_key(const struct config_value *v)
{
    struct config_hash_key *field = field_of(v);
    struct slice text, header = SLICE("header:");

    if (text_of(v, &text) != 0)
        return;
    if (slice_equal(text, SLICE("client_ip"))) {
        field->by = HASH_CLIENT_IP;
    } else if (slice_equal(text, SLICE("uri"))) {
        field->by = HASH_URI;
    } else if (text.len > header.len &&
               memcmp(text.at, header.at, header.len) == 0) {
        text.at += header.len;
        text.len -= header.len;
        if (http_span(text, HTTP_TOKEN) < text.len) {
            fault(v, "names no header field");
            return;
        }
        field->by = HASH_HEADER;
        copy_text(field->header, text);
    } else {
        fault(v, "is none of client_ip, uri, header:NAME");
    }
}

/* ---- prefixes ----------------------------------------------------------- */

/* 1, or 0 and it was noted why not. */
static int take_proxy(const struct config_value *v, const struct json_value *m,
                      int index, struct cidr *out)
{
    char path[CONFIG_KEY_PATH];
    struct config_value one = {v->key, m, path, v->base, v->faults};

    snprintf(path, sizeof path, "%s[%d]", v->path, index);
    if (m->type != JSON_STRING)
        config_wrong_type(&one, "a string");
    else if (cidr_parse(m->text, out) != 0)
        fault(&one, "is neither an IP address nor ADDRESS/BITS");
    else
        return 1;
    return 0;
}

static void take_proxies(const struct config_value *v)
{
    struct config_proxies *field = field_of(v);
    const struct json_value *m = v->value->first;
    int index = 0;

    if (v->value->type != JSON_ARRAY) {
        config_wrong_type(v, "an array");
        return;
    }
    for (; m != NULL && field->count < (int)v->key->max; m = m->next)
        field->count +=
            take_proxy(v, m, index++, &field->prefixes[field->count]);
    if (m != NULL)
        config_fault(v->faults, m->place, "%s: more than %d of them", v->path,
                     (int)v->key->max);
}

/* ---- all of them -------------------------------------------------------- */

static void take_nothing(const struct config_value *v)
{
    if (v->value->type != JSON_STRING)
        config_wrong_type(v, "a string");
}

void config_take(const struct config_value *v)
{
    static void (*const take[])(const struct config_value *) = {
        [CONFIG_INTEGER] = take_integer,   [CONFIG_SIZE] = take_size,
        [CONFIG_SECONDS] = take_integer,   [CONFIG_RATE] = take_rate,
        [CONFIG_WORKERS] = take_workers,   [CONFIG_BOOLEAN] = take_boolean,
        [CONFIG_ALGORITHM] = take_choice,  [CONFIG_LIMITER] = take_choice,
        [CONFIG_FORMAT] = take_choice,     [CONFIG_TEXT] = take_text,
        [CONFIG_PATH] = take_path,         [CONFIG_ADDRESS] = take_address,
        [CONFIG_HOST] = take_host,         [CONFIG_HASH_KEY] = take_hash_key,
        [CONFIG_PROXIES] = take_proxies,   [CONFIG_UNUSED] = take_nothing,
    };

    take[v->key->type](v);
}

/* A preset is one token: no parser is needed, and no memory. */
void config_take_preset(const struct config_key *key, void *base,
                        struct config_faults *faults)
{
    struct json_value value = {0};
    struct config_value v = {key, &value, key->name, base, faults};
    const char *preset = key->preset;

    if (preset == CONFIG_REQUIRED || preset[0] == '\0')
        return;
    value.text = slice_of(preset);
    value.type = JSON_NUMBER;
    if (preset[0] == '[') {
        value.type = JSON_ARRAY;
    } else if (preset[0] == 't' || preset[0] == 'f') {
        value.type = JSON_BOOLEAN;
        value.truth = preset[0] == 't';
    } else if (preset[0] == '"') {
        value.type = JSON_STRING;
        value.text.at++;
        value.text.len -= 2;
    }
    config_take(&v);
}
