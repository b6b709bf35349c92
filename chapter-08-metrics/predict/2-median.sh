# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb metrics_lb 0 "$(at b1)" -m 0
asking=
for i in 0 1 2 3 4 5 6 7 8 9; do
    ask lb 'GET /delay/1300 HTTP/1.0' >"$room/answer$i" &
    asking="$asking $!"
done
# shellcheck disable=SC2086 # a list of numbers
wait $asking
p50=$(page lb /lb-stats | sed 's/.*"p50":\([0-9.]*\).*/\1/')
show "$(cat "$room"/answer? | grep -c '^milliseconds waited: 1300') answers; p50: $p50"
case $p50 in
1.75*) result middle ;;
1 | 1.0) result low ;;
1.[3-5]*) result true ;;
2.5*) result high ;;
*) result "$p50" ;;
esac
