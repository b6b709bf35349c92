# tests/bench/contestants.sh: the backends, and everybody who stands before them,
# configured for the same work: one worker, connections to the backends kept,
# X-Forwarded-For added, nothing logged. Read by bench.
# shellcheck shell=sh disable=SC2034,SC2154 # variables that bench has, or needs
forever=1000000000 # requests on a connection: never "that was the last one"

nginx_paths() {
    for kind in client_body proxy fastcgi uwsgi scgi; do
        echo "${kind}_temp_path $work/temp_$kind;"
    done
}
# With a master where the line is about reloading, else without.
nginx_head() { # nginx_head DESCRIPTORS NAME
    cat <<END
daemon off; master_process $master; pid $work/nginx.$2.pid; error_log /dev/null;
worker_rlimit_nofile $1;
events { worker_connections $1; }
http { access_log off; default_type text/plain;
keepalive_timeout 300s; keepalive_requests $forever; client_header_timeout 300s;
$(nginx_paths)
END
}

# Three backends that cost as little as possible: they are not what is measured.
start_backends() {
    case ${BACKEND:-answer} in
    answer) start_answer ;;
    nginx) start_nginx_backends ;;
    *) die "unknown BACKEND: $BACKEND (answer, nginx)" ;;
    esac
}
start_answer() {
    backend_kind="answer, one process"
    launch_answer "$work/backend.log" 0 0 0
    for port in $(port_in "$work/backend.log"); do
        backends="$backends 127.0.0.1:$port"
    done
    count_at=http://127.0.0.1:$port/accepted
}
launch_answer() { # launch_answer LOG PORT...: sets pid
    answer_log=$1
    shift
    launch "$answer_log" on_other_cores "$tools/answer" "$@"
    await_line "$answer_log" ' listening on ' "$pid" || exit 1
}
start_nginx_backends() {
    backend_kind="nginx, one process, a constant answer"
    {
        nginx_head "$descriptors" backend
        for i in 1 2 3; do
            free_port
            backends="$backends 127.0.0.1:$port"
            echo "server { listen 127.0.0.1:$port backlog=4096;"
            echo "location / { return 200 'hello from the backend'; } }"
        done
        free_port
        count_at=http://127.0.0.1:$port/
        echo "server { listen 127.0.0.1:$port; location / { stub_status; } } }"
    } >"$work/backend.conf"
    launch "$work/backend.log" on_other_cores nginx -p "$work" \
        -c "$work/backend.conf"
    for b in $backends; do
        until_true 10 answers_or_gone "${b#*:}" "$pid"
        answers "${b#*:}" || die "the backends do not start"
    done
}
port_in() { sed -n 's/^[a-z_]* listening on .*:\([0-9]*\)$/\1/p' "$1"; }

# accepted: how many connections the backends have had.
accepted() { curl -s "$count_at" | awk 'NF == 1 || NR == 3 { print $1; exit }'; }

program_of() {
    case $1 in
    reverse_proxy) echo "$from/chapter-02-simple-proxy/reverse_proxy" ;;
    load_balancer) echo "$from/chapter-03-load-balancer/load_balancer" ;;
    advanced_lb) echo "$from/chapter-04-advanced-features/advanced_lb" ;;
    high_perf_lb) echo "$from/chapter-05-high-perf-io/high_perf_lb" ;;
    high_perf_select) echo "$select_from/chapter-05-high-perf-io/high_perf_lb" ;;
    pooled_lb) echo "$from/chapter-06-connection-pooling/pooled_lb" ;;
    rate_limited_lb) echo "$from/chapter-07-rate-limiting/rate_limited_lb" ;;
    metrics_lb) echo "$from/chapter-08-metrics/metrics_lb" ;;
    zero_copy_lb | copies | splices)
        echo "$from/chapter-09-zero-copy/zero_copy_lb"
        ;;
    lb*) echo "$from/chapter-10-hot-reload/lb" ;;
    nginx*) echo nginx ;;
    haproxy*) echo haproxy ;;
    floor) echo "$tools/floor" ;;
    *) echo "$1" ;;
    esac
}

# Whether it keeps a client's connection after the answer, here.
keeps_clients() {
    case $1-$mode in
    reverse_proxy-* | load_balancer-* | advanced_lb-* | high_perf_*-* | \
        floor-close) return 1 ;;
    esac
}

# start_contestant NAME POOL MODE: sets pid and port. POOL is how many idle
# connections it may keep to a backend; MODE is close if each client connection
# carries one request (the floor has to know).
start_contestant() {
    contestant_log=$work/$1.log
    case $1 in
    nginx | haproxy) "start_$1" "$2" "" && return 0 ;;
    lb) start_lb "$2" "" && return 0 ;;
    lb_admin) start_lb "$2" '"admin": {"port": 0},' && return 0 ;;
    nginx_unbuffered) start_nginx "$2" "$unbuffered" && return 0 ;;
    haproxy_splice) start_haproxy "$2" "option splice-response" && return 0 ;;
    *) start_program "$@" && return 0 ;;
    esac
    stop "$pid"
    return 1
}

start_program() {
    program=$(program_of "$1")
    # shellcheck disable=SC2086 # $backends is a list
    case $1 in
    floor) set -- "$1" 0 $backends -m "$3" ;;
    reverse_proxy) set -- "$1" 0 ${backends##* } ;;
    rate_limited_lb) set -- "$1" 0 $backends -p "$2" -r 1000000 ;;
    metrics_lb) set -- "$1" 0 $backends -p "$2" -m 0 ;;
    pooled_lb | zero_copy_lb) set -- "$1" 0 $backends -p "$2" ;;
    copies) set -- "$1" 0 $backends -p "$2" -z 0 ;;
    splices) set -- "$1" 0 $backends -p "$2" -z 1 ;;
    *) set -- "$1" 0 $backends ;;
    esac
    shift
    launch "$contestant_log" on_proxy_core "$program" "$@"
    await_line "$contestant_log" ' listening on ' "$pid" || return 1
    port=$(port_in "$contestant_log")
}

# start_lb POOL LINES: what it has beyond one worker is off. With health checks
# every second where the line is about them.
start_lb() {
    [ -z "$checked" ] || set -- "$1" "$2"' "health_check": {"interval": 1},'
    {
        cat <<END
{
    "listen_port": 0, "workers": 1, "pool": {"max_size": $1},
    "limits": {"connections": $descriptors}, "timeouts": {"idle": 300}, $2
    "backends": [
END
        comma=
        for b in $backends; do
            echo "$comma{\"host\": \"${b%:*}\", \"port\": ${b#*:}}"
            comma=,
        done
        echo "] }"
    } >"$contestant_log.json"
    launch "$contestant_log" on_proxy_core "$(program_of lb)" \
        -c "$contestant_log.json"
    await_line "$contestant_log" ' listening on ' "$pid" || return 1
    port=$(port_in "$contestant_log")
}

# What nginx can do at best for large bodies without touching the disk.
unbuffered="proxy_buffering off; proxy_buffer_size 256k; proxy_buffers 8 256k;
proxy_busy_buffers_size 512k;"

start_nginx() { # POOL LINES; its pool is one for all three backends
    free_port
    {
        nginx_head "$descriptors" "proxy.$port"
        echo "upstream b {"
        for b in $backends; do
            echo "server $b;"
        done
        cat <<END
keepalive $((3 * $1)); keepalive_requests $forever; keepalive_timeout 300s; }
server { listen $port backlog=4096; location / {
proxy_pass http://b; proxy_http_version 1.1;
proxy_set_header Connection ""; proxy_set_header Host \$http_host;
proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
client_body_buffer_size 128k; $2 } } }
END
    } >"$work/nginx.$port.conf"
    launch "$contestant_log" on_proxy_core nginx -p "$work" \
        -c "$work/nginx.$port.conf"
    until_true 10 answers_or_gone "$port" "$pid"
    answers "$port"
}

# Its pools have no limit by themselves. It reckons with two descriptors for each
# client, which idle ones do not need: so its limit is less strict here. And it
# gives up pooling while a quarter of its descriptors are in use: not here. When
# it is reloaded, idle clients have one more answer before they are closed. Where
# backends die, it asks another one when no answer came, as the others do.
start_haproxy() { # POOL LINE
    free_port
    how=-db
    [ "$master" = off ] || how=-W
    [ -z "$checked" ] || set -- "$1" "$2
    retry-on conn-failure empty-response"
    {
        cat <<END
global
    nbthread 1
    no strict-limits
    tune.pool-low-fd-ratio 95
    tune.pool-high-fd-ratio 98
    maxconn $((descriptors - 3000))
defaults
    mode http
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    timeout http-request 300s
    timeout http-keep-alive 300s
    option forwardfor
    option idle-close-on-response
    option redispatch
    retries 3
    http-reuse always
    $2
frontend f
    bind :$port
    backlog 4096
    maxconn $((descriptors - 3000))
    default_backend b
backend b
END
        for b in $backends; do
            echo "    server s${b#*:} $b $checked"
        done
    } >"$work/haproxy.$port.cfg"
    launch "$contestant_log" on_proxy_core haproxy $how \
        -f "$work/haproxy.$port.cfg"
    until_true 10 answers_or_gone "$port" "$pid"
    answers "$port"
}
