# shellcheck shell=sh
backends b1 b2
start lb load_balancer 0 "$(at b1)" "$(at b2)"
end b1
show "b1 has been killed; POST:"
answer=$(ask lb 'POST / HTTP/1.0' 'Content-Length: 0' | plain)
show "$(echo "$answer" | head -n 1), $(echo "$answer" | tail -n 1)"
case $answer in
*'Hello from b2'*) result other ;;
*' 502 '*) result error ;;
*' 503 '*) result none ;;
*) result later ;;
esac
