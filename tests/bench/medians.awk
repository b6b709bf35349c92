# tests/bench/medians.awk: the medians of one run, as "x name metric median" in
# the order of the results file. Behind median.awk; variable: run.
BEGIN { FS = "\t" }
$1 != run { next }
{
    key = $3 " " $5 " " $6
    if (!(key in n)) order[++keys] = key
    value[key, ++n[key]] = $7
}
END {
    for (k = 1; k <= keys; k++) {
        for (i = 1; i <= n[order[k]]; i++) v[i] = value[order[k], i]
        print order[k], median(v, n[order[k]])
    }
}
