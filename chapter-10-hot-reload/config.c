#include "config.h"
#include "config_check.h"
#include "config_take.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct json_place whole_file = {0, 0};

/* Where a key belongs: the section's name in the table, its name for people
 * ("backends[1]"), the struct that its offsets count from. */
struct section {
    const char *name, *path;
    void *base;
};

static void take_section(config_t *cfg, const struct section *s,
                         const struct json_value *object);

/* "pool.ttl"; at the top, just "retries" */
static void join(char out[CONFIG_KEY_PATH], const struct section *s,
                 const char *name)
{
    snprintf(out, CONFIG_KEY_PATH, "%s%s%s", s->path,
             s->path[0] != '\0' ? "." : "", name);
}

/* ---- what holds other keys ---------------------------------------------- */

/* The presets of a backend; without one, of all that is not in a backend. */
static void preset(config_t *cfg, struct config_backend *backend)
{
    void *base = backend != NULL ? (void *)backend : cfg;

    for (int i = 0; i < config_key_count; i++)
        if ((strcmp(config_keys[i].section, CONFIG_BACKEND) == 0) ==
            (backend != NULL))
            config_take_preset(&config_keys[i], base, &cfg->faults);
}

static void take_backends(config_t *cfg, const struct config_value *v)
{
    const struct json_value *m = v->value->first;
    char path[CONFIG_KEY_PATH];

    if (v->value->type != JSON_ARRAY) {
        config_wrong_type(v, "an array");
        return;
    }
    if (m == NULL)
        config_fault(v->faults, v->value->place, "%s: there are none", v->path);
    for (; m != NULL && cfg->num_backends < (int)v->key->max; m = m->next) {
        struct config_backend *backend = &cfg->backends[cfg->num_backends];
        struct section s = {CONFIG_BACKEND, path, backend};

        snprintf(path, sizeof path, "%s[%d]", v->path, cfg->num_backends++);
        preset(cfg, backend);
        take_section(cfg, &s, m);
    }
    if (m != NULL)
        config_fault(v->faults, m->place, "%s: more than %d of them", v->path,
                     (int)v->key->max);
}

/* The first key of a section, which a text stands for where that is allowed. */
static const struct config_key *first_key(const char *section)
{
    const struct config_key *key = config_keys;

    while (strcmp(key->section, section) != 0)
        key++;
    return key;
}

static void take_inner_section(config_t *cfg, const struct config_value *v)
{
    struct section s = {v->key->name, v->path, cfg};
    struct config_value only = *v;

    if (v->key->offset != CONFIG_NOWHERE)
        *(int *)(void *)((char *)v->base + v->key->offset) = 1;
    if (v->key->type == CONFIG_SECTION || v->value->type == JSON_OBJECT) {
        take_section(cfg, &s, v->value);
    } else if (v->value->type == JSON_STRING) {
        only.key = first_key(v->key->name);
        config_take(&only);
    } else {
        config_wrong_type(v, "a string or an object");
    }
}

/* ---- the members of an object ------------------------------------------- */

static void fault_unknown(config_t *cfg, const struct section *s,
                          const struct json_value *m)
{
    char path[CONFIG_KEY_PATH], shown[CONFIG_SHOWN], near[CONFIG_KEY_PATH];
    const struct config_key *nearest = config_nearest(s->name, m->name);
    struct section home = {nearest->section, nearest->section, NULL};

    join(path, s, "");
    join(near, &home, nearest->name);
    config_fault(&cfg->faults, m->name_place,
                 "%s%s: unknown key; the nearest known one is %s", path,
                 config_shown(m->name, shown), near);
}

/* The next value of a tree, in the order of the text; NULL behind the last. */
static const struct json_value *next_within(const struct json_value *tree,
                                            const struct json_value *v)
{
    if (v->first != NULL)
        return v->first;
    while (v != tree && v->next == NULL)
        v = v->parent;
    return v != tree ? v->next : NULL;
}

/* Of what is ignored, too, a name may not stand twice in one object. */
static void check_ignored(config_t *cfg, const struct json_value *m)
{
    char ignored[CONFIG_SHOWN], name[CONFIG_SHOWN];
    const struct json_value *v = m;

    while ((v = next_within(m, v)) != NULL)
        if (v->is_repeated)
            config_fault(&cfg->faults, v->name_place,
                         "%s: %s is given twice in it",
                         config_shown(m->name, ignored),
                         config_shown(v->name, name));
}

static void fault_repeated(config_t *cfg, const struct section *s,
                           const struct json_value *m)
{
    char path[CONFIG_KEY_PATH], shown[CONFIG_SHOWN];

    join(path, s, "");
    config_fault(&cfg->faults, m->name_place, "%s%s: given twice", path,
                 config_shown(m->name, shown));
}

static void take_known(config_t *cfg, const struct section *s,
                       const struct json_value *m, const struct config_key *key)
{
    char path[CONFIG_KEY_PATH];
    struct config_value v = {key, m, path, s->base, &cfg->faults};

    join(path, s, key->name);
    if (key->type == CONFIG_BACKENDS)
        take_backends(cfg, &v);
    else if (key->type == CONFIG_SECTION || key->type == CONFIG_SECTION_OR_TEXT)
        take_inner_section(cfg, &v);
    else
        config_take(&v);
}

static void take_member(config_t *cfg, const struct section *s,
                        const struct json_value *m)
{
    const struct config_key *key = config_find(s->name, m->name);

    if (m->is_repeated)
        fault_repeated(cfg, s, m);
    else if (m->name.len >= 2 && memcmp(m->name.at, "x-", 2) == 0)
        check_ignored(cfg, m);
    else if (key == NULL)
        fault_unknown(cfg, s, m);
    else
        take_known(cfg, s, m, key);
}

static void find_missing(config_t *cfg, const struct section *s,
                         const struct json_value *object)
{
    char path[CONFIG_KEY_PATH];

    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (strcmp(key->section, s->name) != 0 ||
            key->preset != CONFIG_REQUIRED ||
            json_member(object, key->name) != NULL)
            continue;
        join(path, s, key->name);
        config_fault(&cfg->faults, object->place, "%s is missing", path);
    }
}

/* Recurses as deep as sections lie in sections in the table: three. */
static void take_section(config_t *cfg, const struct section *s,
                         const struct json_value *object)
{
    if (object->type != JSON_OBJECT) {
        const char *path = s->path[0] != '\0' ? s->path : "the file";
        struct config_value v = {NULL, object, path, NULL, &cfg->faults};

        config_wrong_type(&v, "an object");
        return;
    }
    for (const struct json_value *m = object->first;
         m != NULL && !config_faults_full(&cfg->faults); m = m->next)
        take_member(cfg, s, m);
    find_missing(cfg, s, object);
}

/* ---- the file ----------------------------------------------------------- */

/* What follows from other keys if it was not given. */
static void derive(config_t *cfg)
{
    for (int i = 0; i < cfg->num_backends; i++) {
        struct config_backend *b = &cfg->backends[i];

        if (b->name[0] == '\0')
            snprintf(b->name, sizeof b->name,
                     strchr(b->host, ':') != NULL ? "[%s]:%d" : "%s:%d",
                     b->host, b->port);
    }
    if (cfg->rate_limit.burst == 0) {
        int whole = (int)cfg->rate_limit.per_ip;

        cfg->rate_limit.burst = whole + (whole < cfg->rate_limit.per_ip);
    }
}

static config_t *new_config(const char *filename)
{
    config_t *cfg = calloc(1, sizeof *cfg);

    if (cfg == NULL)
        return NULL;
    config_faults_init(&cfg->faults, filename);
    preset(cfg, NULL);
    return cfg;
}

static void read_text(config_t *cfg, const char *text, size_t len)
{
    struct section top = {CONFIG_TOP, "", cfg};
    struct json_error error;
    struct json_value *root = json_parse(text, len, &error);

    if (root == NULL) {
        config_fault(&cfg->faults, error.place, "%s", error.why);
        return;
    }
    take_section(cfg, &top, root);
    derive(cfg);
    if (root->type == JSON_OBJECT)
        config_check(cfg, root);
    json_free(root);
}

config_t *config_parse(const char *filename, const char *text, size_t len)
{
    config_t *cfg = new_config(filename);

    if (cfg != NULL)
        read_text(cfg, text, len);
    return cfg;
}

config_t *config_load(const char *filename)
{
    config_t *cfg = new_config(filename);
    const char *why = strerror(ENAMETOOLONG);
    size_t len = strlen(filename);
    char *text = NULL;

    if (cfg == NULL)
        return NULL;
    if (len < sizeof cfg->file) {
        memcpy(cfg->file, filename, len + 1);
        why = config_file_read(filename, JSON_TEXT_MAX, &text, &len,
                               &cfg->stamp);
    }
    if (why != NULL) {
        config_fault(&cfg->faults, whole_file, "%s", why);
    } else {
        read_text(cfg, text, len);
        free(text);
    }
    return cfg;
}

int config_validate(config_t *cfg)
{
    return cfg != NULL && cfg->faults.count == 0;
}

const char *config_error(const config_t *cfg, int i)
{
    if (cfg == NULL)
        return i == 0 ? "out of memory" : NULL;
    return i >= 0 && i < cfg->faults.count ? cfg->faults.lines[i] : NULL;
}

int config_changed(config_t *cfg)
{
    struct config_stamp now;

    config_stamp(cfg->file, &now);
    return !config_stamp_equal(&now, &cfg->stamp);
}

void config_print_faults(const config_t *cfg)
{
    const char *line;

    for (int i = 0; (line = config_error(cfg, i)) != NULL; i++)
        fprintf(stderr, "%s\n", line);
}

config_t *config_reload(const char *filename)
{
    config_t *cfg = config_load(filename);

    if (config_validate(cfg))
        return cfg;
    config_print_faults(cfg);
    config_free(cfg);
    return NULL;
}

config_t *config_copy(const config_t *cfg)
{
    config_t *copy = cfg != NULL ? malloc(sizeof *copy) : NULL;

    if (copy != NULL)
        *copy = *cfg; /* there is no pointer of its own in it */
    return copy;
}

void config_free(config_t *cfg)
{
    free(cfg);
}
