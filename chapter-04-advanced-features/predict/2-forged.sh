# shellcheck shell=sh
backends b1
start lb advanced_lb 0 "$(at b1)"
fields=$(ask lb 'GET /echo HTTP/1.0' 'X-Forwarded-For: 6.6.6.6' | plain |
    sed -n 's/^X-Forwarded-For: //p')
show "the backend reads: $fields"
case $fields in
'6.6.6.6, 127.0.0.1') result list ;;
6.6.6.6) result theirs ;;
127.0.0.1) result ours ;;
*) result two ;;
esac
