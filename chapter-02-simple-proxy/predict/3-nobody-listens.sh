# shellcheck shell=sh disable=SC2154 # room is the stage's
start proxy reverse_proxy 0 127.0.0.1:1 # a port of root's, and never used
answer=$(ask proxy 'GET / HTTP/1.0')
show "the client gets: $(echo "$answer" | plain | head -n 1)"
show "the proxy says:  $(sed -n 's/.*: \(502.*\)/\1/p' "$room/proxy")"
result "$(echo "$answer" | status_of)"
