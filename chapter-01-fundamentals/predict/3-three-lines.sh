# shellcheck shell=sh disable=SC2154 # room is the stage's
start server echo_server 0
feed first echo_client 127.0.0.1 "$(port server)"
feed second echo_client 127.0.0.1 "$(port server)"
exec 8>"$room/first.in"
echo busy >&8
said first busy

exec 7>"$room/second.in"
sent=0
for line in one two three; do
    echo $line >&7
    sent=$((sent + ${#line} + 1))
    until_true 10 queued server $sent || fail "$line did not arrive"
    show "sent \"$line\": $sent bytes wait in the server's kernel"
done
exec 8>&-
said second three
before=$(printed server 'Received: 5 bytes "busy')
show "and then the server's log says:"
sed -n 's/^Received.*one.*/  &/p' "$room/server"
result $(($(printed server '^Received') - before))
