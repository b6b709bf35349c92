# shellcheck shell=sh disable=SC2154 # room and root are the stage's
# try is the program that the chapter's README lets you type.
sed -n '/^> #include "balance.h"/,/^> }$/s/^> //p' \
    "$root/chapter-03-load-balancer/README.md" | compile try chapter-03-load-balancer

homes() { # homes WEIGHT...: the backend of each client
    i=0
    while [ $i -lt 150 ]; do
        i=$((i + 1))
        "$room/try" ip_hash 10.0.0.$i "$@" | cut -d ' ' -f 1
    done
}
homes 1 1 1 >"$room/three"
homes 1 1 >"$room/two"
moved=$(paste "$room/three" "$room/two" | awk '$1 != $2' | grep -c .)
needless=$(paste "$room/three" "$room/two" | awk '$1 != $2 && $1 < 3' | grep -c .)
show "$moved of 150 have another backend; $needless of them had one that is left"
if [ "$moved" -gt 140 ]; then
    result all
elif [ "$moved" -gt 87 ]; then
    result most
elif [ "$moved" -gt 62 ]; then
    result half
else
    result third
fi
