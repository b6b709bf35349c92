# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
cat >"$room/lb.json" <<EOF
{"listen_port": 0, "workers": 1,
 "backends": [{"host": "127.0.0.1", "port": $(port b1)}]}
EOF
start lb lb -c "$room/lb.json"
ask_slowly lb 'GET /bytes/64000000 HTTP/1.0' 2>"$room/complaint"
workers=$(ps -A -o pid= -o ppid= | awk -v master="$(pid lb)" '$2 == master { print $1 }')
# shellcheck disable=SC2086 # a list of numbers
kill -9 $workers
answer=$(ask lb 'GET / HTTP/1.0' | body_of)
show "kill -9; the new client gets: $answer"
got=$(rest_of_answer | wc -c | tr -d ' ')
show "the first one got $got of 64000000 bytes"
said lb 'killed by signal 9'
show "$(grep 'killed by' "$room/lb")"
case $((got >= 64000000))$answer in
1*Hello*) result both ;;
0*Hello*) result served ;;
0*) result refused ;;
*) result waits ;;
esac
