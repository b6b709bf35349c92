# backoff.awk: 200 clients find the server full in the same moment. When do they
# ask again?
#
#     awk -f docs/beyond/backoff.awk
#
# The server takes 10 in each 100 ms, and refuses the others. Who is refused
# waits before he asks again: for a second each time (fixed), or twice as long
# each time, from 0.5 s to 20 s, without or with dice. The dice fall the same
# each time.

BEGIN {
    print "                     asked   most in    all served"
    print "                     in all  100 ms     after"
    run("fixed"); run("exponential"); run("equal jitter"); run("full jitter")
}

function run(how,    slot, n, left, asked, most, i) {
    split("", due); split("", failed)
    dice = 1
    for (i = 1; i <= 200; i++) failed[i] = 0
    left = 200
    for (slot = 0; left > 0; slot++) {
        n = 0
        # Begins at another client each time: nobody is first by his number.
        first = throw_dice(200)
        for (k = 0; k < 200; k++) {
            i = (first + k) % 200 + 1
            if (failed[i] < 0 || int(due[i] / 100) > slot) continue
            if (++n <= 10) { failed[i] = -1; left--; continue }
            due[i] = slot * 100 + pause(how, ++failed[i])
        }
        asked += n
        if (slot > 0 && n > most) most = n
    }
    printf "%-20s %6d %9d %10.1f s\n", how, asked, most, slot / 10
}

# Milliseconds, at least one slot.
function pause(how, failures,    ms) {
    ms = 500 * 2 ^ (failures - 1)
    if (ms > 20000) ms = 20000
    if (how == "fixed") ms = 1000
    if (how == "equal jitter") ms = ms / 2 + throw_dice(ms / 2)
    if (how == "full jitter") ms = throw_dice(ms)
    return ms < 100 ? 100 : ms
}

# 0 to n - 1 (Park and Miller's minimal standard: fits into a double).
function throw_dice(n) {
    dice = dice * 16807 % 2147483647
    return dice % int(n)
}
