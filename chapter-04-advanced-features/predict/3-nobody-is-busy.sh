# shellcheck shell=sh
backends b1 b2 b3
start lb advanced_lb 0 "$(at b1)" "$(at b2)" "$(at b3)" -a lc
answers=$(who lb 4)
show "$answers"
case $answers in
'b1 b1 b1 b1') result first ;;
'b1 b2 b3 b1') result turns ;;
'b1 b3 b2 b1') result back ;;
*) result dice ;;
esac
