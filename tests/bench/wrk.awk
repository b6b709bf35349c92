# tests/bench/wrk.awk: what wrk and probe have printed, as "metric value" lines.
# Times in milliseconds. requests: of both, since the proxy has served both.
function ms(t) {
    return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t ~ /m$/ ? t * 60000 \
        : t * 1000
}
$1 == "50%" { p50 = ms($2); wrk = 1 }
$1 == "99%" { p99 = ms($2) }
$2 == "requests" && $3 == "in" { n += $1 }
$1 == "Requests/sec:" { rate = $2; wrk = 1 }
/Socket errors/ { for (i = 3; i < NF; i += 2) errors += $(i + 1) }
/Non-2xx/ { errors += $NF }
$1 == "probe:" {
    for (i = 2; i < NF; i += 2) probe[$i] = $(i + 1)
    probed = 1
}
END {
    print "requests", n + probe["requests"]
    if (wrk) {
        printf "rate %.0f\np50 %.3f\np99 %.3f\n", rate, p50, p99
    } else
        printf "worst %d\n", probe["worst_ms"]
    print "errors", errors + probe["failed"]
    print "late", probed ? probe["late"] + 0 : "?"
}
