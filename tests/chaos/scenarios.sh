# tests/chaos/scenarios.sh: what goes wrong. Read by run, whose functions these
# use: each ends with its judgement.
# shellcheck shell=sh disable=SC2154,SC2034 # variables that run has, or needs

# Twenty reloads of the same file, one each half second: nobody notices.
play_reloads() {
    command -v wrk >/dev/null && with_wrk=yes
    configure 2 "$all"
    load 11
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        sleep 0.5
        hangup
    done
    judge "20 reloads"
}

# The same, but every second file is broken, and of the others each has other
# backends, and one worker or four.
play_changes() {
    command -v wrk >/dev/null && with_wrk=yes
    load 11
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        sleep 0.5
        case $((n % 4)) in
        1) configure 1 "$port1 $port2" ;;
        3) configure 4 "$port3 $port4" ;;
        *) echo '{"listen_port": 0, "workers": ' >"$dir/lb.json" ;;
        esac
        hangup
    done
    judge "20 reloads of changing and broken files"
}

# restart N: backend number N is killed, is away for a moment, and comes back.
restart() {
    eval "old=\$backend$1 at_port=\$port$1"
    kill -9 "$old"
    wait "$old" 2>/dev/null
    started=$(echo " $started " | sed "s/ $old / /")
    sleep 1
    backend "$at_port"
    eval "backend$1=$pid"
    sleep 1
}

# There is always another one who can answer a GET.
play_backends() {
    configure 2 "$all" "$check"
    reload
    load 7
    restart 1
    restart 2
    restart 3
    judge "3 backends killed"
}

# What a killed worker had under way is lost, and no more than that: at most one
# request of each client, each time.
play_workers() {
    configure 2 "$all"
    reload
    load 5
    for n in 1 2 3; do
        sleep 1
        victim=$(workers | cut -d' ' -f1)
        [ -n "$victim" ] && kill -9 "$victim"
    done
    judge "3 workers killed" 96
    load 1
    judge "after that"
}

# Checks that ask for a page know rogues for what they are: nobody meets them.
# Checks that only connect do not, but there is always another one who can answer
# a GET. Only what is broken off in the middle of its answer is lost: so often as
# it takes to find out, each time.
play_rogues() {
    bad=
    rogues=
    for role in silent garbage drip; do
        rogue $role
        bad="$bad $port"
        rogues="$rogues $pid"
    done
    configure 2 "$port1 $bad" "$check"
    reload
    load 3
    judge "3 of 4 backends are rogues, and known"
    asked='"timeouts": {"read": 0.3}, "retries": 3,
        "algorithm": "random_two_choices"'
    configure 2 "$port1 $port2 $bad" "$asked"
    reload
    load 6
    judge "3 of 5 backends are rogues, and are asked"
    rogue reset
    rogues="$rogues $pid"
    configure 2 "$port1 $port2 $bad $port" "$asked"
    reload
    load 6
    judge "one more breaks off its answers" 64
    configure 2 "$port1 $port2"
    reload
    load 1
    judge "without them"
    # shellcheck disable=SC2086 # a list of numbers
    stop $rogues
}

# Two thousand clients that never come to the end of their head.
play_slow() {
    configure 2 "$all" '"timeouts": {"request": 3}'
    reload
    load 2
    judge "before slow clients"
    before="$(p99 kept) us kept, $(p99 new) us new"
    rogue slow "$at" 2000
    slow=$pid
    sleep 2
    load 4
    judge "beside 2000 slow clients"
    say "p99 was $before"
    stop "$slow"
}

# They take nothing of 64 MiB each: what lies in our memory is bounded.
play_deaf() {
    configure 2 "$all"
    reload
    kib_before=$(private_kib "$master")
    rogue deaf "$at" 200
    deaf=$pid
    sleep 1
    load 2
    judge "beside 200 deaf clients"
    more=$(($(private_kib "$master") - kib_before))
    say "they cost $more KiB"
    [ $more -lt 32768 ] || fault "deaf clients: $more KiB"
    stop "$deaf"
}

# Ten thousand idle ones, and those who ask do not notice.
play_crowd() {
    most=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
    [ "$most" = unlimited ] || [ "$most" -ge 11000 ] || {
        say "a crowd: SKIPPED: at most $most descriptors here"
        return
    }
    configure 2 "$all" '"limits": {"connections": 10000}'
    reload
    mkfifo "$dir/crowd.in" # what is behind & has no other standard input
    exec 3<>"$dir/crowd.in"
    # shellcheck disable=SC2016 # the inner shell's
    launch "$dir/crowd" sh -c 'exec "$1" "$2" 10000 -r 1 <"$3" 3>&-' crowd \
        "$tools/idle" "$at" "$dir/crowd.in"
    crowd=$pid
    until_true 30 has_line "$dir/crowd" . "$crowd" ||
        fault "a crowd: $(cat "$dir/crowd")"
    say "a crowd of 10000 costs $(private_kib "$master") KiB in all"
    load 2
    judge "beside 10000 idle clients"
    exec 3>&-
    until_true 10 is_gone "$crowd" || stop "$crowd"
    wait "$crowd"
    started=$(echo " $started " | sed "s/ $crowd / /")
    say "$(tail -1 "$dir/crowd")"
    rm -f "$dir/crowd.in"
}

# The end: the master is killed; its workers go, and its port is free.
play_death() {
    members=$(workers)
    kill -9 "$master"
    wait "$master" 2>/dev/null
    started=$(echo " $started " | sed "s/ $master / /")
    for member in $members; do
        until_true 10 is_gone "$member" || fault "worker $member outlives lb"
    done
    sed "s/\"listen_port\": 0/\"listen_port\": ${at#*:}/" "$dir/lb.json" \
        >"$dir/again.json"
    launch "$dir/lb.log" "$lb" -c "$dir/again.json"
    master=$pid
    await_line "$dir/lb.log" '^lb listening on ' "$master" ||
        fault "the port of a killed master is not free"
    load 1
    judge "a new lb on the old port"
    stop "$master"
}
