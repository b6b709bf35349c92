# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
run lb strace -D -o "$room/trace" -e trace=epoll_ctl,accept4,close \
    "$(program high_perf_lb)" 0 "$(at b1)"
said lb '^high_perf_lb listening on '
feed client echo_client 127.0.0.1 "$(port lb)"
exec 8>"$room/client.in" # left open: the client does not end its half
head_of 'GET / HTTP/1.0' >&8
said client '^Hello'
is_over() { [ "$(sed -n '/^accept4/,$p' "$room/trace" | grep -c '^close')" -ge 2 ]; }
until_true 10 is_over || fail "the connections were not closed"
show "from accept4() to the second close():"
sed -n '/^accept4(.*) *= [0-9]/,$p' "$room/trace" | cut -c 1-60 |
    grep -v EAGAIN | sed 's/^/      /'
result "$(sed -n '/^accept4/,$p' "$room/trace" | grep -c EPOLL_CTL_DEL)"
