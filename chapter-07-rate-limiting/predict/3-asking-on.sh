# shellcheck shell=sh
backends b1
start lb rate_limited_lb 0 "$(at b1)" -r 0.01 -b 10
retry_after() { ask lb 'GET / HTTP/1.0' | plain | sed -n 's/^Retry-After: //p'; }
repeat 10 ask lb 'GET / HTTP/1.0' | status_of | grep -c 200 >/dev/null
first=$(retry_after)
refused=$(repeat 20 ask lb 'GET / HTTP/1.0' | status_of | grep -c 429)
last=$(retry_after)
show "the first 429: Retry-After: $first"
show "$refused more 429, then: Retry-After: $last"
if [ "$last" -le "$first" ]; then
    result same
elif [ "$last" -gt 1000 ]; then
    result never
else
    result later
fi
