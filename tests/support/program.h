#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

/* program: starts the course's programs and other commands as processes, waits
 * for their ready line, and ends them on every path.
 *
 * Everything started is remembered until it has been reaped. The fixture (see
 * fixture.h) kills what a failed test left behind, by pid, and fails a test
 * that forgot one. All functions fail the running test, with the program's
 * output in the message, instead of returning an error.
 *
 * LB_TEST_PROGRAM_WRAPPER, if set ("valgrind -q --error-exitcode=99"), is put
 * in front of the course's programs; the ones with a leading "/" are left
 * alone. */

struct program; /* this module owns it, until it was waited for or stopped */

/* Starts `path` with arguments up to a NULL: for example
 *     program_start("backends/simple_http_backend", "0", "b1", NULL)
 * A path without a leading '/' is looked for among the programs that were built
 * with this test (the plain ones or those of a variant). Standard output and
 * standard error are collected together; standard input is /dev/null. Waits
 * until the program prints "... listening on ADDRESS:PORT". */
struct program *program_start(const char *path, ...);

/* The same for an argument vector: the path first, NULL at its end. */
struct program *program_start_args(const char *const argv[]);

/* Starts a program that prints no ready line; does not wait. Its input is a
 * pipe: program_input() writes to it, program_end_input() closes it. */
struct program *program_spawn(const char *const argv[]);
void program_input(struct program *p, const void *data, size_t len);
void program_end_input(struct program *p);

/* The port of the ready line, the process, the number of its open descriptors
 * (-1 where the system cannot tell), its resident memory in KiB, and the
 * processor time that it has used (-1 where the system cannot tell). */
int program_port(const struct program *p);
pid_t program_pid(const struct program *p);
int program_descriptors(const struct program *p);
long program_memory_kib(const struct program *p);
long program_cpu_ms(const struct program *p);

/* All that it has printed so far, NUL-terminated (stdout and stderr in the
 * order in which they came). Valid until the next call for this program. */
const char *program_output(struct program *p);

/* Waits until the output contains `text` (at most 10 scaled seconds; the _in
 * form takes its own limit), and returns the place in the output. */
const char *program_expect(struct program *p, const char *text);
const char *program_expect_in(struct program *p, const char *text, int ms);

void program_signal(struct program *p, int sig);

/* SIGSTOP, and it has stopped: what comes until SIGCONT it finds at once. */
void program_freeze(struct program *p);

/* Waits for its end, at most 30 scaled seconds: the exit status, or 128 +
 * signal. Reads its output meanwhile, so that it never blocks on a full pipe.
 * Frees p. The form with `output` hands over what it printed (free() it). */
int program_wait(struct program *p);
int program_wait_output(struct program *p, char **output);

/* SIGTERM, and it must exit 0 (see the contract of every program). Frees p. */
void program_stop(struct program *p);

/* SIGKILL, for the tests that want a crash. Frees p. */
void program_kill(struct program *p);

/* Runs a command to its end: for wrong command lines, -h and the like. Standard
 * output and standard error are kept apart. Input may be NULL. */
struct run {
    int status;      /* exit status, or 128 + signal */
    char *out, *err; /* NUL-terminated */
    size_t out_len, err_len;
};
struct run program_run(const char *const argv[], const void *input, size_t len);
void run_free(struct run *r);

/* Kills and reaps all that is still running; returns how many there were. */
int program_end_all(void);

#endif
