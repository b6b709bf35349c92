# shellcheck shell=sh disable=SC2154 # room is the stage's
"$(program who_moves)" >"$room/table" || fail "who_moves failed"
grep -e 'clients, ' -e 'leaves the list' "$room/table" |
    while read -r line; do show "$line"; done
moved=$(awk '/leaves the list.*consistent_hash/ { print $(NF - 2) }' "$room/table")
if [ "$moved" -eq 0 ]; then
    result none
elif [ "$moved" -lt 3000 ]; then
    result fifth
elif [ "$moved" -lt 6500 ]; then
    result half
else
    result most
fi
