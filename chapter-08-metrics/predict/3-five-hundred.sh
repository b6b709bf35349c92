# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb metrics_lb 0 "$(at b1)" -m 0
repeat 5 ask lb 'GET /status/500 HTTP/1.0' >"$room/answers"
page lb /metrics >"$room/metrics"
show "$(grep '^lb_requests_total.*status="500"' "$room/metrics")"
show "$(grep '^lb_backend_up' "$room/metrics")"
failures=$(awk '/^lb_backend_failures_total/ { n += $2 } END { print n + 0 }' \
    "$room/metrics")
show "lb_backend_failures_total, all reasons: $failures"
result "$failures"
