# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
run lb strace -D -o "$room/trace" -e trace=recvfrom,sendto,splice \
    "$(program pooled_lb)" 0 "$(at b1)"
said lb '^pooled_lb listening on '
ask lb 'GET /bytes/10000000 HTTP/1.0' >"$room/answer"
is_over() { grep -q 'sendto.*= [0-9]' "$room/trace" && [ "$(bytes)" -gt 0 ]; }
bytes() { # what all calls have returned
    awk -F ' = ' '/^(recvfrom|sendto)/ && $NF > 0 { n += $NF }
        END { printf "%.0f\n", n }' "$room/trace"
}
until_true 5 is_over
show "recvfrom and sendto: $(bytes) bytes; splice: $(grep -c ^splice "$room/trace") calls"
case $(awk "BEGIN { printf \"%.0f\", $(bytes) / 1e6 }") in
10) result ten ;;
20) result twenty ;;
40) result forty ;;
0) result few ;;
*) result "$(bytes)" ;;
esac
