#ifndef CONFIG_H
#define CONFIG_H

#include "authority.h"
#include "backend.h"
#include "cidr.h"
#include "config_faults.h"
#include "config_file.h"
#include "net.h"

#include <stddef.h>
#include <stdint.h>

/* config: what lb is told by its file, lb.json.
 *
 * CONFIG.md lists all keys. It, the checks, the defaults and the JSON Schema
 * for editors come from one table, in config_table.c: a key is added there and
 * in struct config, and nowhere else.
 *
 *     config_t *fresh = config_load("lb.json");
 *     if (!config_validate(fresh))
 *         ... config_error(fresh, 0): "lb.json:7:15: backends[1].port: ..."
 *
 * A config is one block of memory without pointers into anything but constants;
 * it is never changed once it was loaded. Whoever loads it frees it. Times are
 * milliseconds here (seconds in the file), sizes are bytes.
 *
 * All faults of a file are found in one run, unless it is not JSON: then the
 * first. A file that can't be read has that one fault. */

#define CONFIG_FILE_MAX    4095 /* bytes of its own name */
#define CONFIG_TEXT_MAX    1023 /* bytes of a path and the like */
#define CONFIG_HEADER_MAX  64   /* bytes of a header's name */
#define CONFIG_PROXIES_MAX 256

#define CONFIG_WORKERS_AUTO 0 /* one for each core */

struct config_backend {
    char host[AUTHORITY_HOST_MAX + 1]; /* a name or an IP, no brackets */
    int port;
    char name[AUTHORITY_HOST_MAX + 10]; /* as given, or "HOST:PORT" */
    int weight;
    int max_connections; /* 0: no limit */
    int backup;          /* used only when no other is up */
};

enum config_hash_by { HASH_CLIENT_IP, HASH_URI, HASH_HEADER };

struct config_hash_key {
    enum config_hash_by by;
    char header[CONFIG_HEADER_MAX + 1]; /* HASH_HEADER: its name */
};

struct config_proxies {
    int count;
    struct cidr prefixes[CONFIG_PROXIES_MAX];
};

typedef struct config config_t;

/* A section with a member `on` may be absent: then that is 0 and the other
 * members mean nothing. Texts are empty when they are absent. */
struct config {
    char listen_address[NET_IP_TEXT]; /* an IP literal */
    int listen_port;                  /* 0: the kernel chooses */
    int workers;                      /* or CONFIG_WORKERS_AUTO */
    const char *algorithm;            /* a balance's name, not its alias */
    struct config_hash_key hash_key;
    int num_backends;                 /* at least 1 */
    struct config_backend backends[MAX_BACKENDS];
    int resolve_interval_ms;
    int slow_start_ms;
    struct {
        int max_size, ttl_ms;
    } pool;
    struct {
        int on;
        const char *algorithm; /* "token_bucket" or "sliding_window" */
        double per_ip;         /* requests a second */
        int burst;
    } rate_limit;
    struct {
        int interval_ms, timeout_ms;
        int healthy_threshold, unhealthy_threshold;
        char path[CONFIG_TEXT_MAX + 1]; /* empty: connecting is the check */
    } health_check;
    struct config_proxies trusted_proxies;
    struct {
        int connect_ms, read_ms, write_ms, idle_ms, request_ms, tunnel_ms,
            queue_ms;
    } timeouts;
    struct {
        uint64_t header_bytes;
        int headers;
        uint64_t body_bytes; /* 0: no limit */
        int connections;
    } limits;
    int retries;
    struct {
        int on;
        char prefix[CONFIG_TEXT_MAX + 1], root[CONFIG_TEXT_MAX + 1];
    } files; /* "static" in the file */
    uint64_t zero_copy_min; /* 0: never */
    struct {
        int on;
        char address[NET_IP_TEXT];
        int port;
    } admin;
    struct {
        int on;
        char path[CONFIG_TEXT_MAX + 1]; /* "-": standard output */
        const char *format;             /* "combined" or "json" */
    } access_log;
    int proxy_protocol;
    int drain_timeout_ms;
    int watch;

    /* How it came to be: read it with the functions below. */
    char file[CONFIG_FILE_MAX + 1];
    struct config_stamp stamp;
    struct config_faults faults;
};

/* Reads the file. What comes back may have faults: ask config_validate(). NULL
 * only if there is no memory. The caller frees it with config_free(). */
config_t *config_load(const char *filename);

/* The same for a text that is in memory; `filename` is for the faults. */
config_t *config_parse(const char *filename, const char *text, size_t len);

/* 1 if it has no fault and may be used; 0 otherwise, and for NULL. */
int config_validate(config_t *cfg);

/* The i-th fault, from 0, as one line without its end: "FILE:LINE:COLUMN: what
 * is wrong", or "FILE: what is wrong"; NULL behind the last. For a cfg that is
 * NULL the first says that there is no memory. */
const char *config_error(const config_t *cfg, int i);

/* 1 if the file is another than when this was loaded: other bytes (as far as
 * size and time of change tell), another file of the same name, gone, or come.
 * Of use also for one with faults: who watches a file keeps the newest that he
 * loaded, good or not, beside the newest good one, and asks the former. Then a
 * broken file is reported once and not at every look. */
int config_changed(config_t *cfg);

/* Writes the faults to standard error, each as a line. */
void config_print_faults(const config_t *cfg);

/* A fresh config from the file, without a fault; or NULL, and each fault was
 * written to standard error as a line. What the program does at its start, for
 * -t, and when it is told to reload. */
config_t *config_reload(const char *filename);

/* Another one like it, which is to be freed, too. NULL: no memory, or none to
 * copy. */
config_t *config_copy(const config_t *cfg);

/* NULL is allowed. */
void config_free(config_t *cfg);

#endif
