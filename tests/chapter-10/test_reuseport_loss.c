/* reuseport_loss, the experiment of the README: that it counts right. */
#include "fixture.h"
#include "program.h"

#include <stdio.h>
#include <string.h>

#define CLIENTS 200
#define ROUNDS  5

struct total {
    int lines, answered, lost;
};

/* The sums of the lines that begin so. */
static struct total add_up(const char *out, const char *how)
{
    struct total total = {0, 0, 0};
    int answered, lost;

    for (const char *at = strstr(out, how); at != NULL;
         at = strstr(at + 1, how)) {
        assert_int_equal(sscanf(at + strlen(how), " answered %d, lost %d",
                                &answered, &lost), 2);
        assert_int_equal(answered + lost, CLIENTS);
        total.lines++;
        total.answered += answered;
        total.lost += lost;
    }
    return total;
}

#ifdef __linux__
/* Linux 5.14 and later can be told to save them; most are not. */
static int kernel_saves_them(void)
{
    FILE *f = fopen("/proc/sys/net/ipv4/tcp_migrate_req", "r");
    int c = f != NULL ? getc(f) : '0';

    if (f != NULL)
        fclose(f);
    return c == '1';
}
#endif

static void who_inherits_a_listener_loses_nobody(void **state)
{
    struct run r = program_run(
        (const char *[]){PROGRAMS "/" LB_PART "/reuseport_loss", NULL}, NULL, 0);
    struct total each, inherited;

    (void)state;
    assert_int_equal(r.status, 0);
    each = add_up(r.out, "a socket each");
    inherited = add_up(r.out, "one socket, inherited");
    assert_int_equal(each.lines, ROUNDS);
    assert_int_equal(inherited.lines, ROUNDS);
    assert_int_equal(inherited.lost, 0);
#ifdef __linux__
    if (kernel_saves_them())
        assert_int_equal(each.lost, 0);
    else /* half of them, by a hash: 500, and hardly ever 100 more or less */
        assert_in_range(each.lost, 400, 600);
#endif
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_inherits_a_listener_loses_nobody),
    };

    return fixture_run("reuseport_loss", tests);
}
