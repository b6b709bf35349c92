# shellcheck shell=sh
backends b1 b2 b3
start lb load_balancer 0 "$(at b1)" "$(at b2)" "$(at b3)"
end b2
show "b2 has been killed; four requests:"
answers=$(who lb 4)
show "$answers"
result "$answers"
