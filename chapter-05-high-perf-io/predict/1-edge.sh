# shellcheck shell=sh disable=SC2154 # room is the stage's
"$(program edge_or_level)" 1 >"$room/table" || fail "edge_or_level failed"
line=$(grep 'edge, one read' "$room/table")
show "64 connections, 65536 bytes on each"
show "$line"
result "$(echo "$line" | sed -n 's/.*stuck: \([0-9]*\) of.*/\1/p' |
    awk '{ print $1 / 64 }')"
