# shellcheck shell=sh
backends b1
start lb rate_limited_lb 0 "$(at b1)" -r 0.01 -b 10
statuses=$(repeat 15 ask lb 'GET / HTTP/1.0' | status_of)
show "$(echo "$statuses" | tr '\n' ' ')"
result "$(echo "$statuses" | grep -c 200)"
