/* upstream: a backend whose name has several addresses, at each of which
 * somebody accepts and dies. Each may be tried once, not for ever. */
#include "fixture.h"

#include "rig.h"

/* A backend with two addresses, which are those of two listeners. */
static void join_addresses(struct rig *rig)
{
    struct backend *first = &rig->set.backends[0];

    first->addresses.at[1] = rig->set.backends[1].addresses.at[0];
    first->addresses.count = 2;
    rig->set.num_backends = 1;
}

/* Takes the request and closes without an answer. */
static void die_with_it(struct rig *rig, int listener)
{
    char head[4096];
    int fd = rig_accept(rig, listener);

    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    wire_close(fd);
}

static void each_address_gets_a_request_once(void **state)
{
    struct rig *rig = rig_make(2);
    int client;

    (void)state;
    join_addresses(rig);
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    die_with_it(rig, 0);
    die_with_it(rig, 1);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    assert_int_equal(rig->last.tries, 2);
    rig_close(rig);
}

/* And the next request begins anew. */
static void the_next_request_has_all_of_them_again(void **state)
{
    struct rig *rig = rig_make(2);
    int client;

    (void)state;
    join_addresses(rig);
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    die_with_it(rig, 0);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    client = rig_client(rig, RIG_GET); /* the one that answered comes first */
    die_with_it(rig, 1);
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(each_address_gets_a_request_once),
        fixture_test(the_next_request_has_all_of_them_again),
    };

    return fixture_run("upstream: addresses", tests);
}
