#ifndef CLIENT_TABLE_H
#define CLIENT_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* client_table: 56 bits for each client, in memory of a fixed size that several
 * processes may share.
 *
 * A client's number, hashed with a secret, says in which set it belongs; a set
 * has eight places. Finding a client is looking at eight places, never more. A
 * newcomer to a full set takes the place of the one unseen for the longest time,
 * whose bits are forgotten. So a million addresses neither let it grow nor slow
 * it down; they push each other out, and, if they are many, others too.
 *
 *     hash of the client:  | name: 56 bits | ........ |       set: low bits
 *
 *     set:  key[8]     | name 56 | turn 8 |     who has the place
 *           state[8]   | value 56 | turn 8 |    what is remembered of him
 *           seen_ms[8]                          when he was last here
 *
 * Two clients are taken for one if all 64 bits of their hashes agree.
 *
 * Nobody waits for anybody: each change is one compare-and-swap of one word, and
 * a process that is killed between two of them leaves nothing half done. A place
 * changes hands by a swap of its key, which has a new turn; a state of another
 * turn is not its owner's and counts as none. Whoever looked at a place before
 * that finds another state than he knows, and looks again.
 *
 * Two processes that make room for the same newcomer in the same microsecond may
 * each give him a place; the first one counts from then on, and what was
 * remembered in the other is lost. This needs a full set.
 *
 * There is no pointer in it, so that it may lie at a different address in each
 * process. Processes that share it should agree on the time. */

#define CLIENT_TABLE_WAYS 8
#define CLIENT_VALUE_MAX  (UINT64_MAX >> 8)

struct client_table;

struct client_record {
    uint64_t value;   /* what was stored for the client */
    int is_known;     /* 0: nothing is stored, value is 0 */
    uint64_t idle_ms; /* since it was last looked for */
    int looks;        /* places looked at to find it: for tests */

    uint64_t *state, was; /* for client_table_store() */
    unsigned turn;
};

/* The bytes of a table for about so many clients: rounded up to a power of two,
 * at least 8. Sets fill unevenly: of half as many clients 8 in 1,000 find no place
 * without pushing out another. */
size_t client_table_size(size_t clients);

/* Makes a table of client_table_size(clients) bytes, whose address is a multiple
 * of 8 (of 64 is faster). It is the caller's memory, who frees it. The table, or
 * NULL and errno if no secret is to be had. */
struct client_table *client_table_init(void *memory, size_t clients);

/* Looks for a client, and makes a place for it if it has none. What was stored
 * under another kind has nothing to do with it. */
void client_table_find(struct client_table *table, uint64_t kind,
                       uint64_t client, uint64_t now_ms,
                       struct client_record *record);

/* Stores a value (at most CLIENT_VALUE_MAX) for the client that was found: 1; or
 * 0 if another process was faster or the place has changed hands: find again. */
int client_table_store(const struct client_record *record, uint64_t value);

#endif
