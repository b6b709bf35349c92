#include "config_docs.h"
#include "config_table.h"

#include <string.h>

/* ---- Markdown ----------------------------------------------------------- */

static void put_choices(FILE *out, const struct config_choice *c)
{
    for (; c->name != NULL; c++)
        fprintf(out, "`%s`%s", c->name, c[1].name != NULL ? ", " : "");
}

/* What a value looks like; NULL where the words to choose from are listed. %s
 * is the range. */
static const char *const looks[] = {
    [CONFIG_INTEGER] = "%s",
    [CONFIG_SIZE] = "bytes, %s",
    [CONFIG_SECONDS] = "seconds, %s",
    [CONFIG_RATE] = "%s",
    [CONFIG_WORKERS] = "%s or `\"auto\"`",
    [CONFIG_BOOLEAN] = "`true`, `false`",
    [CONFIG_TEXT] = "text",
    [CONFIG_PATH] = "text, begins with `/`",
    [CONFIG_ADDRESS] = "IP address",
    [CONFIG_HOST] = "text",
    [CONFIG_HASH_KEY] = "text",
    [CONFIG_PROXIES] = "array of %s",
    [CONFIG_BACKENDS] = "array of %s",
    [CONFIG_SECTION] = "object",
    [CONFIG_SECTION_OR_TEXT] = "text or object",
    [CONFIG_UNUSED] = "text",
};

static void put_look(FILE *out, const struct config_key *key)
{
    char range[CONFIG_RANGE];
    const char *look = looks[key->type], *at = strstr(look, "%s");

    if (at == NULL)
        fputs(look, out);
    else
        fprintf(out, "%.*s%s%s", (int)(at - look), look,
                config_range(key, range), at + 2);
}

static void put_row(FILE *out, const struct config_key *key)
{
    const char *preset = key->preset;

    fprintf(out, "| `%s%s%s` | ", key->section,
            key->section[0] != '\0' ? "." : "", key->name);
    if (config_choices(key->type) != NULL)
        put_choices(out, config_choices(key->type));
    else
        put_look(out, key);
    if (preset == CONFIG_REQUIRED)
        fputs(" | required", out);
    else if (preset[0] == '\0')
        fputs(" | ", out);
    else
        fprintf(out, " | `%s`", preset);
    fprintf(out, " | %s |\n", key->says);
}

void config_docs_markdown(FILE *out)
{
    fputs("# The keys of lb.json\n\n"
          "Made by `make reference` from the table in\n"
          "[config_table.c](config_table.c): change that, not this.\n\n"
          "Times are seconds and may have up to three places (`0.25`). An "
          "unknown key is an\nerror; one that begins with `x-` is ignored, "
          "whatever its value: for notes and\nexperiments.\n\n"
          "| key | value | default | what it is |\n|---|---|---|---|\n",
          out);
    for (int i = 0; i < config_key_count; i++)
        put_row(out, &config_keys[i]);
}

/* ---- JSON Schema -------------------------------------------------------- */

static void put_object(FILE *out, const char *section, int indent);

/* The documentation has quotes, and nothing else that JSON would escape. */
static void put_description(FILE *out, const char *says)
{
    fputs("\"description\": \"", out);
    for (; *says != '\0'; says++)
        fprintf(out, "%s%c", *says == '"' ? "\\" : "", *says);
    fputc('"', out);
}

static void put_number(FILE *out, const struct config_key *key, int indent)
{
    char range[CONFIG_RANGE];
    const char *dots = strstr(config_range(key, range), "..");

    (void)indent;
    fprintf(out, "\"type\": \"%s\", \"minimum\": %.*s, \"maximum\": %s",
            config_places(key->type) > 0 ? "number" : "integer",
            (int)(dots - range), range, dots + 2);
}

static void put_workers(FILE *out, const struct config_key *key, int indent)
{
    fputs("\"anyOf\": [{", out);
    put_number(out, key, indent);
    fputs("}, {\"const\": \"auto\"}]", out);
}

static void put_boolean(FILE *out, const struct config_key *key, int indent)
{
    (void)key;
    (void)indent;
    fputs("\"type\": \"boolean\"", out);
}

static void put_enum(FILE *out, const struct config_key *key, int indent)
{
    const struct config_choice *c = config_choices(key->type);
    const char *separator = "";

    (void)indent;
    fputs("\"enum\": [", out);
    for (; c->name != NULL; c++, separator = ", ") {
        fprintf(out, "%s\"%s\"", separator, c->name);
        if (c->alias != NULL)
            fprintf(out, ", \"%s\"", c->alias);
    }
    fputc(']', out);
}

static void put_any_text(FILE *out, const struct config_key *key, int indent)
{
    (void)key;
    (void)indent;
    fputs("\"type\": \"string\"", out);
}

static void put_text(FILE *out, const struct config_key *key, int indent)
{
    put_any_text(out, key, indent);
    fprintf(out, ", \"minLength\": %d, \"maxLength\": %d", (int)key->min,
            (int)key->max);
}

static void put_path(FILE *out, const struct config_key *key, int indent)
{
    put_text(out, key, indent);
    fputs(", \"pattern\": \"^/\"", out);
}

static void put_hash_key(FILE *out, const struct config_key *key, int indent)
{
    put_text(out, key, indent);
    fputs(", \"pattern\": \"^(client_ip|uri|header:.+)$\"", out);
}

static void put_proxies(FILE *out, const struct config_key *key, int indent)
{
    (void)indent;
    fprintf(out,
            "\"type\": \"array\", \"maxItems\": %d, "
            "\"items\": {\"type\": \"string\"}",
            (int)key->max);
}

static void put_backends(FILE *out, const struct config_key *key, int indent)
{
    fprintf(out,
            "\"type\": \"array\", \"minItems\": %d, \"maxItems\": %d, "
            "\"items\": {",
            (int)key->min, (int)key->max);
    put_object(out, CONFIG_BACKEND, indent);
    fputc('}', out);
}

static void put_section(FILE *out, const struct config_key *key, int indent)
{
    put_object(out, key->name, indent);
}

static void put_section_or_text(FILE *out, const struct config_key *key,
                                int indent)
{
    fputs("\"anyOf\": [{\"type\": \"string\", \"minLength\": 1}, {", out);
    put_object(out, key->name, indent);
    fputs("}]", out);
}

static void put_property(FILE *out, const struct config_key *key, int indent)
{
    static void (*const put[])(FILE *, const struct config_key *, int) = {
        [CONFIG_INTEGER] = put_number,
        [CONFIG_SIZE] = put_number,
        [CONFIG_SECONDS] = put_number,
        [CONFIG_RATE] = put_number,
        [CONFIG_WORKERS] = put_workers,
        [CONFIG_BOOLEAN] = put_boolean,
        [CONFIG_ALGORITHM] = put_enum,
        [CONFIG_LIMITER] = put_enum,
        [CONFIG_FORMAT] = put_enum,
        [CONFIG_TEXT] = put_text,
        [CONFIG_PATH] = put_path,
        [CONFIG_ADDRESS] = put_text,
        [CONFIG_HOST] = put_text,
        [CONFIG_HASH_KEY] = put_hash_key,
        [CONFIG_PROXIES] = put_proxies,
        [CONFIG_BACKENDS] = put_backends,
        [CONFIG_SECTION] = put_section,
        [CONFIG_SECTION_OR_TEXT] = put_section_or_text,
        [CONFIG_UNUSED] = put_any_text,
    };

    fprintf(out, "\n%*s\"%s\": {", indent, "", key->name);
    put_description(out, key->says);
    if (key->preset != CONFIG_REQUIRED && key->preset[0] != '\0')
        fprintf(out, ", \"default\": %s", key->preset);
    fputs(", ", out);
    put[key->type](out, key, indent);
    fputc('}', out);
}

static void put_required(FILE *out, const char *section)
{
    const char *before = ", \"required\": [", *after = "";

    for (int i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].section, section) == 0 &&
            config_keys[i].preset == CONFIG_REQUIRED) {
            fprintf(out, "%s\"%s\"", before, config_keys[i].name);
            before = ", ";
            after = "]";
        }
    fputs(after, out);
}

/* The members of a schema for the object that a section is. */
static void put_object(FILE *out, const char *section, int indent)
{
    const char *separator = "";

    fputs("\"type\": \"object\"", out);
    put_required(out, section);
    fputs(", \"additionalProperties\": false, "
          "\"patternProperties\": {\"^x-\": {}}, \"properties\": {",
          out);
    for (int i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].section, section) == 0) {
            fputs(separator, out);
            put_property(out, &config_keys[i], indent + 2);
            separator = ",";
        }
    fprintf(out, "\n%*s}", indent, "");
}

void config_docs_schema(FILE *out)
{
    fputs("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
          "  \"title\": \"lb.json\",\n  ",
          out);
    put_object(out, CONFIG_TOP, 2);
    fputs("\n}\n", out);
}
