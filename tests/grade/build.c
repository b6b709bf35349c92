#define _XOPEN_SOURCE 700 /* realpath() */

#include "build.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "quote.h"

enum { BUILD_SECONDS = 300, BUILD_OUTPUT = 4 << 20, WORDS = 4096 };

const char *build_settings[16];

int build_is_sanitized(void)
{
    for (int i = 0; build_settings[i] != NULL; i++)
        if (strncmp(build_settings[i], "SANITIZE=", 9) == 0)
            return build_settings[i][9] != '\0';
    return 0;
}

/* ---- the key ------------------------------------------------------------- */

static int draw_key(char key[33])
{
    unsigned char dice[16] = {0};
    int fd = open("/dev/urandom", O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, dice, sizeof dice) : -1;

    if (fd >= 0)
        close(fd);
    for (size_t i = 0; i < sizeof dice; i++)
        text_put(key + 2 * i, 3, "%02x", dice[i]);
    return n == sizeof dice ? 0 : -1;
}

/* ---- make ---------------------------------------------------------------- */

/* The words of a command, one buffer for all. */
struct command {
    const char *words[48];
    int count;
    char text[PATH_MAX + 8 * WORDS];
    size_t used;
};

static void word(struct command *c, const char *name, const char *value)
{
    char *at = c->text + c->used;

    text_put(at, sizeof c->text - c->used, "%s%s", name, value);
    c->used += strlen(at) + 1;
    c->words[c->count++] = at;
    c->words[c->count] = NULL;
}

static void join_suites(const struct lab *lab, int from, int to, char *out,
                        size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (int i = from; i < to; i++) {
        text_put(out + used, size - used, "%s ", lab->suites[i]);
        used += strlen(out + used);
    }
}

static void make_command(struct command *c, const char *target,
                         const struct build *b, const struct lab *lab)
{
    int own = lab->suites_count - lab->of_course;
    char suites[WORDS], of_course[WORDS];
    const char *make = getenv("MAKE");

    join_suites(lab, 0, own, suites, sizeof suites);
    join_suites(lab, own, lab->suites_count, of_course, sizeof of_course);
    word(c, make != NULL ? make : "make", "");
    word(c, "--no-print-directory", "");
    word(c, "-s", "");
    word(c, "-C", "");
    word(c, lab->uses, "");
    word(c, "-f", "");
    word(c, "../tests/grade/lab.mk", "");
    word(c, target, "");
    word(c, "LAB=", lab->path);
    word(c, "FROM=", b->from);
    word(c, "WORK=", b->work);
    word(c, "FILES=", lab->files);
    word(c, "PROGRAMS_OF=", lab->programs);
    word(c, "TESTS=", suites);
    word(c, "COURSE_SUITES=", of_course);
    word(c, "REPLACES=", lab->replaces);
    word(c, "COURSE=", lab->course);
    word(c, "WITH=", lab->with);
    for (int i = 0; build_settings[i] != NULL; i++)
        word(c, build_settings[i], "");
}

static void run_make(struct build *b, const char *target, const struct lab *lab)
{
    struct command c = {.count = 0};
    char key[64];
    /* What make was called with is in its environment, and not meant for us. */
    const char *variables[] = {key,       "MAKEFLAGS", "MFLAGS",  "MAKELEVEL",
                               "VARIANT", "SANITIZE",  "DEBUG",   "WERROR",
                               "USE",     "SOLUTION",  "OUT",     NULL};
    struct order order = {.argv = c.words,
                          .variables = variables,
                          .seconds = BUILD_SECONDS,
                          .output = BUILD_OUTPUT};
    struct ended ended;

    make_command(&c, target, b, lab);
    text_put(key, sizeof key, "LB_VERDICT_KEY=%s", b->key);
    ended = supervise(&order);
    b->ok = ended.ending == ENDED && ended.status == 0;
    free(b->said.at);
    b->said = ended.output;
    free(ended.verdict.at);
}

static const char *variant(void)
{
    for (int i = 0; build_settings[i] != NULL; i++)
        if (strncmp(build_settings[i], "VARIANT=", 8) == 0)
            return build_settings[i] + 8;
    return build_is_sanitized() ? "sanitize" : "plain";
}

/* Returns whether all its files are there; says which are not. */
static int has_files(struct build *b, const struct lab *lab)
{
    const char *at = lab->files;
    char path[PATH_MAX + 128];
    int missing = 0;

    while (*(at += strspn(at, " ")) != '\0') {
        int len = (int)strcspn(at, " ");

        text_put(path, sizeof path, "%s/%.*s", b->from, len, at);
        if (access(path, R_OK) != 0) {
            text_printf(&b->said, "%.*s is not in the submission\n", len, at);
            missing++;
        }
        at += len;
    }
    return missing == 0;
}

/* Several graders may run at the same time. A lock that cannot be had is not
 * worth failing for. */
static void make_shared(struct build *b, const struct lab *lab)
{
    static char made[PATH_MAX + 64]; /* what this process has made last */
    char path[64], now[PATH_MAX + 64];
    int lock;

    text_put(now, sizeof now, "%s %s", variant(), lab->path);
    if (strcmp(now, made) == 0)
        return;

    text_put(path, sizeof path, "build/labs-%s.lock", variant());
    mkdir("build", 0777);
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock >= 0 && lockf(lock, F_LOCK, 0) != 0)
        perror(path);
    run_make(b, "shared", lab);
    text_put(made, sizeof made, "%s", b->ok ? now : "");
    if (lock >= 0)
        close(lock);
}

int build_lab(struct build *b, const struct lab *lab, const char *from,
              const char *name)
{
    char root[PATH_MAX];

    *b = (struct build){.ok = 0};
    if (realpath(from, b->from) == NULL || realpath(".", root) == NULL ||
        draw_key(b->key) != 0) {
        perror(from);
        return -1;
    }
    text_put(b->work, sizeof b->work, "%s/build/%s/%s/%s", root, variant(),
             lab->path, name);
    b->ok = has_files(b, lab);
    if (b->ok)
        make_shared(b, lab);
    if (b->ok)
        run_make(b, "lab", lab);
    return 0;
}
