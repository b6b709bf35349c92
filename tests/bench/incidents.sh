# tests/bench/incidents.sh: what clients notice when the balancer is reloaded, or
# when a backend dies. Each reads pid and port of the contestant. Read by bench.
# shellcheck shell=sh disable=SC2034,SC2154 # variables that bench has, or needs

# begin_loads SECONDS: wrk on 32 connections that are kept, and beside it a probe
# that takes a new one for each request.
begin_loads() {
    (on_other_cores wrk -t 1 -c 32 -d "$1" --latency \
        "http://127.0.0.1:$port/") >"$work/wrk" 2>&1 &
    kept_load=$!
    (on_other_cores "$tools/probe" "127.0.0.1:$port" -n -c 4 -i 0 -s "$1") \
        >"$work/probe" 2>&1 &
    new_load=$!
}

await_loads() { wait "$kept_load" "$new_load"; }

# losses: what was lost under those loads, and the latencies. lost: requests on
# kept connections, as wrk counts; lost_new: those on new ones, and new:... how.
# late: of both, those whose answer took too long (2 s for wrk, 1 s for probe).
losses() {
    awk -f "$here/wrk.awk" "$work/wrk" | awk '$1 == "rate" || $1 == "p99"'
    awk '
    /Socket errors/ { lost += $4 + $6 + $8; late += $10 }
    /Non-2xx/ { lost += $NF }
    $1 == "probe:" {
        for (i = 2; i < NF; i += 2) v[$i] = $(i + 1)
    }
    END {
        print "lost", lost + 0
        printf "p99_new %.2f\n", v["p99_us"] / 1000
        print "lost_new", v["failed"]
        count = split("refused reset closed wrong", how, " ")
        for (i = 1; i <= count; i++)
            if (v[how[i]] > 0) print "new:" how[i], v[how[i]]
        print "late", late + v["late"]
    }' "$work/wrk" "$work/probe"
}

# measure_reload COUNT: one each 0.6 s. reloads: after how many of them there was
# a new worker before the next.
measure_reload() {
    begin_loads $(($1 * 6 / 10 + 1))
    sleep 0.5
    reloads=0
    i=0
    while [ $i -lt "$1" ]; do
        i=$((i + 1))
        before=$(newest_child)
        ask_to_reload
        sleep 0.6
        [ "$(newest_child)" = "$before" ] || reloads=$((reloads + 1))
    done
    await_loads
    {
        echo "reloads $reloads"
        losses
    } | record
}
newest_child() { family "$pid" | tail -n +2 | sort -n | tail -n 1; }
ask_to_reload() {
    case $name in
    haproxy*) kill -USR2 "$pid" ;;
    *) kill -HUP "$pid" ;;
    esac
}

# with_two_backends COMMAND...: with two, a process each, instead of the others.
with_two_backends() {
    others=$backends
    launch_answer "$work/survivor.log" 0
    survivor=$pid
    backends=127.0.0.1:$(port_in "$work/survivor.log")
    launch_answer "$work/victim.log" 0
    victim=$pid
    victim_port=$(port_in "$work/victim.log")
    backends="$backends 127.0.0.1:$victim_port"
    "$@"
    stop "$survivor" "$victim"
    backends=$others
}

# again: seconds from the return of the killed one to its first request.
measure_death() {
    begin_loads 15
    sleep 2
    kill -9 "$victim"
    stop "$victim"
    sleep 3.4 # not a whole number of intervals: that would favour somebody
    contestant=$pid
    launch_answer "$work/victim.log" "$victim_port"
    victim=$pid
    pid=$contestant
    await_loads
    {
        losses
        awk '/was first asked after/ { printf "again %.2f\n", $(NF - 1) / 1000 }' \
            "$work/victim.log"
    } | record
}
