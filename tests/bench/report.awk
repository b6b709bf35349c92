# tests/bench/report.awk: one line's measurements as tables. Input: the results
# file; variables: run, line, and base: whom the others are compared with (empty:
# those in peers). Behind median.awk on the command line.
#
# Medians over the rounds (errors, late and lost: sums). Ratios are those of the
# same round, then their median: what the machine did to one it did to the other.
BEGIN {
    FS = "\t"
    known = split("rate p50 p99 p99_new cpu per_gb speed waited requests worst " \
        "bytes reloads again lost lost_new opened connects reuse calls errors " \
        "late", metrics, " ")
    split("%12.0f %9.2f %9.2f %9.2f %9.2f %9.1f %9.0f %9.1f %10.0f %9.0f " \
        "%9.0f %8d %8.2f %6d %9d %8d %11.1f %9.3f %9.2f %7d %6d", formats, " ")
    split("requests/s,p50 ms,p99 ms,p99 new,CPU us,ms/GB,MB/s,waited %," \
        "requests,worst ms,bytes,reloads,again s,lost,lost new,opened," \
        "conns/1000,reuse %,calls,errors,late", titles, ",")
    split("rate p99 p99_new cpu bytes again connects calls", compared, " ")
    peers = split(base != "" ? base : "nginx nginx_unbuffered haproxy " \
        "haproxy_splice floor copies pooled_lb zero_copy_lb", peer, " ")
}
$1 != run || $2 != line { next }
{
    if (!($3 in seen_x)) { seen_x[$3] = 1; xs[++x_count] = $3 }
    if (!($5 in seen_name)) { seen_name[$5] = 1; names[++name_count] = $5 }
    if ($4 > rounds) rounds = $4
    value[$3, $5, $6, $4] = $7
    have[$3, $6] = have[$3, $5, $6] = 1
    if ($6 ~ /^call:/ && !($6 in seen_call)) {
        seen_call[$6] = 1
        calls[++call_count] = $6
    }
}

function typical(x, name, metric,    r, v, n, sum) {
    for (r = 1; r <= rounds; r++)
        if ((x, name, metric, r) in value) {
            v[++n] = value[x, name, metric, r]
            sum += v[n]
        }
    return metric ~ /^(errors|late|lost|lost_new)$/ ? sum : median(v, n)
}
# The median of the ratios, round by round; "" if there are none.
function ratio(x, name, base_x, base, metric,    r, v, n, d) {
    for (r = 1; r <= rounds; r++) {
        d = value[base_x, base, metric, r]
        if ((x, name, metric, r) in value && d > 0)
            v[++n] = value[x, name, metric, r] / d
    }
    return n ? median(v, n) : ""
}
# How far the rounds were apart, in percent of the median.
function spread(x, name, metric,    r, low, high, v) {
    for (r = 1; r <= rounds; r++)
        if ((x, name, metric, r) in value) {
            v = value[x, name, metric, r] + 0
            if (low == "" || v < low) low = v
            if (v > high) high = v
        }
    v = typical(x, name, metric)
    return v > 0 ? 100 * (high - low) / v : 0
}
function width(format) { return int(substr(format, 2)) }

function medians(x,    m, i) {
    if (x != "-" && line ~ /^body/) print "\nbodies of " x " bytes"
    else if (x != "-") print "\nbeside " x " idle connections"
    else print ""
    printf "%-17s", (rounds > 1 ? "median of " rounds : "one round")
    for (m = 1; m <= known; m++)
        if ((x, metrics[m]) in have) {
            printf "%" width(formats[m]) "s", titles[m]
            if (metrics[m] == "cpu") printf "   spread"
        }
    print ""
    for (i = 1; i <= name_count; i++)
        if ((x, names[i]) in measured) medians_of(x, names[i])
}
function medians_of(x, name,    m) {
    printf "%-17s", name
    for (m = 1; m <= known; m++) {
        if (!((x, metrics[m]) in have)) continue
        if (!((x, name, metrics[m]) in have))
            printf "%" width(formats[m]) "s", "?"
        else
            printf formats[m], typical(x, name, metrics[m])
        if (metrics[m] == "cpu") printf "%7.0f %%", spread(x, name, "cpu")
    }
    print ""
}

function others(x, base,    i, n) {
    for (i = 1; i <= name_count; i++)
        n += names[i] != base && (x, names[i]) in measured
    return n + 0
}
function comparable(x,    c) {
    for (c = 1; c in compared; c++)
        if ((x, compared[c]) in have) return 1
    return 0
}
function ratios(x, base,    c, i, r) {
    if (!((x, base) in measured) || others(x, base) == 0 || !comparable(x))
        return
    printf "\n%-17s", "ratio to " base
    for (c = 1; c in compared; c++)
        if ((x, compared[c]) in have) printf "%9s", compared[c]
    print ""
    for (i = 1; i <= name_count; i++) {
        if (names[i] == base || !((x, names[i]) in measured)) continue
        printf "%-17s", names[i]
        for (c = 1; c in compared; c++) {
            if (!((x, compared[c]) in have)) continue
            r = ratio(x, names[i], x, base, compared[c])
            if (r == "") printf "%9s", "-"
            else printf "%9.2f", r
        }
        print ""
    }
}

# Differences of a few percent: the mean of each one's quietest quarter of rounds.
function quietest(base,    i) {
    print "\nquietest quarter     CPU us    ratio"
    for (i = 1; i <= name_count; i++)
        printf "%-17s%10.2f%9.3f\n", names[i], low_quarter(names[i]),
            low_quarter(names[i]) / low_quarter(base)
}
function low_quarter(name,    r, v, n, sum, i) {
    for (r = 1; r <= rounds; r++)
        if (("-", name, "cpu", r) in value)
            v[++n] = value["-", name, "cpu", r]
    median(v, n) # sorts
    for (i = 1; i <= int((n + 3) / 4); i++) sum += v[i]
    return sum / (i - 1)
}

# With several x: the same contestant beside fewer and beside more.
function growth(    i, k, r) {
    printf "\n%-17s", "CPU, to x=" xs[1]
    for (k = 2; k <= x_count; k++) printf "%9s", "x=" xs[k]
    print ""
    for (i = 1; i <= name_count; i++) {
        printf "%-17s", names[i]
        for (k = 2; k <= x_count; k++) {
            r = ratio(xs[k], names[i], xs[1], names[i], "cpu")
            if (r == "") printf "%9s", "-"
            else printf "%9.2f", r
        }
        print ""
    }
}

function by_name(    i, k, text, v) {
    print "\nper request:"
    for (i = 1; i <= name_count; i++) {
        text = ""
        for (k = 1; k <= call_count; k++) {
            v = typical("-", names[i], calls[k])
            if (v >= 0.005) text = text sprintf("  %s %.2f", substr(calls[k], 6), v)
        }
        printf "%-17s%s\n", names[i], text
    }
}

END {
    for (k in value) {
        split(k, part, SUBSEP)
        measured[part[1], part[2]] = 1
        disturbed += part[3] == "waited" && value[k] > 5
    }
    if (!x_count) print "\nnothing was measured"
    for (k = 1; k <= x_count; k++) {
        medians(xs[k])
        for (p = 1; p <= peers; p++) ratios(xs[k], peer[p])
    }
    if (x_count > 1) growth()
    if (call_count) by_name()
    if (line == "overhead" && (("-", "zero_copy_lb") in measured))
        quietest("zero_copy_lb")
    if (disturbed)
        print "\n" disturbed " measurements were disturbed (waited over 5 %):" \
            " do not trust this run"
}
