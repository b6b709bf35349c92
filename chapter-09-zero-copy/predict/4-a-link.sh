# shellcheck shell=sh disable=SC2154 # room is the stage's
mkdir "$room/www"
echo text >"$room/www/file"
ln -s file "$room/www/link"
start server static_server 0 "$room/www"
show "GET /file: $(ask server 'GET /file HTTP/1.0' | status_of)"
status=$(ask server 'GET /link HTTP/1.0' | status_of)
show "GET /link: $status"
result "$status"
