/* board, shared: what the processes of one lb know of each other. */
#include "fixture.h"

#include "../chapter-03/sets.h"
#include "board.h"
#include "shared.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- shared ------------------------------------------------------------- */

static void what_a_child_writes_the_parent_reads(void **state)
{
    int *shared = shared_map(4 * sizeof *shared);
    pid_t pid;

    (void)state;
    assert_non_null(shared);
    for (int i = 0; i < 4; i++)
        assert_int_equal(shared[i], 0);
    pid = fork();
    if (pid == 0) {
        shared[3] = 42;
        _exit(0);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(shared[3], 42);
    shared_unmap(shared, 4 * sizeof *shared);
    shared_unmap(NULL, 0);
}

static void memory_that_cannot_be_had_is_null_and_errno(void **state)
{
    (void)state;
    errno = 0;
    assert_null(shared_map((size_t)-1 / 2));
    assert_int_not_equal(errno, 0);
}

/* ---- sets and rows ------------------------------------------------------ */

/* A board with one generation of backends with these weights. */
static struct board *board_with(const char *weights)
{
    struct board *board = board_open();

    assert_non_null(board);
    assert_int_equal(board_take_set(board), 0);
    memcpy(&board->sets[0].backends, make_set_of(weights),
           sizeof(struct backend_set));
    return board;
}

static struct backend *in_set(struct board *board, int i)
{
    return &board->sets[0].backends.backends[i];
}

static struct backend *in_row(struct board *board, int row, int i)
{
    return &board->rows[row].backends[i];
}

static void there_are_six_sets(void **state)
{
    struct board *board = board_open();

    (void)state;
    for (int i = 0; i < BOARD_SETS; i++)
        assert_int_equal(board_take_set(board), i);
    assert_int_equal(board_take_set(board), -1);
    board_free_set(board, 3);
    assert_int_equal(board_take_set(board), 3);
    assert_int_equal(board_take_set(board), -1);
    board_close(board);
}

static void rows_are_taken_and_given_back(void **state)
{
    struct board *board = board_with("1 1");

    (void)state;
    for (int i = 0; i < BOARD_ROWS; i++)
        assert_int_equal(board_take_row(board, 0), i);
    assert_int_equal(board_take_row(board, 0), -1);
    board_free_row(board, 77);
    assert_int_equal(board->generation[77], -1);
    assert_int_equal(board->rows[77].num_backends, 0);
    assert_int_equal(board_take_row(board, 0), 77);
    board_close(board);
}

static void a_row_knows_who_the_backends_are_and_has_done_nothing(void **state)
{
    struct board *board = board_with("3 2 1");
    struct backend *b = in_set(board, 1);
    int row;

    (void)state;
    b->stats.checks_ok = 9;
    b->stats.failures[BACKEND_TIMEOUT] = 2;
    b->active_connections = b->active_elsewhere = b->current_weight = 5;
    b->is_healthy = 0;
    b->max_connections = 7;
    row = board_take_row(board, 0);
    assert_int_equal(board->rows[row].num_backends, 3);
    assert_string_equal(in_row(board, row, 1)->name, "h2:2");
    assert_int_equal(in_row(board, row, 1)->weight, 2);
    assert_int_equal(in_row(board, row, 1)->max_connections, 7);
    assert_false(in_row(board, row, 1)->is_healthy);
    assert_int_equal(in_row(board, row, 1)->active_connections, 0);
    assert_int_equal(in_row(board, row, 1)->active_elsewhere, 0);
    assert_int_equal(in_row(board, row, 1)->current_weight, 0);
    assert_int_equal(in_row(board, row, 1)->stats.checks_ok, 0);
    assert_int_equal(in_row(board, row, 1)->stats.failures[BACKEND_TIMEOUT], 0);
    board_close(board);
}

static void a_row_that_is_taken_again_remembers_nothing(void **state)
{
    struct board *board = board_with("1 1 1");
    int row = board_take_row(board, 0);

    (void)state;
    in_row(board, row, 2)->stats.total_requests = 100;
    in_row(board, row, 2)->active_connections = 4;
    board->rows[row].current_index = 2;
    board_free_row(board, row);
    assert_int_equal(board_take_row(board, 0), row);
    assert_int_equal(in_row(board, row, 2)->stats.total_requests, 0);
    assert_int_equal(in_row(board, row, 2)->active_connections, 0);
    assert_int_equal(board->rows[row].current_index, 0);
    board_close(board);
}

static void no_two_rows_throw_the_same_dice(void **state)
{
    struct board *board = board_with("1 1");
    int a = board_take_row(board, 0), b = board_take_row(board, 0);

    (void)state;
    assert_true(board->rows[a].dice != board->rows[b].dice);
    board_close(board);
}

/* ---- health ------------------------------------------------------------- */

static void learn(struct board *board, int row, const char *health)
{
    for (int i = 0; health[i] != '\0'; i++)
        in_set(board, i)->is_healthy = health[i] != '-';
    board_learn_health(board, row);
}

/* "+-+": healthy, not, healthy. */
static void expect_health(struct board *board, int row, const char *health)
{
    char got[MAX_BACKENDS + 1] = "";

    for (int i = 0; i < board->rows[row].num_backends; i++)
        got[i] = in_row(board, row, i)->is_healthy ? '+' : '-';
    assert_string_equal(got, health);
}

static void a_worker_learns_what_the_master_found(void **state)
{
    struct board *board = board_with("1 1 1");
    int a = board_take_row(board, 0), b = board_take_row(board, 0);

    (void)state;
    learn(board, a, "+-+");
    expect_health(board, a, "+-+");
    expect_health(board, b, "+++"); /* has not looked yet */
    learn(board, a, "---");
    expect_health(board, a, "---");
    learn(board, a, "+++");
    expect_health(board, a, "+++");
    board_close(board);
}

/* ---- load --------------------------------------------------------------- */

static void how_busy_the_others_are_is_added_up(void **state)
{
    struct board *board = board_with("1 1");
    int me = board_take_row(board, 0), he = board_take_row(board, 0),
        she = board_take_row(board, 0);

    (void)state;
    in_row(board, me, 0)->active_connections = 100;
    in_row(board, he, 0)->active_connections = 3;
    in_row(board, she, 0)->active_connections = 4;
    in_row(board, she, 1)->active_connections = 5;
    board_learn_load(board, me);
    assert_int_equal(in_row(board, me, 0)->active_elsewhere, 7);
    assert_int_equal(in_row(board, me, 1)->active_elsewhere, 5);
    assert_int_equal(in_row(board, he, 0)->active_elsewhere, 0);
    board_free_row(board, she); /* has ended: what it did is over */
    board_learn_load(board, me);
    assert_int_equal(in_row(board, me, 0)->active_elsewhere, 3);
    assert_int_equal(in_row(board, me, 1)->active_elsewhere, 0);
    board_close(board);
}

/* The indices of another generation mean other backends. */
static void other_generations_do_not_count(void **state)
{
    struct board *board = board_with("1 1");
    int other = board_take_set(board), me, he;

    (void)state;
    memcpy(&board->sets[other].backends, make_set_of("1"),
           sizeof(struct backend_set));
    me = board_take_row(board, 0);
    he = board_take_row(board, other);
    in_row(board, he, 0)->active_connections = 9;
    board_learn_load(board, me);
    assert_int_equal(in_row(board, me, 0)->active_elsewhere, 0);
    board_close(board);
}

/* ---- statistics --------------------------------------------------------- */

static struct backend_set total, part;

static void begin_part(const char *weights)
{
    memcpy(&part, make_set_of(weights), sizeof part);
}

static void add_part(uint64_t requests, uint64_t failed, double ms)
{
    struct backend_stats *stats = &part.backends[0].stats;

    begin_part("1");
    stats->total_requests = requests;
    stats->failed_requests = failed;
    stats->avg_response_time = ms;
    stats->bytes_in = 10;
    stats->bytes_out = 20;
    stats->failures[BACKEND_CLOSED] = failed;
    part.backends[0].active_connections = 1;
    board_add_up(&total, &part);
}

static void statistics_are_added_up_by_name(void **state)
{
    const struct backend *sum = &total.backends[0];

    (void)state;
    memset(&total, 0, sizeof total);
    add_part(4, 1, 10);
    add_part(10, 1, 50); /* 3 took 10 ms, 9 took 50: 40 */
    assert_int_equal(total.num_backends, 1);
    assert_string_equal(sum->name, "h1:1");
    assert_int_equal(sum->stats.total_requests, 14);
    assert_int_equal(sum->stats.failed_requests, 2);
    assert_int_equal(sum->stats.failures[BACKEND_CLOSED], 2);
    assert_int_equal(sum->stats.bytes_in, 20);
    assert_int_equal(sum->stats.bytes_out, 40);
    assert_int_equal((int)(sum->stats.avg_response_time * 1000 + 0.5), 40000);
    assert_int_equal(sum->active_connections, 2);
    add_part(5, 5, 0); /* none that went well says nothing of the time */
    assert_int_equal((int)(sum->stats.avg_response_time * 1000 + 0.5), 40000);
}

static void a_new_name_is_added_behind(void **state)
{
    (void)state;
    memset(&total, 0, sizeof total);
    begin_part("1");
    board_add_up(&total, &part);
    begin_part("1 2 3");
    part.backends[2].stats.total_requests = 6;
    board_add_up(&total, &part);
    assert_int_equal(total.num_backends, 3);
    assert_string_equal(total.backends[2].name, "h3:3");
    assert_int_equal(total.backends[2].stats.total_requests, 6);
    assert_int_equal(total.backends[2].weight, 3);
}

static void names_that_find_no_room_are_left_out(void **state)
{
    (void)state;
    memcpy(&total, make_equal_set(MAX_BACKENDS), sizeof total);
    begin_part("1 1");
    strcpy(part.backends[0].name, "unknown:1");
    part.backends[0].stats.total_requests = 1;
    part.backends[1].stats.total_requests = 2;
    board_add_up(&total, &part);
    assert_int_equal(total.num_backends, MAX_BACKENDS);
    assert_int_equal(total.backends[0].stats.total_requests, 0);
    assert_int_equal(total.backends[1].stats.total_requests, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_a_child_writes_the_parent_reads),
        fixture_test(memory_that_cannot_be_had_is_null_and_errno),
        fixture_test(there_are_six_sets),
        fixture_test(rows_are_taken_and_given_back),
        fixture_test(a_row_knows_who_the_backends_are_and_has_done_nothing),
        fixture_test(a_row_that_is_taken_again_remembers_nothing),
        fixture_test(no_two_rows_throw_the_same_dice),
        fixture_test(a_worker_learns_what_the_master_found),
        fixture_test(how_busy_the_others_are_is_added_up),
        fixture_test(other_generations_do_not_count),
        fixture_test(statistics_are_added_up_by_name),
        fixture_test(a_new_name_is_added_behind),
        fixture_test(names_that_find_no_room_are_left_out),
    };

    return fixture_run("board", tests);
}
