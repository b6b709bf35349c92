# shellcheck shell=sh disable=SC2154 # room is the stage's
start server echo_server 0
awk 'BEGIN { while (n++ < 3000) printf "x" }' | client server >"$room/echo"
show "sent 3000 bytes, $(wc -c <"$room/echo" | tr -d ' ') came back; the log:"
sed -n 's/^Received: [0-9]* bytes/  &/p' "$room/server"
result "$(printed server '^Received')"
