/* who_moves, the experiment of the README: what it says about the algorithms, in
 * figures that fall the same each time. */
#include "fixture.h"
#include "program.h"

#include <stdio.h>
#include <string.h>

struct moves {
    int moved, needless, fullest;
};

static const char *find(const char *out, const char *line)
{
    const char *at = strstr(out, line);

    if (at == NULL)
        fail_msg("\"%s\" is missing in:\n%s", line, out);
    return at + strlen(line);
}

static struct moves moves_of(const char *out, const char *what,
                             const char *algorithm)
{
    struct moves m = {0, 0, 0};
    char line[64];

    snprintf(line, sizeof line, "%-18s %-17s ", what, algorithm);
    assert_int_equal(sscanf(find(out, line), "%d %d %d", &m.moved, &m.needless,
                            &m.fullest), 3);
    return m;
}

static double longest(const char *out, const char *algorithm, const char *knows)
{
    double queue = 0;
    char line[64];

    snprintf(line, sizeof line, "%-19s %-13s ", algorithm, knows);
    assert_int_equal(sscanf(find(out, line), "%lf", &queue), 1);
    return queue;
}

static struct run run_it(void)
{
    struct run r = program_run(
        (const char *[]){PROGRAMS "/" LB_PART "/who_moves", NULL}, NULL, 0);

    assert_int_equal(r.status, 0);
    return r;
}

/* 10,000 clients of five backends, so 2,000 for each; a sixth takes 1,667. */
static void with_consistent_hash_only_those_move_who_must(void **state)
{
    struct run r = run_it();
    struct moves down = moves_of(r.out, "the third is down", "consistent_hash");
    struct moves left = moves_of(r.out, "it leaves the list", "consistent_hash");
    struct moves more = moves_of(r.out, "a sixth one comes", "consistent_hash");

    (void)state;
    assert_int_equal(down.needless + left.needless + more.needless, 0);
    assert_in_range(left.moved, 1800, 2200);
    assert_int_equal(down.moved, left.moved);
    assert_in_range(more.moved, 1500, 1850);
    assert_in_range(left.fullest, 2500, 2700); /* its clients go to all four */
    run_free(&r);
}

static void with_ip_hash_most_move_when_the_list_changes(void **state)
{
    struct run r = run_it();
    struct moves down = moves_of(r.out, "the third is down", "ip_hash");

    (void)state;
    assert_int_equal(down.needless, 0);
    assert_in_range(down.fullest, 3700, 4300); /* one has those of two */
    assert_in_range(moves_of(r.out, "it leaves the list", "ip_hash").moved, 7000,
                    9000);
    assert_in_range(moves_of(r.out, "a sixth one comes", "ip_hash").moved, 7500,
                    9200);
    run_free(&r);
}

static void late_knowledge_is_worse_than_none_but_for_who_throws_dice(
    void **state)
{
    struct run r = run_it();
    double blind = longest(r.out, "least_connections", "only its own");

    (void)state;
    assert_true(longest(r.out, "least_connections", "all, late") > blind + 2);
    assert_true(longest(r.out, "random_two_choices", "all, late") < blind - 1);
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(with_consistent_hash_only_those_move_who_must),
        fixture_test(with_ip_hash_most_move_when_the_list_changes),
        fixture_test(late_knowledge_is_worse_than_none_but_for_who_throws_dice),
    };

    return fixture_run("who_moves", tests);
}
