# shellcheck shell=sh
backends b1
start proxy forward_proxy 0
field='Proxy-Connection: keep-alive'

seen() { # seen WHAT: standard input is what the server has echoed
    fields=$(plain | grep -i -e '^GET' -e '^Proxy-Connection')
    show "$1: the server reads"
    echo "$fields" | sed 's/^/      /'
    has=$(echo "$fields" | grep -ci '^Proxy')
}
get=$(ask proxy "GET http://$(at b1)/echo HTTP/1.1" "$field")
tunnel=$({
    head_of "CONNECT $(at b1) HTTP/1.1"
    head_of 'GET /echo HTTP/1.0' "$field"
} | client proxy)
seen "by GET" <<EOF
$get
EOF
by_get=$has
seen "in the tunnel" <<EOF
$tunnel
EOF
case $by_get$has in
10) result get ;;
01) result tunnel ;;
11) result both ;;
*) result neither ;;
esac
