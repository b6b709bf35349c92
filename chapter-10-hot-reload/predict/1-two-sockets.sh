# shellcheck shell=sh disable=SC2154 # room is the stage's
"$(program reuseport_loss)" >"$room/table" || fail "reuseport_loss failed"
while read -r line; do show "$line"; done <"$room/table"
lost=$(awk '/^a socket each/ { rounds++; lost += $NF }
    END { printf "%.0f\n", lost / rounds }' "$room/table")
if [ "$lost" -eq 0 ]; then
    result none
elif [ "$lost" -lt 40 ]; then
    result few
elif [ "$lost" -lt 160 ]; then
    result half
else
    result all
fi
