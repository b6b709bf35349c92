# shellcheck shell=sh disable=SC2154 # room is the stage's
backends b1 b2
configure() { # configure BACKEND [MORE]
    cat >"$room/lb.json" <<EOF
{"listen_port": 0, ${2:+$2, }
 "backends": [{"host": "127.0.0.1", "port": $(port "$1")}]}
EOF
}
configure b1
start lb lb -c "$room/lb.json"
show "before: $(who lb 1)"
configure b2 '"workers": "many"'
kill -HUP "$(pid lb)"
said lb 'generation [12] [gs]'
show "SIGHUP: $(sed -n 's/.*\(lb.json:.*workers.*\)/\1/p' "$room/lb")"
answer=$(who lb 1)
show "after:  $answer"
if is_gone "$(pid lb)"; then
    result ends
else
    case $answer in
    b1) result old ;;
    b2) result rest ;;
    *) result waits ;;
    esac
fi
