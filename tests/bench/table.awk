# tests/bench/table.awk: medians as a Markdown table; a column for each contestant
# and metric. Variables: metrics, along (what x is).
BEGIN {
    count = split(metrics, metric, " ")
    title["rate"] = "requests/s"
    title["cpu"] = "CPU us"
    title["bytes"] = "bytes"
    title["calls"] = "calls"
    title["per_gb"] = "ms/GB"
    format["rate"] = format["bytes"] = format["per_gb"] = "%.0f"
    format["cpu"] = format["calls"] = "%.1f"
}
{
    if (!($1 in seen_x)) { seen_x[$1] = 1; xs[++x_count] = $1 }
    if (!($2 in seen_name)) { seen_name[$2] = 1; names[++name_count] = $2 }
    value[$1, $2, $3] = $4
}
END {
    one = x_count == 1 && xs[1] == "-"
    head = one ? "| |" : "| " along " |"
    rule = "|---|"
    for (m = 1; m <= count; m++)
        for (i = 1; i <= (one ? 1 : name_count); i++) {
            head = head (one ? "" : " " names[i] ",") " " title[metric[m]] " |"
            rule = rule "---:|"
        }
    print head "\n" rule
    if (one)
        for (i = 1; i <= name_count; i++) print "| " names[i] " |" cells("-", i, i)
    else
        for (k = 1; k <= x_count; k++)
            print "| " xs[k] " |" cells(xs[k], 1, name_count)
}
function cells(x, from, to,    m, i, text) {
    for (m = 1; m <= count; m++)
        for (i = from; i <= to; i++)
            text = text " " ((x, names[i], metric[m]) in value \
                ? sprintf(format[metric[m]], value[x, names[i], metric[m]]) \
                : "-") " |"
    return text
}
