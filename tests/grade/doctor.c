/* doctor: `make doctor`. See doctor.h. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "leftovers.h"

static int bad;

void doctor_says(enum finding finding, const char *what, const char *format,
                 ...)
{
    static const char *const marks[] = {"ok  ", "note", "BAD "};
    va_list ap;

    bad += finding == BAD;
    printf("  %s  %-14s ", marks[finding], what);
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
}

void doctor_cure(const char *format, ...)
{
    va_list ap;

    printf("%23s-> ", "");
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    putchar('\n');
}

int doctor_bad(void)
{
    return bad;
}

int main(void)
{
    struct utsname system;

    if (uname(&system) == 0)
        printf("%s %s, %s\n", system.sysname, system.release, system.machine);
    leftovers_adopt();
    doctor_tools();
    doctor_limits();
    doctor_ports();
    doctor_network();
    doctor_kernel();
    if (bad == 0)
        printf("Nothing is in the way.\n");
    else
        printf("%d thing%s must be cured before all of the course works.\n",
               bad, bad == 1 ? "" : "s");
    return bad > 0;
}
