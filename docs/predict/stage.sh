# docs/predict/stage.sh SCRIPT: an experiment's stage. Runs SCRIPT, a question's
# experiment, with these helpers around it, in $room, a directory of its own that
# predict.sh makes and removes. What SCRIPT shows is printed; its result, one
# line, is left in $room/result.
#
# Everything listens on a port that the kernel chose; everything is waited for,
# never slept for; what was started here ends with the script, by its number.
# (How processes are started, watched and ended is tests/bench/processes.sh.)
# shellcheck shell=sh disable=SC1090,SC1091,SC2154 # pid and started are processes.sh's
. tests/bench/processes.sh
root=$PWD
room=$PREDICT_ROOM

finish() {
    trap '' EXIT INT TERM
    # shellcheck disable=SC2086 # a list of numbers
    stop $started
    exit "$1"
}
trap 'finish 1' INT TERM
trap 'finish $?' EXIT

fail() {
    echo "predict: $*" >&2
    finish 1
}

show() { printf '  %s\n' "$*"; }
result() { printf '%s\n' "$*" >"$room/result"; }

# ---- programs ---------------------------------------------------------------

# program NAME: where it lies.
program() {
    for place in backends chapter-* tests/bench; do
        [ ! -x "$root/$place/$1" ] || echo "$root/$place/$1"
    done
}

# run NAME COMMAND...: starts any command. Its output goes to $room/NAME.
run() {
    name=$1
    shift
    launch "$room/$name" "$@"
    note_pid
}
note_pid() {
    echo "$pid" >"$room/$name.pid"
    echo "$pid" >>"$room/pids" # for predict.sh, should the time be up
}

# feed NAME PROGRAM ARGUMENT...: a client that waits until the script opens
# $room/NAME.in, as descriptor 7 or 8, and takes what is written there.
feed() {
    name=$1 path=$(program "$2")
    shift 2
    mkfifo "$room/$name.in" || fail "no FIFO"
    "$path" "$@" <"$room/$name.in" >"$room/$name" 2>&1 7>&- 8>&- &
    pid=$!
    started="$started $pid"
    note_pid
}

# start NAME PROGRAM ARGUMENT...: starts it, and returns when it is ready.
start() {
    program=$2
    path=$(program "$2")
    [ -n "$path" ] || fail "$2 is not built"
    name=$1
    shift 2
    run "$name" "$path" "$@"
    said "$name" "^$program listening on "
}

# said NAME PATTERN: waits until it has printed that.
said() {
    await_line "$room/$1" "$2" "$(pid "$1")" || fail "$1 did not print: $2"
}

pid() { cat "$room/$1.pid"; }
printed() { grep -c "$2" "$room/$1"; }
# port NAME [WHAT]: the one that its ready line says; WHAT, as in `admin`, is
# another one of it.
port() {
    sed -n "s/^[a-z_]* ${2:+$2 }listening on .*:\([0-9]*\)\$/\1/p" "$room/$1" |
        head -n 1
}
at() { echo "127.0.0.1:$(port "$1")"; }
backends() { # backends NAME...
    for name in "$@"; do
        start "$name" simple_http_backend 0 "$name"
    done
}
end() { stop "$(pid "$1")"; } # end NAME

# compile NAME CHAPTER: standard input, a program with that chapter's modules.
# play NAME ARGUMENT...: runs it; shows what it prints, which is in $room/NAME.out.
compile() {
    cat >"$room/$1.c"
    seen=
    for chapter in "$root"/chapter-*; do
        seen="$seen -I$chapter"
        [ "$chapter" != "$root/$2" ] || break
    done
    # shellcheck disable=SC2086 # a list of words
    ${CC:-cc} -std=c99 -D_POSIX_C_SOURCE=200809L $seen -o "$room/$1" \
        "$room/$1.c" "$root/build/plain/$2/modules.a" ||
        fail "$1.c does not build"
}
play() {
    name=$1
    shift
    "$room/$name" "$@" >"$room/$name.out" || fail "$name failed"
    while read -r line; do show "$line"; done <"$room/$name.out"
}

# ---- clients ----------------------------------------------------------------

# client NAME [WHAT]: its input goes to NAME's port, what comes back is printed.
client() { "$(program echo_client)" 127.0.0.1 "$(port "$@")"; }

# head_of LINE...: these lines, and a Host, as the head of a request.
head_of() { printf '%s\r\n' "$@" 'Host: predict' ''; }

# ask NAME LINE...: sends such a head; prints the answer.
ask() {
    to=$1
    shift
    head_of "$@" | client "$to"
}

status_of() { sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p'; }
plain() { tr -d '\r'; }
body_of() { plain | sed '1,/^$/d'; }
# who NAME COUNT: asks so often, and prints which backends answered.
who() {
    repeat "$2" ask "$1" 'GET / HTTP/1.0' | sed -n 's/^Hello from //p' |
        tr '\n' ' ' | sed 's/ $//'
}
repeat() { # repeat COUNT COMMAND...
    more=$1
    shift
    while [ "$more" -gt 0 ]; do
        "$@"
        more=$((more - 1))
    done
}

# page NAME PATH: what its admin port says.
page() { head_of "GET $2 HTTP/1.0" | client "$1" admin | body_of; }

# ask_slowly NAME LINE...: the same by a client that reads the first line of the
# answer, and nothing more before rest_of_answer, which prints the rest.
ask_slowly() {
    mkfifo "$room/slow" || fail "no FIFO"
    ask "$@" >"$room/slow" &
    exec 9<"$room/slow"
    read -r line <&9 || fail "no answer came"
    show "the client has read: $line"
}
rest_of_answer() { cat <&9; }

# ---- the kernel's view ------------------------------------------------------

# sockets: the TCP sockets of this machine, one a line: local port, remote port,
# state, bytes received and not yet read.
sockets() {
    if [ -r /proc/net/tcp ]; then
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '
            function number(text, i, n) {
                for (i = 1; i <= length(text); i++)
                    n = 16 * n + index("123456789ABCDEF", substr(text, i, 1))
                return n
            }
            BEGIN { name["01"] = "ESTABLISHED"; name["06"] = "TIME_WAIT"
                    name["08"] = "CLOSE_WAIT"; name["0A"] = "LISTEN" }
            $2 ~ /:/ { sub(/.*:/, "", $2); sub(/.*:/, "", $3)
                sub(/.*:/, "", $5)
                print number($2), number($3), name[$4], number($5) }'
    else
        netstat -an -p tcp | awk '/^tcp/ { sub(/.*[.:]/, "", $4)
            sub(/.*[.:]/, "", $5); print $4, $5, $6, $2 }'
    fi
}

# queued NAME COUNT: so many bytes were sent to NAME, and wait for it.
queued() {
    [ "$2" -eq "$(sockets | awk -v port="$(port "$1")" '
        $1 == port && $3 != "LISTEN" { n += $4 } END { print n + 0 }')" ]
}

. "$root/$1"
