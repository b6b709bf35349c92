# tests/bench/measure.sh: one measurement of one contestant. Each reads pid and
# port of the contestant, and records "metric value" pairs. Read by bench.
# shellcheck shell=sh disable=SC2034,SC2154 # variables that bench has, or needs

# record: pairs from standard input, to the file and, as one line, to the reader.
# x is what was varied, or "-"; round and name say whose they are.
record() {
    awk -v OFS='\t' -v run="$run" -v line="$line" -v x="$x" -v round="$round" \
        -v name="$name" -v file="$file" -v rounds="$rounds" '
        {
            print run, line, x, round, name, $1, $2 >>file
            if ($1 !~ /^call:/) text = text "  " $1 " " $2
        }
        END {
            printf "%d/%d %-16s%s%s\n", round, rounds, name,
                x == "-" ? "" : sprintf(" %6s", x), text
        }'
}

# load CONNECTIONS WRK_OPTION...: $work/load has wrk's figures afterwards, and
# those of a probe that ran beside it: wrk does not notice what is never answered.
load() {
    connections=$1
    shift
    (on_other_cores "$tools/probe" "127.0.0.1:$port" -s "$seconds") \
        >"$work/probe" 2>&1 &
    probe=$!
    (on_other_cores wrk -t 1 -c "$connections" -d "$seconds" --latency "$@" \
        "http://127.0.0.1:$port/") >"$work/wrk" 2>&1
    wait $probe
    awk -f "$here/wrk.awk" "$work/wrk" "$work/probe" >"$work/load"
}
requests_made() { awk '$1 == "requests" { print $2 }' "$work/load"; }

# cpu: microseconds a request. waited: percent of the time in which the proxy
# could have run, but somebody else had its core.
measure_load() { # measure_load CONNECTIONS WRK_OPTION...
    before=$(cpu_of "$pid")
    load "$@"
    after=$(cpu_of "$pid")
    awk -v before="$before" -v after="$after" -v seconds="$seconds" '
        $1 == "requests" { n = $2; next }
        { print }
        END {
            split(before, b, " ")
            split(after, a, " ")
            printf "cpu %.2f\n", n ? (a[1] - b[1]) / 1e3 / n : 0
            printf "waited %.1f\n", (a[2] - b[2]) / 1e7 / seconds
        }' "$work/load" | record
}

# measure_body SIZE CONNECTIONS: bodies that the backend sends without touching
# them. cpu: microseconds for one; per_gb: milliseconds for a gigabyte (10^9); speed:
# megabytes per second. By the bytes that wrk has read, whole answers or not.
measure_body() {
    before=$(cpu_of "$pid")
    (on_other_cores wrk -t 1 -c "$2" -d "$seconds" --timeout 20s --latency \
        "http://127.0.0.1:$port/bytes/$1") >"$work/wrk" 2>&1
    after=$(cpu_of "$pid")
    awk -f "$here/wrk.awk" "$work/wrk" | grep -v '^late' >"$work/load"
    awk -v before="$before" -v after="$after" -v size="$1" \
        -v seconds="$seconds" -f "$here/body.awk" "$work/load" "$work/wrk" |
        record
}

# hold_idle COUNT: so many connections that do nothing, until let_go. On those
# who keep connections each has had one answer. They come from another address,
# so that the ports of the load's are not used up.
hold_idle() {
    asked=0
    ! keeps_clients "$name" || asked=1
    rm -f "$work/hold" "$work/idle"
    mkfifo "$work/hold" || exit 1
    on_other_cores "$tools/idle" "127.0.0.2:$port" "$1" -r $asked \
        <"$work/hold" >"$work/idle" 2>&1 &
    idle=$!
    started="$started $idle"
    exec 3>"$work/hold"
    await_line "$work/idle" '^idle holds' $idle && return 0
    complain "$name cannot have $1 idle connections"
    let_go
    return 1
}
let_go() { # sets lost: how many the contestant had closed meanwhile
    exec 3>&-
    until_true 10 has_line "$work/idle" '^idle lost' "$idle"
    stop "$idle"
    lost=$(awk '/^idle lost/ { print $3 }' "$work/idle")
}

# measure_beside_idle COUNT CONNECTIONS: COUNT of 0 is measured, too.
measure_beside_idle() {
    x=$1
    if [ "$1" -eq 0 ]; then
        measure_load "$2"
        return
    fi
    hold_idle "$1" || return
    measure_load "$2"
    let_go
    [ "$lost" = 0 ] || complain "$name closed ${lost:-?} of $1 idle connections"
}

# How much memory each of COUNT connections costs that have had one answer. No
# load before: what that would leave in the heap, free, would hold many of them.
measure_memory() {
    answers "$port"
    before=$(private_kib "$pid")
    hold_idle "$1" || return
    after=$(private_kib "$pid")
    let_go
    echo "bytes $(((after - before) * 1024 / $1))
lost $lost" | record
}

# System calls per request, in all and by name. Tracing makes everything slower,
# so times mean nothing here; and who waits longer finds more at once.
measure_calls() {
    launch_strace || return
    load "$@"
    kill -INT $strace
    wait $strace 2>/dev/null
    awk -v n="$(requests_made)" '
        $1 ~ /^[0-9.]+$/ && $NF != "total" && n {
            printf "call:%s %.3f\n", $NF, $4 / n
            all += $4
        }
        END { printf "calls %.2f\n", n ? all / n : 0 }' "$work/calls" | record
}
launch_strace() {
    pids=$(family "$pid" | tr '\n' ',')
    rm -f "$work/strace" "$work/calls"
    strace -c -f -o "$work/calls" -p "${pids%,}" >/dev/null \
        2>"$work/strace" &
    strace=$!
    started="$started $strace"
    await_line "$work/strace" attached $strace && return 0
    echo "bench: strace may not look at $name"
    return 1
}

# What make race tells: the load; connects: connections that the backends saw, for
# a thousand requests; in the first round also the system calls.
measure_race() {
    had=$(accepted)
    measure_load "$1"
    opened=$(($(accepted) - had - 1)) # one is the question itself
    awk -v opened=$opened -v n="$(requests_made)" 'BEGIN {
        printf "connects %.1f\n", n ? 1000 * opened / n : 0 }' | record
    if [ "$round" -eq 1 ] && command -v strace >/dev/null; then
        each=$seconds
        seconds=1
        measure_calls "$1"
        seconds=$each
    fi
}

# How many of COUNT requests found a connection to the backend that was there
# already. Counted by the backend, from the contestant's first request on, so its
# health checks count as misses.
measure_reuse() {
    total=0
    before=$(accepted)
    while [ $total -lt "$1" ]; do
        load 64
        made=$(requests_made)
        [ "${made:-0}" -gt 0 ] || break
        total=$((total + made))
    done
    opened=$(($(accepted) - before - 1)) # one is the question itself
    awk -v opened=$opened -v total=$total 'BEGIN {
        print "requests", total
        print "opened", opened
        printf "reuse %.4f\n", total ? 100 * (1 - opened / total) : 0 }' | record
    own_statistics
}
own_statistics() { # what our own programs say about it on SIGUSR1
    case $name in
    nginx | haproxy | floor) return ;;
    esac
    kill -USR1 "$pid"
    until_true 1 grep -qi reuse "$contestant_log"
    grep -i reuse "$contestant_log" | sed "s/^/    $name says: /"
}

# Every request of CONNECTIONS connections with a deadline of its own.
measure_answers() {
    (on_other_cores "$tools/probe" "127.0.0.1:$port" -c "$1" -i 0 \
        -s "$seconds") >"$work/probe" 2>&1
    awk -f "$here/wrk.awk" "$work/probe" | record
}
