# shellcheck shell=sh
backends b1
start proxy forward_proxy 0
show "CONNECT $(at b1), then GET /delay/300 through it, then the client's FIN"
answer=$({
    head_of "CONNECT $(at b1) HTTP/1.1"
    head_of 'GET /delay/300 HTTP/1.0'
} | client proxy | plain)
echo "$answer" | grep -e '^HTTP' -e waited | while read -r line; do
    show "$line"
done
case $answer in
*'milliseconds waited: 300') result whole ;;
*' 502 '*) result error ;;
*'200 OK'*) result head ;;
*) result cut ;;
esac
