# tests/bench/gnuplot.awk: "x name metric value" lines of one metric as a gnuplot
# script. Variables: title, out, along (what x is).
{
    if (!($1 in seen_x)) { seen_x[$1] = 1; tics = tics (tics ? "," : "") $1 }
    if (!low || $1 + 0 < low) low = $1 + 0
    if ($1 + 0 > high) high = $1 + 0
    if (!($2 in seen)) { seen[$2] = 1; names[++count] = $2 }
    points[$2] = points[$2] $1 " " $4 "\n"
}
END {
    grey = "rgb '#808080'"
    print "set terminal svg size 680,360 dynamic font 'sans-serif,13'"
    print "set output '" out "'"
    print "set title '" title "' tc " grey
    print "set xlabel '" along "' tc " grey
    print "set border 3 lc " grey
    print "set xtics nomirror (" tics ") tc " grey "\nset ytics nomirror tc " grey
    print "set grid ytics lc " grey " dt 3"
    print "set key outside right top noenhanced tc " grey
    print "set logscale x\nset yrange [0:*]\nset xrange [" low * 0.9 ":" high * 1.1 "]"
    split("#2f7ed8 #d9822b #2e9e5b #b05cc6 #c94f4f #8a7a2f", colour, " ")
    for (i = 1; i <= count; i++)
        plot = plot (i > 1 ? ", " : "plot ") "'-' with linespoints lw 2 pt 7 " \
            "ps 0.5 lc rgb '" colour[i] "' title '" names[i] "'"
    print plot
    for (i = 1; i <= count; i++) printf "%se\n", points[names[i]]
}
