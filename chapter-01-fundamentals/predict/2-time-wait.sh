# shellcheck shell=sh
start server echo_server 0
echo hello | client server >/dev/null
said server "Client disconnected"
show "the client has sent a line, had its echo, and gone"

waiting() { # waiting COLUMN: sockets whose local (1) or remote (2) port it is
    sockets | awk -v port="$(port server)" -v column="$1" \
        '$column == port && $3 == "TIME_WAIT"' | grep -c .
}
somebody_waits() { [ $(($(waiting 1) + $(waiting 2))) -gt 0 ]; }
until_true 10 somebody_waits
show "TIME_WAIT on the server's side: $(waiting 1)"
show "TIME_WAIT on the client's side: $(waiting 2)"
case $(waiting 1)$(waiting 2) in
00) result nobody ;;
0*) result client ;;
*0) result server ;;
*) result both ;;
esac
