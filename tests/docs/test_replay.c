/* readme run, over small READMEs. */
#include <errno.h>
#include <signal.h>

#include "deadline.h"
#include "tree.h"

struct sample {
    const char *text, *says;
};

static void expect_all(const struct sample *all, size_t count, int status)
{
    for (size_t i = 0; i < count; i++)
        tree_expect_text("run", all[i].text, status, all[i].says);
}

#define EXPECT_ALL(all, status) \
    expect_all(all, sizeof(all) / sizeof *(all), status)

static void output_must_be_shown(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ echo a\na\n$ printf b\nb\n$ true\n```\n",
         ": 3 commands\n"},
        {"```console\n$ printf 'a  \\r\\n'; echo b >&2\na\nb\n```\n", "1 com"},
        {"```sh\n$ rm -rf nothing\n```\n", ": 0 commands\n"},
        {"- x\n\n  ```console\n  $ for i in 1 2; do\n  >     echo $i\n"
         "  > done\n  1\n  2\n  ```\n", "1 commands"},
        {"```console\n$ cat <<'END'\n> it's a\n> END\nit's a\n```\n", "1 com"},
        {"```console\n$ cd backends; x=1\n$ echo $x; pwd\n1\n…/backends\n```\n", "2 com"},
    };
    static const struct sample bad[] = {
        {"```console\n$ echo a\nb\n```\n",
         "R.md:3: the output is not what is shown\n"
         "  expected| b\n  actual  | a\n"},
        {"```console\n$ echo a\na\nb\n```\n", "R.md:4: the output is not"},
        {"```console\n$ echo a; echo b\na\n```\n", "R.md:2: the output is not"},
        {"\n```console\n$ true\n$ echo a\n$ true\n```\n", "R.md:4: the output"},
        {"```console\n$ echo aa\na\n```\n", "R.md:3: the output is not"},
        {"```console\n$ echo 'x\n```\n", "R.md:2: "},
        {"```console\n$ exit\n$ echo a\n```\n", "the shell has ended"},
        {"```console nmbers\n$ true\n```\n", "R.md:1: console has no 'nmbers'"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void dots_stand_for_anything(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ echo abcabd\na…bd\n$ echo ab\na…b\n```\n", "2 com"},
        {"```console\n$ seq 9\n…\n3\n…\n8\n9\n…\n```\n", "1 commands"},
        {"```console\n$ true\n…\n$ echo a\na\n```\n", "2 commands"},
        {"```console\n$ echo '> a'\n…\n> a\n```\n", "1 commands"},
    };
    static const struct sample bad[] = {
        {"```console\n$ echo abc\na…d\n```\n", "R.md:3: "},
        {"```console\n$ seq 9\n…\n3\n5\n…\n```\n", "R.md:5: "},
        {"```console\n$ seq 9\n…\n8\n```\n", "R.md:2: "},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void words_loosen_the_comparison(void **state)
{
    static const struct sample good[] = {
        {"```console numbers\n$ echo 'took   12.5 ms, 3 of 17'\n"
         "took 1 ms, 400 of 2\n```\n", "1 com"},
        {"```console unordered\n$ seq 3\n2\n3\n1\n$ echo a\na\n```\n", "2 com"},
        {"```console unordered\n$ seq 9\n7\n…\n3\n```\n", "1 com"},
        {"```console fails\n$ echo a; false\na\n```\n", "1 commands"},
        {"```console needs=sh,no-such-tool\n$ false\n```\n",
         "R.md:1: skipped: it needs no-such-tool\n"},
        {"```console needs=no-such-tool\n$ false\n```\n",
         "0 commands, 1 blocks skipped"},
        {"```console needs=sh\n$ true\n```\n", "1 commands\n"},
    };
    static const struct sample bad[] = {
        {"```console numbers\n$ echo a1b\nab\n```\n", "R.md:3: "},
        {"```console\n$ echo 1\n2\n```\n", "R.md:3: "},
        {"```console unordered\n$ seq 3\n2\n1\n```\n", "R.md:2: "},
        {"```console unordered\n$ echo a\na\na\n```\n", "R.md:4: "},
        {"```console fails\n$ true\n```\n", "R.md:2: exit status 0 in a block"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void the_status_must_be_0(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ sh -c 'exit 7'\n$ echo $?\n7\n```\n", "2 commands"},
    };
    static const struct sample bad[] = {
        {"```console\n$ true\n$ sh -c 'exit 7'\n```\n", "R.md:3: exit status 7"},
        {"```console\n$ true\n$ false\n$ true\n```\n", "R.md:3: exit status 1"},
        {"```console\n$ false\n```\n```console 2\n$ true\n```\n",
         "R.md:2: exit status 1"},
        {"```console\n$ echo a; no-such-command\nb\n```\n",
         "R.md:3: the output is not what is shown (exit status 127)"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void a_deadline_ends_each_wait(void **state)
{
    static const struct sample bad[] = {
        {"```console wait=1\n$ cat\n```\n", "R.md:2: the prompt did not come"},
        {"```console wait=1\n$ cat &\nready\n```\n", "R.md:3: the output did"},
        {"```console wait=1\n$ cat\n```\n```console\n$ echo\n```\n",
         "R.md:2: the prompt did not come"},
        {"```console wait=1\n$ trap '' INT; cat\na⏎\na\n^C\n```\n",
         "R.md:5: the prompt did not come"},
        {"```console\n$ yes\n```\n", "R.md:2: the output "},
        {"```console\n$ yes\n…\n```\n", "R.md:2: the output "},
    };

    (void)state;
    EXPECT_ALL(bad, 1);
}

static void programs_can_be_typed_into(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ cat\nhi⏎\nhi\n⏎\n\n^D\n$ echo a\na\n```\n", "2 com"},
        {"```console\n$ cat\na⏎\na\n```\ntext\n```console\nb⏎\nb\n^C\n"
         "$ echo a\na\n```\n", "2 com"},
        {"```console\n$ sh -c 'trap \"echo end; exit 3\" INT; echo on; "
         "while :; do cat; done'\non\n^C\nend\n```\n", "1 com"},
        {"```console\n$ tail -f /dev/null & echo $((1 + 1))\n2\n$ cat\n^C\n$ kill %1\n```\n",
         "3 com"},
    };
    static const struct sample bad[] = {
        {"```console\n$ true\n^C\n```\n", "R.md:3: nothing runs in terminal 1"},
        {"```console 2\n$ true\nhi⏎\n```\n", "R.md:3: nothing runs in term"},
        {"```console\n$ cat\nhi⏎\nho\n^D\n```\n", "R.md:4: the output is not"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void terminals_are_apart(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ cd backends; x=1\n```\n```console 2\n$ echo \"<$x>\"; pwd\n"
         "<>\n…/tree\n```\n", "2 com"},
        /* A server in the first, which shows more for each client. */
        {"```console\n$ mkfifo f\n$ while read x; do echo got $x; done <f\n```\n"
         "```console terminal 2\n$ exec 3>f\n$ echo a >&3; echo b >&3\n```\n"
         "```console 1\ngot a\ngot b\n```\n```console 2\n$ echo c >&3\n```\n"
         "```console\ngot c\n```\n", "5 commands"},
        {"```console\n$ mkfifo f; echo on; cat f\non\n…\n```\n"
         "```console 2\n$ seq 9 >f\n```\n```console\n7\n8\n9\n```\n", "2 com"},
    };
    static const struct sample bad[] = {
        {"```console\n$ echo on; cat\non\n```\n```console 2\n$ echo a\nb\n```\n",
         "R.md:7: "},
        {"```console\n$ echo a; echo b\na\n```\n```console 2\n$ true\n```\n",
         "R.md:2: "},
    };

    (void)state;
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void background_output_may_come_later(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ mkfifo f\n$ (read x <f; echo late) &\n[1] 4711\n"
         "$ echo >f\nlate\n[1]+  Done   (read x <f; echo late)\n```\n",
         "3 com"},
        {"```console\n$ (echo a; echo b; cat) &\na\n…\n$ echo c\n…\nc\n…\n```\n",
         "2 com"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
}

/* The ports in commands are others than in the README, also in a .json file,
 * and the output shows them as the README does. */
static void ports_are_replaced(void **state)
{
    static const struct sample good[] = {
        {"```console\n$ echo localhost:8080 18080 80801 9001 8100\n"
         "localhost:8080 18080 80801 9001 8100\n$ test 8080 -lt 8000\n```\n",
         "2 com"},
        {"```console\n$ grep -c 8080 x.json x.txt; true 9001\n"
         "x.json:1\nx.txt:0\n$ cat x.json x.txt\n[8080, 9001, 9002]\n"
         "8080\n```\n", "2 com"},
        {"```console\n$ echo $((9001 + 1)); sh x.sh\n9002\n8081\n```\n", "1 com"},
        {"```console noports\n$ printf '%X\\n' 8080\n1F90\n```\n", "1 com"},
    };
    static const struct sample bad[] = {
        {"```console\n$ test 8080 = $((8000 + 80))\n```\n", "exit status 1"},
    };

    (void)state;
    tree_write("x.sh", "#!/bin/sh\necho $((8082 - 1))\n");
    tree_write("x.json", "[8080, 9001, 9002]\n");
    tree_write("x.txt", "8080\n");
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void works_in_a_copy(void **state)
{
    (void)state;
    tree_write("chapter-01-a/R.md",
               "```console\n$ cat f ../x.txt\nfile\n8080\n"
               "$ rm f; echo >new; echo $HOME $TERM $LC_ALL\n"
               "…/home dumb C…\n```\n");
    tree_write("chapter-01-a/f", "file\n");
    tree_write("x.txt", "8080\n");
    tree_expect("run", "chapter-01-a/R.md", 0, ": 2 commands\n");
    assert_string_equal(tree_read("chapter-01-a/f"), "file\n");
    assert_int_equal(access(tree_path("chapter-01-a/new"), F_OK), -1);
}

/* Writes a README that leaves processes behind, and their pids in TOP/pids. */
static void write_leaver(const char *last)
{
    char text[1024];

    snprintf(text, sizeof text,
             "```console\n$ tail -f /dev/null & echo $! >>%s/pids\n"
             "$ (trap '' HUP TERM; tail -f /dev/null) & echo $! >>%s/pids\n"
             "```\n```console 2\n$ echo $$ >>%s/pids\n$ %s\n```\n",
             tree_top, tree_top, tree_top, last);
    tree_write("L.md", text);
    tree_write("pids", "");
}

static void expect_all_gone(int count)
{
    char *at, *text = strdup(tree_read("pids"));
    int n = 0;

    for (at = text; *at != '\0'; at = strchr(at, '\n') + 1, n++) {
        deadline_t deadline = deadline_in(5000);

        while (kill((pid_t)strtol(at, NULL, 10), 0) == 0)
            assert_true(deadline_pause(deadline));
        assert_int_equal(errno, ESRCH);
    }
    free(text);
    assert_int_equal(n, count);
}

static void leaves_nothing_behind(void **state)
{
    (void)state;
    write_leaver("true");
    tree_expect("run", "L.md", 0, ": 4 commands\n");
    expect_all_gone(3);
    write_leaver("false");
    tree_expect("run", "L.md", 1, "L.md:7: exit status 1");
    expect_all_gone(3);
}

static void an_interrupt_ends_it_cleanly(void **state)
{
    char path[512];
    const char *argv[] = {TREE_README, "--verbose", "run", path, NULL};
    struct program *p;

    (void)state;
    write_leaver("tail -f /dev/null");
    snprintf(path, sizeof path, "%s", tree_path("L.md"));
    p = program_spawn(argv);
    program_expect(p, "L.md:7: ");
    program_signal(p, SIGINT);
    assert_int_equal(program_wait(p), 128 + SIGINT);
    assert_true(tree_tmp_is_empty());
    expect_all_gone(3);
}

static void goes_on_with_the_next_file(void **state)
{
    char first[512], second[512];
    const char *argv[] = {TREE_README, "check", first, second, NULL};
    struct run r;

    (void)state;
    tree_write("1.md", "```console\n$ false\n$ true\n```\n");
    tree_write("2.md", "```console\n$ true\n```\n");
    snprintf(first, sizeof first, "%s", tree_path("1.md"));
    snprintf(second, sizeof second, "%s", tree_path("2.md"));
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_non_null(strstr(r.out, "1.md:2: exit status 1\n"));
    assert_non_null(strstr(r.out, "2.md: 0 quotes, 0 links, 1 commands\n"));
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(output_must_be_shown),
        fixture_test(dots_stand_for_anything),
        fixture_test(words_loosen_the_comparison),
        fixture_test(the_status_must_be_0),
        fixture_test(a_deadline_ends_each_wait),
        fixture_test(programs_can_be_typed_into),
        fixture_test(terminals_are_apart),
        fixture_test(background_output_may_come_later),
        fixture_test(ports_are_replaced),
        fixture_test(works_in_a_copy),
        fixture_test(leaves_nothing_behind),
        fixture_test(an_interrupt_ends_it_cleanly),
        fixture_test(goes_on_with_the_next_file),
    };
    int failed;

    tree_make();
    tree_write("backends/x", "");
    failed = fixture_run("replay", tests);
    tree_remove();
    return failed;
}
