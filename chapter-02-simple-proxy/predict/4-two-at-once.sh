# shellcheck shell=sh
backends b1
start proxy reverse_proxy 0 "$(at b1)"
answers=$({
    head_of 'GET /?first HTTP/1.1'
    head_of 'GET /?second HTTP/1.1'
} | client proxy | plain)
show "sent: GET /?first, GET /?second; came:"
echo "$answers" | sed -n -e 's/^HTTP/      &/p' -e 's/^Hello/      &/p'
result "$(echo "$answers" | grep -c '^HTTP/1.1 200')"
