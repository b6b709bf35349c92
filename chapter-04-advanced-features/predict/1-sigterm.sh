# shellcheck shell=sh
backends b1
start lb advanced_lb 0 "$(at b1)"
ask_slowly lb 'GET /bytes/20000000 HTTP/1.0'
kill "$(pid lb)"
said lb 'draining, 1 connections under way'
show "SIGTERM; advanced_lb: draining, 1 connections under way"
new=$(ask lb 'GET / HTTP/1.0' 2>&1)
show "another client: ${new##*: }"
got=$(rest_of_answer | wc -c | tr -d ' ')
show "the first one has had $got bytes more, with the rest of the head"
until_true 10 is_gone "$(pid lb)" && show "and advanced_lb has ended"
case $((got > 20000000))$new in
1*Hello*) result both ;;
1*) result served ;;
0*Hello*) result neither ;;
*) result cut ;;
esac
