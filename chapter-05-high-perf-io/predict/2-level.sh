# shellcheck shell=sh disable=SC2154 # room is the stage's
"$(program edge_or_level)" 1 >"$room/table" || fail "edge_or_level failed"
grep -e 'for each' -e 'level, one read' "$room/table" | tail -n 2 |
    while read -r line; do show "$line"; done
result "$(grep 'level, one read' "$room/table" | tail -n 1 |
    awk '{ print $5 + 0 }')"
