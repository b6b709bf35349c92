# shellcheck shell=sh
backends b1
start lb rate_limited_lb 0 "$(at b1)" -r 0.01 -b 10
taken=$(repeat 10 ask lb 'GET / HTTP/1.0' | status_of | grep -c 200)
after=$(ask lb 'GET / HTTP/1.0' | plain | sed -n 's/^Retry-After: //p')
show "$taken passed; the next one: Retry-After: $after"
if [ -z "$after" ]; then
    result none
elif [ "$after" -gt 100 ]; then
    result burst
elif [ "$after" -gt 10 ]; then
    result token
else
    result second
fi
