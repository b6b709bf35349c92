/* Compiler, make, cmocka, sanitizers: each is tried, not only looked for. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervise.h"

enum { SANITIZED_RUNS = 8, SECONDS = 60 };

/* Runs a line of the shell; returns 1 if it exits 0. Its first line of output
 * goes to `line`. */
static int try_shell(const char *script, int seconds, char *line, size_t size)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct order order = {.argv = argv, .seconds = seconds, .output = 1 << 20};
    struct ended ended = supervise(&order);
    int ok = ended.ending == ENDED && ended.status == 0;

    text_put(line, size, "%.*s",
             ended.output.at ? (int)strcspn(ended.output.at, "\n") : 0,
             ended.output.at ? ended.output.at : "");
    ended_free(&ended);
    return ok;
}

static void look_at_compiler(void)
{
    char line[256];

    if (try_shell("printf '#include <stdio.h>\\nint main(void)"
                  "{ for (int i = 0; i < 1; i++) puts(\"\"); return 0; }\\n' |"
                  " ${CC:-cc} -std=c99 -x c -o /dev/null - && "
                  "${CC:-cc} --version",
                  SECONDS, line, sizeof line)) {
        doctor_says(GOOD, "compiler", "%s", line);
        return;
    }
    doctor_says(BAD, "compiler", "%s", line);
    doctor_cure("install gcc or clang (Debian, Ubuntu: apt install gcc; "
                "macOS: xcode-select --install)");
}

static void look_at_make(void)
{
    char line[256];

    if (try_shell("make --version", SECONDS, line, sizeof line) &&
        strncmp(line, "GNU Make", 8) == 0) {
        doctor_says(GOOD, "make", "%s", line);
        return;
    }
    doctor_says(BAD, "make", "this is not GNU make: %s", line);
    doctor_cure("install GNU make, and call it by its name (BSD: gmake)");
}

static void look_at_cmocka(void)
{
    char line[256];

    if (try_shell("sh tests/have-cmocka "
                  "$(pkg-config --cflags --libs cmocka 2>/dev/null || "
                  "echo -lcmocka)",
                  SECONDS, line, sizeof line)) {
        try_shell("pkg-config --modversion cmocka 2>/dev/null || echo found",
                  SECONDS, line, sizeof line);
        doctor_says(GOOD, "cmocka", "%s", line);
        return;
    }
    doctor_says(BAD, "cmocka", "not found: no test can be built");
    doctor_cure("make deps");
}

/* Under many bits of randomisation AddressSanitizer's shadow collides with a
 * position-independent program now and then, which loops before main(). */
static void look_at_sanitizers(void)
{
    char line[256];
    int runs = 0;

    if (!try_shell("mkdir -p build && printf 'int main(void){return 0;}\\n' | "
                   "${CC:-cc} -fsanitize=address,undefined -x c "
                   "-o build/doctor-asan -",
                   SECONDS, line, sizeof line)) {
        doctor_says(NOTE, "sanitizers", "%s", line);
        doctor_cure("`make SANITIZE=1 test` will not work here; all else does");
        return;
    }
    while (runs < SANITIZED_RUNS &&
           try_shell("exec build/doctor-asan", 3, line, sizeof line))
        runs++;
    remove("build/doctor-asan");
    if (runs == SANITIZED_RUNS) {
        doctor_says(GOOD, "sanitizers", "%d runs of %d came back", runs, runs);
        return;
    }
    doctor_says(NOTE, "sanitizers",
                "run %d of a position-independent program hung or failed",
                runs + 1);
    doctor_cure("our Makefiles link such tests with -no-pie; for your own "
                "programs:");
    doctor_cure("sudo sysctl vm.mmap_rnd_bits=28");
}

static void look_at_helpers(void)
{
    static const char *const names[] = {"curl", "nc",       "git",
                                        "gdb",  "strace",   "tcpdump",
                                        "wrk",  "valgrind", "patch"};
    char line[256], script[64], missing[128] = "";

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        text_put(script, sizeof script, "command -v %s", names[i]);
        if (!try_shell(script, SECONDS, line, sizeof line)) {
            strncat(missing, " ", sizeof missing - strlen(missing) - 1);
            strncat(missing, names[i], sizeof missing - strlen(missing) - 1);
        }
    }
    if (missing[0] == '\0') {
        doctor_says(GOOD, "helpers", "all that the READMEs use");
        return;
    }
    doctor_says(NOTE, "helpers", "not installed:%s", missing);
    doctor_cure("the READMEs use them in places; curl is the one to have");
}

void doctor_tools(void)
{
    look_at_compiler();
    look_at_make();
    look_at_cmocka();
    look_at_sanitizers();
    look_at_helpers();
}
