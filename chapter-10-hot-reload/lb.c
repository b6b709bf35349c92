/* lb: the load balancer.
 *
 * All parts of the chapters before, put together by a file: lb.json says what is
 * to be done, a master sees to it that it is done (master.h), and workers do it
 * (worker.h). When the file changes, a new generation of workers takes over, and
 * no client notices (generation.h).
 *
 * Missing on purpose: TLS (a terminator in front, and proxy_protocol), HTTP/2.
 * Read next: master.h, generation.h, worker.c, board.h, config_table.c. */

#include "config.h"
#include "master.h"
#include "options.h"

#include "log.h"

static const char PROGRAM[] = "lb";
static const char USAGE[] =
    "usage: lb [-t] [-c FILE]\n"
    "Spreads HTTP requests over backends, as a file says.\n"
    "  -c FILE    the configuration (default: lb.json)\n"
    "  -t         check it, say what is wrong with it, and exit\n"
    "To reload the file: kill -HUP PID. Statistics: kill -USR1 PID.\n"
    "To stop: Ctrl-C once, again to hurry.\n"
    "Example: lb -c /etc/lb.json\n";

struct command {
    const char *file;
    int only_check;
};

static const char *take_argument(void *self, int what, int n, const char *value)
{
    struct command *command = self;

    (void)n;
    if (what == 'c')
        command->file = value;
    else if (what == 't')
        command->only_check = 1;
    else
        return "lb takes no operands";
    return NULL;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "c|t",
                                                     0, ""};
    struct command command = {"lb.json", 0};
    int status = options_read(&command_line, argc, argv, take_argument,
                              &command);
    config_t *config;

    if (status >= 0)
        return status;
    config = config_reload(command.file);
    if (config == NULL)
        return 1;
    if (!command.only_check)
        return master_run(PROGRAM, config);
    log_line("%s: the configuration is valid", command.file);
    config_free(config);
    return 0;
}
