# shellcheck shell=sh
backends b1 b2
start lb pooled_lb 0 "$(at b1)" "$(at b2)"
answers=$({
    head_of 'GET /delay/300 HTTP/1.1'
    head_of 'GET / HTTP/1.1'
} | client lb | plain | grep -e '^HTTP' -e '^Hello' -e waited)
show "sent: GET /delay/300, GET /; came:"
echo "$answers" | sed 's/^/      /'
case $(echo "$answers" | sed -n -e 's/^Hello.*/quick/p' -e 's/.*waited.*/slow/p' |
    tr '\n' ' ') in
'slow quick ') result order ;;
'quick slow ') result quick ;;
'slow ') result one ;;
*) result refused ;;
esac
