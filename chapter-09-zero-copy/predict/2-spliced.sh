# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb zero_copy_lb 0 "$(at b1)"

spliced() { # how many bytes until now
    before=$(printed lb '^Spliced')
    kill -USR1 "$(pid lb)"
    until_true 10 has_printed_more || fail "no statistics"
    sed -n 's/^Spliced: \([0-9]*\) .*/\1/p' "$room/lb" | tail -n 1
}
has_printed_more() { [ "$(printed lb '^Spliced')" -gt "$before" ]; }

repeat 100 head_of 'GET /bytes/1000 HTTP/1.1' | client lb >"$room/answers"
small=$(spliced)
show "after 100 bodies of 1,000 bytes: $small bytes spliced"
ask lb 'GET /bytes/10000000 HTTP/1.0' >"$room/answer"
large=$(($(spliced) - small))
show "after one of 10,000,000 bytes:   $large bytes more"
case $((small > 0))$((large > 9900000)) in
01) result large ;;
11) result both ;;
10) result small ;;
*) result nothing ;;
esac
