# tests/bench/body.awk: what a large body cost. Input: wrk's figures as wrk.awk
# prints them, then what wrk printed. Variables: before, after (as from cpu_of),
# size, seconds.
FILENAME ~ /load$/ { if ($1 != "requests") print; next }
$2 == "requests" && $3 == "in" {
    unit["KB"] = 2 ^ 10; unit["MB"] = 2 ^ 20; unit["GB"] = 2 ^ 30
    unit["TB"] = 2 ^ 40
    bytes = $5 * unit[substr($5, length($5) - 1)]
}
END {
    split(before, b, " ")
    split(after, a, " ")
    ran = a[1] - b[1]
    if (bytes > 0) {
        printf "cpu %.2f\n", ran / 1e3 / (bytes / size)
        printf "per_gb %.1f\n", ran / 1e6 / (bytes / 1e9)
    }
    printf "speed %.0f\n", bytes / 1e6 / seconds
    printf "waited %.1f\n", (a[2] - b[2]) / 1e7 / seconds
}
