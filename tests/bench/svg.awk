# tests/bench/svg.awk: "x name metric value" lines of one metric as SVG: curves
# over x, in logarithmic steps, or bars if there is no x. Variables: title, along
# (what x is), marks ("10=p90 100=p99": what to write at these x), decades (1: y in
# logarithmic steps, too), room (the width of the names, 150).
{
    if (!($1 in seen_x)) { seen_x[$1] = 1; xs[++x_count] = $1 }
    if (!($2 in seen)) { seen[$2] = 1; names[++count] = $2 }
    value[$1, $2] = $4
    if ($4 + 0 > highest) highest = $4 + 0
    if ($4 > 0 && (!lowest || $4 + 0 < lowest)) lowest = $4 + 0
}
END {
    left = 60; top = 40; high = 260
    wide = 680 - left - (room ? room : 150)
    split("#2f7ed8 #d9822b #2e9e5b #b05cc6 #c94f4f #8a7a2f #5f8fa0", colour, " ")
    n = split(marks, mark, " ")
    for (i = 1; i <= n; i++) {
        split(mark[i], pair, "=")
        written[pair[1]] = pair[2]
    }
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 360\"" \
        " font-family=\"sans-serif\" font-size=\"13\" fill=\"#808080\">"
    text(left, 22, "start", title)
    if (decades) decade_scale()
    else scale()
    if (xs[1] == "-") bars()
    else curves()
    print "</svg>"
}

function text(x, y, anchor, what) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
        anchor, what
}
function y_of(v) {
    if (!decades) return top + high - high * v / ceiling
    if (v < bottom) v = bottom
    return top + high - high * log(v / bottom) / log(ceiling / bottom)
}
function x_of(x) {
    if (xs[x_count] == xs[1]) return left + wide / 2
    return left + 10 + (wide - 20) * log(x / xs[1]) / log(xs[x_count] / xs[1])
}

# Four or five lines at 1, 2 or 5 times a power of ten.
function scale(    step, v) {
    if (highest <= 0) highest = 1
    step = 10 ^ int(log(highest) / log(10) - (highest < 1))
    if (highest / step < 2) step /= 5
    else if (highest / step < 5) step /= 2
    ceiling = step * (int(highest / step) + 1)
    for (v = 0; v <= ceiling; v += step) {
        level(v, v ? 0.35 : 1)
    }
}

# A line at each power of ten, from the one below the lowest value on.
function decade_scale(    v) {
    if (!lowest) lowest = highest = 1
    for (bottom = 1e9; bottom > lowest; ) bottom /= 10
    for (ceiling = bottom; ceiling < highest; ) ceiling *= 10
    if (ceiling == bottom) ceiling *= 10
    for (v = bottom; v <= ceiling * 1.01; v *= 10)
        level(v, v > bottom ? 0.35 : 1)
}

function level(v, opacity) {
    printf "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" " \
        "stroke=\"#808080\" stroke-opacity=\"%s\"/>\n", left, left + wide,
        y_of(v), y_of(v), opacity
    text(left - 6, y_of(v) + 4, "end", v)
}

function curves(    i, k, n, path, point, at) {
    for (k = 1; k <= x_count; k++)
        text(x_of(xs[k]), top + high + 18, "middle",
            xs[k] in written ? written[xs[k]] : xs[k])
    text(left + wide / 2, top + high + 38, "middle", along)
    for (i = 1; i <= count; i++) {
        path = ""
        for (k = 1; k <= x_count; k++)
            if ((xs[k], names[i]) in value)
                path = path sprintf("%s%.1f,%.1f", path == "" ? "" : " ",
                    x_of(xs[k]), y_of(value[xs[k], names[i]]))
        printf "<path d=\"M%s\" fill=\"none\" stroke=\"%s\" " \
            "stroke-width=\"2.5\"/>\n", path, colour[i]
        n = split(path, point, " ")
        for (k = 1; k <= n; k++) {
            split(point[k], at, ",")
            printf "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>\n",
                at[1], at[2], colour[i]
        }
        printf "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" " \
            "fill=\"%s\"/>\n", left + wide + 12, top + 20 * i - 7, colour[i]
        text(left + wide + 32, top + 20 * i, "start", names[i])
    }
}

function bars(    i, room, v) {
    room = wide / count
    for (i = 1; i <= count; i++) {
        v = value["-", names[i]]
        printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" " \
            "fill=\"%s\"/>\n", left + room * (i - 0.8), y_of(v), room * 0.6,
            top + high - y_of(v), colour[1]
        text(left + room * (i - 0.5), y_of(v) - 5, "middle",
            v < 100 ? sprintf("%.1f", v) : sprintf("%.0f", v))
        text(left + room * (i - 0.5), top + high + 18, "middle", names[i])
    }
}
