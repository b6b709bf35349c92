# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb metrics_lb 0 "$(at b1)" -m 0
repeat 9 ask lb 'GET / HTTP/1.0' >"$room/answers"
ask lb 'GET /delay/300 HTTP/1.0' >>"$room/answers"
page lb /metrics | grep "^lb_request_duration_seconds_bucket.*$(at b1)" \
    >"$room/buckets"
sed -n -e '/le="0.25"/p' -e '/le="0.5"/p' -e '/le="10"/p' -e '/+Inf/p' \
    "$room/buckets" | sed -e 's/.*le=/      le=/'
result "$(sed -n 's/.*le="10"} //p' "$room/buckets")"
