# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
cat >"$room/lb.json" <<EOF
{"listen_port": 0, "admin": {"port": 0},
 "backends": [{"host": "127.0.0.1", "port": $(port b1)}]}
EOF
start lb lb -c "$room/lb.json"
total() { page lb /metrics | awk '/^lb_requests_total/ { n += $2 } END { print n + 0 }'; }
repeat 10 ask lb 'GET / HTTP/1.0' >"$room/answers"
show "ten requests: lb_requests_total is $(total)"
kill -HUP "$(pid lb)"
said lb 'generation 2 serves'
show "SIGHUP: generation 2 serves"
repeat 5 ask lb 'GET / HTTP/1.0' >"$room/answers"
sum=$(total)
show "five more:    lb_requests_total is $sum"
result "$sum"
