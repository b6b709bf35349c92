# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
# shellcheck disable=SC2016 # for the inner shell
run lb sh -c 'ulimit -n 64 && exec "$@"' sh "$(program high_perf_lb)" 0 "$(at b1)"
said lb '^high_perf_lb listening on '
feed crowd idle "$(at lb)" 100
exec 8>"$room/crowd.in"
until_true 20 has_line "$room/crowd" '^idle' "$(pid crowd)"
show "$(cat "$room/crowd")"
is_gone "$(pid lb)" && outcome=ends
exec 8>&-
said crowd lost
show "$(tail -n 1 "$room/crowd"): that many were closed"
answer=$(ask lb 'GET / HTTP/1.0' | body_of)
show "they leave; somebody asks, and gets: $answer"
case $outcome$(cat "$room/crowd") in
ends*) result ends ;;
*'holds 100'*'lost 0 of'*) result queue ;;
*'holds 100'*) result spins ;;
*) result refused ;;
esac
