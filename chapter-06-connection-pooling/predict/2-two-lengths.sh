# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1
start lb pooled_lb 0 "$(at b1)"
answer=$({
    head_of 'POST /echo HTTP/1.1' 'Content-Length: 6' 'Transfer-Encoding: chunked'
    printf '0\r\n\r\nG'
} | client lb | plain)
show "the client gets: $(echo "$answer" | head -n 1)"
show "pooled_lb says:  $(sed -n 's/.*: \(400: .*\)/\1/p' "$room/lb")"
case $answer in
*' 400 '*) result refused ;;
*Transfer-Encoding*) result both ;;
*Content-Length:\ 6*) result length ;;
*) result chunks ;;
esac
