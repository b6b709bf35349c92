# tests/bench/lines.sh: what there is to measure. A line names its contestants
# and what is done with each of them in each round. Read by bench.
# shellcheck shell=sh disable=SC2034,SC2154 # variables that bench has, or needs
all_lines="keepalive headers busy single close idle idle-chart memory syscalls \
reuse answers body-1m body-64m body-sizes post overhead reload death"
keepers="pooled_lb lb nginx haproxy floor"
movers="pooled_lb zero_copy_lb lb nginx nginx_unbuffered haproxy haproxy_splice"

describe() {
    case $1 in
    keepalive) echo "small keep-alive requests on 64 connections" ;;
    headers) echo "the same with ten headers, as browsers send" ;;
    busy) echo "2,000 connections, all busy" ;;
    single) echo "one connection: latency" ;;
    close) echo "a new client connection for each request" ;;
    idle) echo "64 busy connections beside none and up to 15,000 idle ones" ;;
    idle-chart) echo "32 busy connections beside more and more idle ones" ;;
    memory) echo "memory for each of 5,000 idle keep-alive connections" ;;
    syscalls) echo "system calls per request, 64 keep-alive connections" ;;
    reuse) echo "100,000 requests: how many found a connection to the backend" ;;
    answers) echo "every answer within a second? 64 connections" ;;
    body-1m) echo "answers of 1 MiB on 16 connections" ;;
    body-64m) echo "answers of 64 MiB on 4 connections" ;;
    body-sizes) echo "answers of 4 KiB to 1 MiB, copied and spliced" ;;
    post) echo "POST with bodies of 64 KiB on 64 connections" ;;
    overhead) echo "what master, scoreboard and metrics cost: small keep-alive" ;;
    reload) echo "ten reloads in six seconds under load" ;;
    death) echo "one of two backends is killed and comes back, under load" ;;
    race) echo "two of them side by side, 64 connections (make race)" ;;
    *) return 1 ;;
    esac
}

run_line() {
    pool=128
    master=off
    checked=
    base=
    rounds=${ROUNDS:-5}
    seconds=${SECONDS_EACH:-3}
    case $1 in
    keepalive) together tunnel "$keepers" measure_load 64 ;;
    headers) together tunnel "$keepers" measure_with_headers ;;
    busy)
        pool=2048
        together tunnel "$keepers" measure_load 2000
        ;;
    single) together tunnel "$keepers" measure_load 1 ;;
    close)
        together close "advanced_lb high_perf_lb $keepers" measure_load 64 \
            -H 'Connection: close'
        ;;
    idle) together tunnel "high_perf_lb $keepers" beside_none_and_many ;;
    idle-chart)
        together close "advanced_lb high_perf_select high_perf_lb" \
            beside_more_and_more
        ;;
    memory) alone "pooled_lb lb nginx haproxy" measure_memory 5000 ;;
    syscalls)
        rounds=1
        together tunnel "$keepers" measure_calls 64
        ;;
    reuse)
        rounds=1
        alone "pooled_lb lb nginx haproxy" measure_reuse 100000
        ;;
    answers)
        together tunnel "high_perf_lb pooled_lb lb nginx haproxy" \
            measure_answers 64
        ;;
    body-1m) together tunnel "$movers" measure_body 1048576 16 ;;
    body-64m) together tunnel "$movers" measure_body 67108864 4 ;;
    body-sizes) together tunnel "copies splices" measure_all_bodies ;;
    post)
        together tunnel "$keepers" measure_load 64 -s "$here/post.lua"
        ;;
    overhead)
        rounds=${ROUNDS:-40}
        seconds=${SECONDS_EACH:-1}
        together tunnel "zero_copy_lb lb lb_admin" measure_load 64
        ;;
    reload)
        rounds=${ROUNDS:-3}
        master=on
        together tunnel "lb nginx haproxy" measure_reload 10
        ;;
    death)
        rounds=${ROUNDS:-3}
        checked="check inter 1s"
        with_two_backends alone "lb nginx haproxy" measure_death
        ;;
    race)
        rounds=${ROUNDS:-3}
        seconds=${SECONDS_EACH:-2}
        # shellcheck disable=SC2153 # as race says
        base=${CONTESTANTS%% *}
        together tunnel "load_balancer high_perf_lb" measure_race 64
        ;;
    esac
}

measure_with_headers() {
    measure_load 64 \
        -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' \
        -H 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' \
        -H 'Accept-Language: en-GB,en;q=0.7,de;q=0.3' \
        -H 'Accept-Encoding: gzip, deflate, br, zstd' \
        -H 'Referer: http://www.example.com/catalogue/page/12?order=newest' \
        -H 'Cookie: session=6f1f0c8e5b7d4a52b8e3; theme=dark; consent=1' \
        -H 'Upgrade-Insecure-Requests: 1' -H 'Sec-Fetch-Dest: document' \
        -H 'Sec-Fetch-Mode: navigate' -H 'Cache-Control: max-age=0'
}

measure_all_bodies() {
    for size in 4096 8192 16384 20480 24576 32768 65536 131072 262144 1048576; do
        x=$size
        measure_body $size 16
    done
}

beside_none_and_many() {
    for idle_count in 0 5000 10000 15000; do
        has_room_for $((idle_count + 64)) || break
        measure_beside_idle $idle_count 64
    done
}

beside_more_and_more() {
    for idle_count in 10 100 500 1000 5000 15000; do
        has_room_for $((idle_count + 32)) || break
        measure_beside_idle $idle_count 32
    done
}
# What select(), the arrays of chapter 4, and our number of descriptors allow.
has_room_for() { # has_room_for CLIENTS
    case $name in
    advanced_lb) [ "$1" -le 250 ] ;;
    high_perf_select) [ $(($1 + 64)) -le 1000 ] ;;
    floor) [ $(($1 * 2 + 100)) -le "$descriptors" ] ;;
    *) [ $(($1 + 400)) -le "$descriptors" ] ;;
    esac
}

# chosen CONTESTANT...: those of them that are here, or what CONTESTANTS asks.
chosen() {
    for c in ${CONTESTANTS:-"$@"}; do
        for one in $c; do
            command -v "$(program_of "$one")" >/dev/null && echo "$one"
        done
    done
}

# together MODE CONTESTANTS MEASURE ARGUMENT...: all of them run, and are
# measured by turns, so that a noisy moment hits everybody.
together() {
    mode=$1
    contestants=$(chosen "$2")
    shift 2
    running=
    for name in $contestants; do
        if start_contestant "$name" "$pool" "$mode"; then
            running="$running $name:$pid:$port"
        else
            complain "$name does not start"
        fi
    done
    round=0
    while [ $round -lt "$rounds" ]; do
        round=$((round + 1))
        for entry in $running; do
            measure_one "$entry" "$@"
        done
    done
    for entry in $running; do
        pid=${entry#*:}
        stop "${pid%:*}"
    done
}

# alone CONTESTANTS MEASURE ARGUMENT...: each measured fresh, and nobody else is
# there.
alone() {
    mode=tunnel
    contestants=$(chosen "$1")
    shift
    round=0
    while [ $round -lt "$rounds" ]; do
        round=$((round + 1))
        for name in $contestants; do
            if start_contestant "$name" "$pool" $mode; then
                measure_one "$name:$pid:$port" "$@"
                stop "$pid"
            else
                complain "$name does not start"
            fi
        done
    done
}

measure_one() { # measure_one NAME:PID:PORT MEASURE ARGUMENT...
    name=${1%%:*}
    port=${1##*:}
    pid=${1#*:}
    pid=${pid%:*}
    contestant_log=$work/$name.log
    shift
    x=-
    if is_gone "$pid"; then
        complain "$name has died"
        return
    fi
    "$@"
    ! is_gone "$pid" || complain "$name died while it was measured"
}
