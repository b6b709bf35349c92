# storm.awk: a server that stands still for 3 s, and clients that try again.
#
#     awk -f docs/beyond/storm.awk
#
# 70 new requests a second come to a server that does 100 a second, one after
# the other, in the order in which they came. A client waits 1 s for its answer,
# then gives up, and tries again or not; the server does not notice that it has
# gone, and works on. From second 10 to 13 the server does nothing at all. What
# is printed is how many answers came in time, in each second: 7 is 70 to 79, + is
# 100. A tick is 10 ms; there are no dice in it.

BEGIN {
    print "                           seconds"
    print "                           0         10        20        30        40"
    run("no retries", 0, 0, 0, 0)
    run("3 retries", 3, 0, 0, 0)
    run("3 retries, budget 10 %", 3, 10, 0, 0)
    run("3 retries, deadlines told", 3, 0, 1, 0)
    run("3 retries, queue of 50", 3, 0, 0, 50)
}

# budget: retries per 100 new requests (0: any number). told: the server knows
# when a client gives up, and does nothing for it then. queue: so many wait, at
# most; who finds it full is refused, and asks again a second later (0: any
# number).
function run(name, retries, budget, told, queue,    tick, credit, second) {
    split("", born); split("", tries); split("", done); split("", waiting)
    split("", good)
    count = first = last = 0 # requests so far; waiting[first] is served next
    oldest = 1               # those before have their answer, or have given up
    tokens = 0
    for (tick = 0; tick < 4800; tick++) {
        for (credit += 70; credit >= 100; credit -= 100) {
            if (tokens < 1000) tokens += budget
            ask(tick, 0, queue, retries, budget)
        }
        give_up(tick, queue, retries, budget)
        if (tick < 1000 || tick >= 1300) serve(tick, told)
    }
    printf "%-27s", name
    for (second = 0; second < 48; second++)
        printf "%s", good[second] < 100 ? int(good[second] / 10) : "+"
    print ""
}

function ask(tick, n, queue, retries, budget) {
    born[++count] = tick
    tries[count] = n
    if (queue > 0 && last - first >= queue)
        done[count] = 2 # refused, and it is the client's turn again in a second
    else
        waiting[last++] = count
}

# Those who came a second ago and have no answer.
function give_up(tick, queue, retries, budget) {
    for (; oldest <= count && born[oldest] + 100 <= tick; oldest++) {
        if (done[oldest] != 1 && tries[oldest] < retries && may_retry(budget))
            ask(tick, tries[oldest] + 1, queue, retries, budget)
        if (!done[oldest]) done[oldest] = 3
    }
}

function may_retry(budget) {
    if (budget == 0) return 1
    if (tokens < 100) return 0
    tokens -= 100
    return 1
}

# One request in a tick, whether its client is still there or not.
function serve(tick, told,    n) {
    while (told && first < last && done[waiting[first]] == 3) first++
    if (first == last) return
    n = waiting[first++]
    if (done[n] == 3) return # for nobody
    done[n] = 1
    good[int(tick / 100)]++
}
