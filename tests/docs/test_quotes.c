/* readme quotes and readme refresh, over small files. */
#include "tree.h"

static const char source[] =
    "#include <stdio.h>\n"
    "#define ONE 1\n"
    "#define SUM(a, b) \\\n"
    "    ((a) + \\\n"
    "     (b))\n"
    "#define SUMS 3\n"
    "struct pair { int a, b; };\n"
    "struct pair one = { 1, 1 };\n"
    "struct list {\n"
    "    struct list *next;\n"
    "};\n"
    "enum state { UP, DOWN };\n"
    "static int add(int a, int b);\n"
    "\n"
    "/* Adds. */\n"
    "static int add(int a, int b)\n"
    "{\n"
    "    if (a) {\n"
    "        return a + b;\n"
    "    }\n"
    "    return b;\n"
    "}\n"
    "\n"
    "int\n"
    "twice(int a)\n"
    "{\n"
    "    return add(a, a);\n"
    "}\n";

struct sample {
    const char *quote, *says;
};

static void expect_all(const struct sample *all, size_t count, int status)
{
    for (size_t i = 0; i < count; i++)
        tree_expect_text("quotes", all[i].quote, status, all[i].says);
}

#define EXPECT_ALL(all, status) \
    expect_all(all, sizeof(all) / sizeof *(all), status)

static void finds_all_that_can_be_named(void **state)
{
    static const struct sample good[] = {
        {"```c a.c:add\nstatic int add(int a, int b)\n{\n    if (a) {\n"
         "        return a + b;\n    }\n    return b;\n}\n```\n", ": 1 quotes"},
        {"```c a.c:twice\nint\ntwice(int a)\n{\n    return add(a, a);\n}\n```\n",
         ": 1 quotes"},
        {"```c a.h:twice\nint twice(int a,\n          int unused);\n```\n",
         ": 1 quotes"},
        {"```c a.c:struct pair\nstruct pair { int a, b; };\n```\n",
         ": 1 quotes"},
        {"```c a.c:struct list\nstruct list {\n    struct list *next;\n};\n```",
         ": 1 quotes"},
        {"```c a.c:enum state\nenum state { UP, DOWN };\n```\n", ": 1 quotes"},
        {"```c a.c:#define SUM\n#define SUM(a, b) \\\n    ((a) + \\\n"
         "     (b))\n```\n", ": 1 quotes"},
        {"```c a.c:/#define ONE/\n#define ONE 1\n```\n", ": 1 quotes"},
        {"```c a.c:/^twice/,/^{$/\ntwice(int a)\n{\n```\n", ": 1 quotes"},
        {"```c a.c:/if (a) {/,/}/\nif (a) {\n    return a + b;\n}\n```\n",
         ": 1 quotes"},
        {"```c a.c:/\\/\\* Adds/\n/* Adds. */\n```\n", ": 1 quotes"},
        {"```make common.mk:*\n```\n", ": 1 quotes"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
}

static void finds_the_file(void **state)
{
    static const struct sample good[] = {
        {"```c chapter-01-a/one.c:/int/\nint one;\n```\n", ": 1 quotes"},
        {"```c one.c:/int/\nint one;\n```\n", ": 1 quotes"},
    };
    static const struct sample bad[] = {
        {"```c none.c:/int/\n```\n", "R.md:1: there is no file none.c"},
        {"```c both.c:/int/\n```\n", "R.md:1: there are several files both.c"},
        {"text\n```c a.c\n```\n", "R.md:2: 'a.c' is not NAME:WHAT"},
    };

    (void)state;
    tree_write("chapter-01-a/one.c", "int one;\n");
    tree_write("chapter-01-a/both.c", "int first;\n");
    tree_write("chapter-02-b/both.c", "int second;\n");
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
    tree_write("chapter-02-b/R.md", "```c both.c:/int/\nint second;\n```\n");
    tree_expect("quotes", "chapter-02-b/R.md", 0, ": 1 quotes");
}

static void names_the_line_that_differs(void **state)
{
    static const struct sample bad[] = {
        {"\n```c a.c:twice\nint\ntwice(int b)\n{\n    return add(a, a);\n}\n```\n",
         "R.md:4: the quote is not a.c:twice any more\n"
         "  source| twice(int a)\n"},
        {"```c a.c:twice\nint\ntwice(int a)\n{\n    return add(a, a);\n```\n",
         "R.md:6: the quote is not"},
        {"```c a.c:/ONE/\n#define ONE 1\nmore\n```\n", "R.md:3: the quote is"},
        {"```c a.c:thrice\n```\n", "R.md:1: a.c has no thrice"},
        {"```c a.c:/[/\n```\n", "R.md:1: a.c has no /[/"},
    };

    (void)state;
    EXPECT_ALL(bad, 1);
}

static void leaves_other_blocks_alone(void **state)
{
    static const struct sample good[] = {
        {"```c\nint x;\n```\n", "R.md:1: not checked"},
        {"```c\nint x;\n```\n", ": 0 quotes, 0 links, 1 illustrations"},
        {"```console 2 numbers\n$ x\n```\n", ": 0 quotes"},
        {"````markdown\n```c none.c:x\n```\n````\n", ": 0 quotes, 0 links, 1 illus"},
    };

    (void)state;
    EXPECT_ALL(good, 0);
}

static void refresh_rewrites_what_differs(void **state)
{
    static const char before[] = "# A\n\n- item\n\n  ```c a.c:twice\n  old\n"
                                 "  ```\n\n```c\nfree\n```\n"
                                 "```c a.c:/ONE/\n```\nend\n";
    static const char after[] = "# A\n\n- item\n\n  ```c a.c:twice\n  int\n"
                                "  twice(int a)\n  {\n"
                                "      return add(a, a);\n  }\n"
                                "  ```\n\n```c\nfree\n```\n"
                                "```c a.c:/ONE/\n#define ONE 1\n```\nend\n";

    (void)state;
    tree_expect_text("refresh", before, 0, ": 2 quotes, 2 refreshed");
    assert_string_equal(tree_read("R.md"), after);
    tree_expect("refresh", "R.md", 0, ": 2 quotes, 0 refreshed");
    tree_expect("quotes", "R.md", 0, ": 2 quotes, 0 links");
}

static void refresh_keeps_what_it_cannot_find(void **state)
{
    static const char text[] = "```c a.c:gone\nold\n```\n"
                               "```c a.c:/ONE/\n```\n";

    (void)state;
    tree_expect_text("refresh", text, 1, "R.md:1: a.c has no gone");
    assert_string_equal(tree_read("R.md"), "```c a.c:gone\nold\n```\n"
                                           "```c a.c:/ONE/\n#define ONE 1\n"
                                           "```\n");
}

static void follows_links(void **state)
{
    static const struct sample good[] = {
        {"[a](a.c) [b](chapter-01-a) ![c](/a.h \"title\")\n[d]: <a.c>\n",
         ": 0 quotes, 4 links"},
        {"# What's *new*, in `poll()` — here?\n"
         "[a](#whats-new-in-poll--here)\n", "1 links"},
        {"## A b\n## A b\n[1](#a-b) [2](#a-b-1)\n", "2 links"},
        {"[a](other.md#the-end)\n<a id=\"here\"></a>\n[b](#here)\n", "2 links"},
        {"[a](https://x.org/) [b](mailto:a@b) `[c](none)`\n```\n[d](none)\n"
         "```\n", "0 links"},
    };
    static const struct sample bad[] = {
        {"\nsee [a](none.c)", "R.md:2: the link none.c leads to no file"},
        {"## A\n```\n# B\n```\n[a](#b)\n", "R.md:5: the link #b leads to no h"},
        {"[a](other.md#begin)\n", "R.md:1: the link other.md#begin leads to no"},
    };

    (void)state;
    tree_write("other.md", "# The end #\n");
    EXPECT_ALL(good, 0);
    EXPECT_ALL(bad, 1);
}

static void refuses_a_wrong_command_line(void **state)
{
    static const char *const wrong[][4] = {
        {TREE_README, NULL, NULL, NULL},
        {TREE_README, "quotes", NULL, NULL},
        {TREE_README, "look", "R.md", NULL},
        {TREE_README, "quotes", "/nonexistent.md", NULL},
    };
    static const char *const help[] = {TREE_README, "-h", NULL};
    struct run r;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        r = program_run(wrong[i], NULL, 0);
        assert_int_equal(r.status, 2);
        assert_non_null(strstr(r.err, "readme: "));
        run_free(&r);
    }
    r = program_run(help, NULL, 0);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(r.out, "usage: readme"));
    run_free(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(finds_all_that_can_be_named),
        fixture_test(finds_the_file),
        fixture_test(names_the_line_that_differs),
        fixture_test(leaves_other_blocks_alone),
        fixture_test(refresh_rewrites_what_differs),
        fixture_test(refresh_keeps_what_it_cannot_find),
        fixture_test(follows_links),
        fixture_test(refuses_a_wrong_command_line),
    };
    int failed;

    tree_make();
    tree_write("a.c", source);
    tree_write("a.h", "int twice(int a,\n          int unused);\n");
    failed = fixture_run("quotes", tests);
    tree_remove();
    return failed;
}
