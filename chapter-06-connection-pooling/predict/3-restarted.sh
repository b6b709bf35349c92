# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb pooled_lb 0 "$(at b1)"
ask lb 'GET / HTTP/1.1' >"$room/answer"
kill -USR1 "$(pid lb)"
said lb '^Pool:'
show "$(grep '^Pool' "$room/lb")"
old=$(port b1)
end b1
start b1 simple_http_backend "$old" b1
show "the backend has been restarted; POST:"
status=$(ask lb 'POST /echo HTTP/1.1' 'Content-Length: 0' | status_of)
show "status $status"
result "$status"
