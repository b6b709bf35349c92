# tests/bench/processes.sh: starting, waiting for and looking at processes.
# Read by bench. Everything that is started here is in $started, and ends with
# stop, or with the script (see its trap).
# shellcheck shell=sh disable=SC2034,SC2154 # variables that bench has, or needs
started=

cores=$(getconf _NPROCESSORS_ONLN)
if [ "$cores" -gt 1 ] && command -v taskset >/dev/null; then
    on_proxy_core() { exec taskset -c 0 "$@"; }
    on_other_cores() { exec taskset -c "1-$((cores - 1))" "$@"; }
    pinned="the proxy on core 0, load and backends on the other $((cores - 1))"
else
    on_proxy_core() { exec "$@"; }
    on_other_cores() { exec "$@"; }
    pinned="not pinned (one core, or no taskset): do not trust the throughput"
fi

# launch LOG COMMAND...: in the background; sets pid. The log is emptied before,
# so that nobody reads in it what its last owner wrote.
launch() {
    log=$1
    shift
    : >"$log"
    "$@" >"$log" 2>&1 &
    pid=$!
    started="$started $pid"
}

# stop PID...: politely, then not.
stop() {
    for p in "$@"; do
        kill "$p" 2>/dev/null
    done
    for p in "$@"; do
        until_true 3 is_gone "$p" || kill -9 "$p" 2>/dev/null
        wait "$p" 2>/dev/null
        started=$(echo " $started " | sed "s/ $p / /")
    done
}

is_alive() { kill -0 "$1" 2>/dev/null; }
is_gone() { ! is_alive "$1" || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# until_true SECONDS COMMAND...: tries ten times a second.
until_true() {
    left=$(($1 * 10))
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 0.1
    done
}

has_line() { # has_line LOG PATTERN PID: or the process is gone
    grep -qs "$2" "$1" || is_gone "$3"
}

# await_line LOG PATTERN PID: 0 when the line is there; the log, and 1, if not.
await_line() {
    until_true 60 has_line "$1" "$2" "$3"
    grep -qs "$2" "$1" && return 0
    sed 's/^/bench: /' "$1" >&2
    return 1
}

answers() { "$tools/idle" "127.0.0.1:$1" 1 -r 1 </dev/null >/dev/null 2>&1; }
answers_or_gone() { answers "$1" || is_gone "$2"; }

# free_port: sets port to one that nobody listens on, below the ephemeral ones.
last_port=$((20000 + $$ % 9000))
free_port() {
    port=$((last_port + 1))
    while cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -qi ":$(printf %04x "$port") [0-9a-f]*:0000 0A"; do
        port=$((port + 1))
    done
    last_port=$port
}

# family PID: it and what it has started.
family() {
    echo "$1"
    # shellcheck disable=SC2013 # words are what is wanted
    for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
        family "$child"
    done
}

# cpu_of PID: two numbers in nanoseconds: how long it and its children have run,
# and how long they could have, but somebody else had the core. (Where the kernel
# does not count these: in ticks of usually 10 ms, and 0.)
cpu_of() {
    for member in $(family "$1"); do
        cat "/proc/$member/task/"*/schedstat 2>/dev/null ||
            awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, "")
                printf "%.0f 0\n", ($12 + $13) / hz * 1e9 }' \
                "/proc/$member/stat"
    done | awk '{ ran += $1; waited += $2 }
        END { printf "%.0f %.0f\n", ran, waited }'
}

# private_kib PID: the memory that would be free without it.
private_kib() {
    for member in $(family "$1"); do
        grep -h '^Private_Dirty:' "/proc/$member/smaps_rollup" 2>/dev/null ||
            grep '^RssAnon:' "/proc/$member/status"
    done | awk '{ kib += $2 } END { print kib + 0 }'
}
