# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb pooled_lb 0 "$(at b1)"
for name in anna ben cora dan emma; do
    answers=$(repeat 20 head_of 'GET / HTTP/1.1' | client lb | grep -c '^Hello')
    show "$name: 20 requests, $answers answers"
done
kill -USR1 "$(pid lb)"
said lb '^Pool:'
show "$(grep '^Pool' "$room/lb")"
result "$(sed -n 's/^Pool: 100 requests, \([0-9]*\) connections.*/\1/p' "$room/lb")"
