# shellcheck shell=sh disable=SC2154 # room is the stage's
# shellcheck disable=SC3045 # every sh has it, POSIX since 2024
ulimit -n 1024 2>/dev/null
backends b1
start lb advanced_lb 0 "$(at b1)"
feed crowd idle "$(at lb)" 280
exec 8>"$room/crowd.in"
until_true 20 has_line "$room/crowd" '^idle' "$(pid crowd)"
show "$(cat "$room/crowd")"

is_full() {
    kill -USR1 "$(pid lb)"
    grep -q 'peak 256$' "$room/lb"
}
until_true 10 is_full || fail "it never was full"
show "advanced_lb:  $(grep '^Connections' "$room/lb" | tail -n 1)"
exec 8>&-
said crowd lost
answer=$(ask lb 'GET / HTTP/1.0' | body_of)
show "they leave; somebody asks, and gets: $answer"
case $(cat "$room/crowd")$answer in
*'holds 280'*Hello*) result queue ;;
*Hello*) result refused ;;
*) result crash ;;
esac
