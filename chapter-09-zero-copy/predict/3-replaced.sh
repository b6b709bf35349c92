# shellcheck shell=sh disable=SC2154 # room is the stage's
size=64000000
filled() { dd if=/dev/zero bs=64000 count=1000 2>/dev/null | tr '\0' "$1"; }
mkdir "$room/www"
filled '~' >"$room/www/file"
start server static_server 0 "$room/www"
ask_slowly server 'GET /file HTTP/1.0'
filled '#' >"$room/new"
mv "$room/new" "$room/www/file"
show "a new file has its name; the client reads on"
rest_of_answer | tr -cd '~#' >"$room/got"
old=$(tr -cd '~' <"$room/got" | wc -c | tr -d ' ')
new=$(tr -cd '#' <"$room/got" | wc -c | tr -d ' ')
show "$old bytes of the old one, $new of the new one"
if [ "$old" -eq $size ]; then
    result old
elif [ "$new" -eq $size ]; then
    result new
elif [ "$new" -gt 0 ]; then
    result mixed
else
    result cut
fi
