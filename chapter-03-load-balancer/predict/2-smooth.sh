# shellcheck shell=sh
backends b1 b2 b3
start lb advanced_lb 0 "$(at b1):5" "$(at b2):1" "$(at b3):1" -a wrr
answers=$(who lb 7)
show "$answers"
case $answers in
'b1 b1 b2 b1 b3 b1 b1') result spread ;;
'b1 b1 b1 b1 b1 b2 b3') result runs ;;
'b1 b2 b3 b1 b1 b1 b1') result others ;;
'b1 b2 b1 b1 b3 b1 b1') result even ;;
*) result "$answers" ;;
esac
