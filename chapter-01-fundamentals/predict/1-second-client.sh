# shellcheck shell=sh disable=SC2154 # room is the stage's
start server echo_server 0
feed first echo_client 127.0.0.1 "$(port server)"
feed second echo_client 127.0.0.1 "$(port server)"

exec 8>"$room/first.in"
echo "I was first" >&8
said first "I was first"
show "first client:  said \"I was first\", and has its echo"

exec 7>"$room/second.in"
echo "I wait" >&7
if until_true 10 queued server 7; then
    show "second client: said \"I wait\": 7 bytes lie in the server's kernel"
    outcome=silent
elif is_gone "$(pid second)"; then
    outcome=refused
else
    outcome=waits
fi
[ ! -s "$room/second" ] || outcome=echoed
show "second client: was told $(wc -c <"$room/second" | tr -d ' ') bytes"

exec 8>&-
said second "I wait"
show "first client:  leaves; and now the second one has its echo"
result $outcome
