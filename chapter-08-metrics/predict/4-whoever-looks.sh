# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb metrics_lb 0 "$(at b1)" -m 0
repeat 3 ask lb 'GET / HTTP/1.0' >"$room/answers"
repeat 5 page lb /metrics >"$room/looks"
page lb /metrics | grep '^lb_requests_total' >"$room/metrics"
while read -r line; do show "$line"; done <"$room/metrics"
result "$(awk '{ n += $2 } END { print n + 0 }' "$room/metrics")"
