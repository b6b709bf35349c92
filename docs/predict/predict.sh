#!/bin/sh
# docs/predict/predict.sh [--check] [CHAPTER [QUESTION]]: predict, run, explain.
#
# With a question: shows it, takes a prediction from standard input, seals it,
# runs the experiment, and puts the two side by side, with the reason. Without:
# lists the questions, and what became of the predictions. --check runs all of
# them without asking and demands the answers that they state.
#
# A question is chapter-NN-*/predict/N-name.txt, its experiment the same with
# .sh; README.md says how they are written, stage.sh what an experiment can do.
# Exit status: 0; 1 if an experiment failed or had another result than stated;
# 2 if there is no such question, or no prediction.
# shellcheck disable=SC1091,SC2154 # pid and started are processes.sh's
cd "$(dirname "$0")/../.." || exit 2
. tests/bench/processes.sh
kept=build/predict
limit=$((30 * ${LB_TEST_TIMEOUT_SCALE:-1})) # seconds for an experiment
system=$(uname -s)
room=

leave() {
    trap '' EXIT INT TERM
    [ -z "$room" ] || clear_stage
    exit "$1"
}
trap 'leave 130' INT TERM
trap 'leave $?' EXIT
refuse() {
    echo "predict: $*" >&2
    leave 2
}

# ---- a question's file ------------------------------------------------------

# files [CHAPTER [QUESTION]]: the questions, in order.
files() {
    case ${1#0} in [0-9]) set -- "0${1#0}" "$2" ;; esac
    # shellcheck disable=SC2231 # patterns are wanted
    for file in chapter-${1:-*}-*/predict/${2:-*}-*.txt; do
        [ ! -f "$file" ] || echo "$file"
    done
}
number_of() {
    echo "$1" | sed 's,^chapter-0*\([0-9]*\)[^/]*/predict/\([0-9]*\).*,\1.\2,'
}
# key FILE NAME: what stands behind `NAME: ` above the first empty line.
key() { sed -n -e '/^$/q' -e "s/^$2: *//p" "$1"; }
answer_of() {
    own=$(key "$1" "answer $system")
    echo "${own:-$(key "$1" answer)}"
}
question_of() { sed -e '1,/^$/d' -e '/^--$/,$d' "$1"; }
reason_of() { sed '1,/^--$/d' "$1"; }

# A choice is `a: word = what is meant`; the word is what the experiment says.
choices() { sed -n -e '/^$/q' -e '/^[a-z]: /p' "$1"; }
word_of() { choices "$1" | sed -n "s/^$2: \([^ ]*\) = .*/\1/p"; }
in_words() { # in_words FILE WORD: the choice of that word; else WORD itself
    meant=$(choices "$1" | sed -n "s/^\([a-z]\): $2 = /\1  /p")
    echo "${meant:-$2}"
}

# why_not FILE: why it cannot be played here; nothing if it can.
why_not() {
    on=$(key "$1" on)
    [ -z "$on" ] || [ "$on" = "$system" ] || echo "only on $on"
    for tool in $(key "$1" needs); do
        command -v "$tool" >/dev/null 2>&1 || echo "needs $tool"
    done | tr '\n' ' '
}

# place FILE WHERE: FILE:LINE, with what stands there. WHERE is README.md#anchor
# or source.c:function, seen from the chapter.
place() {
    chapter=${1%/predict/*}
    case $2 in
    *'#'*) awk -v anchor="${2#*#}" -v file="$chapter/${2%%#*}" '
        /^#+ / { title = $0; sub(/^#+ /, "", title); slug = tolower(title)
            gsub(/[^a-z0-9 _-]/, "", slug); gsub(/ /, "-", slug)
            if (slug == anchor) { print file ":" NR "  " title; exit } }' \
        "$chapter/${2%%#*}" ;;
    *:*) awk -v name="${2#*:}" -v file="$chapter/${2%%:*}" '
        /^[a-z]/ && index($0 " ", name) && $0 ~ "(^|[ *])" name "[ (]" &&
            !/;$/ { print file ":" NR "  " name; exit }' \
        "$chapter/${2%%:*}" ;;
    esac
}
places() {
    key "$1" where | while read -r where; do
        place "$1" "$where"
    done
}

# ---- the experiment ---------------------------------------------------------

parts_of() { # what has to be built for it
    echo chapter-01-* "${1%%/*}"
    key "$1" also
    ! grep -q '^backends ' "${1%.txt}.sh" || echo backends
}
build() { # build PART... (Q is something else in common.mk)
    for part in $(echo "$@" | tr ' ' '\n' | sort -u); do
        ${MAKE:-make} -s -C "$part" Q=@ all >"$room/built" 2>&1 || {
            cat "$room/built" >&2
            echo "predict: $part does not build" >&2
            return 1
        }
    done
}

open_stage() { room=$(mktemp -d) || exit 1; }
# Programs first: then whoever waits for them goes on by himself.
clear_stage() {
    is_gone "$stage" || for left in $(cat "$room/pids" 2>/dev/null) $stage; do
        kill "$left" 2>/dev/null
    done
    [ -z "$stage" ] || until_true 5 is_gone "$stage" || kill -9 "$stage"
    rm -rf "$room"
    room='' stage=
}
# play FILE: runs the experiment. Its status; its result is in $room/result.
play() {
    PREDICT_ROOM=$room sh docs/predict/stage.sh "${1%.txt}.sh" &
    stage=$!
    if ! until_true "$limit" is_gone "$stage"; then
        echo "predict: not done after $limit s" >&2
        return 1
    fi
    wait "$stage" && [ -s "$room/result" ]
}

# ---- asking -----------------------------------------------------------------

prompt_of() {
    if [ -n "$(choices "$1")" ]; then
        echo "a to $(choices "$1" | sed -n '$s/:.*//p')"
    else
        key "$1" asks
    fi
}
small() { tr '[:upper:]' '[:lower:]'; }
# understand FILE LINE: the prediction, as the experiment would say it; nothing
# if it is none.
understand() {
    typed=$(echo "$2" | sed -e 's/[ ,][ ,]*/ /g' -e 's/^ //' -e 's/ $//')
    if [ -n "$(choices "$1")" ]; then
        case $typed in [A-Za-z]) word_of "$1" "$(echo "$typed" | small)" ;; esac
    elif [ "$(key "$1" asks)" != "a number" ]; then
        echo "$typed"
    elif echo "$typed" | grep -q '^[0-9][0-9]*\(\.[0-9]*\)\{0,1\}$'; then
        awk "BEGIN { print $typed + 0 }" </dev/null
    fi
}
# read_prediction FILE: sets prediction; a line that is none is asked for again.
read_prediction() {
    while :; do
        printf 'Your prediction (%s): ' "$(prompt_of "$1")"
        read -r line || [ -n "$line" ] || {
            echo
            refuse "no prediction, no experiment"
        }
        [ -t 0 ] || echo "$line"
        prediction=$(understand "$1" "$line")
        [ -z "$prediction" ] || return 0
    done
}

hash_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum <"$1"
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi | cut -d ' ' -f 1
}
# seal FILE: writes the prediction down, before anything runs; sets seal. The
# salt keeps others from trying all predictions until the hash fits.
seal() {
    number=$(number_of "$1") try=1
    mkdir -p $kept || exit 1
    while [ -e "$kept/$number-$try" ]; do try=$((try + 1)); done
    seal=$kept/$number-$try
    {
        echo "question: $number $(key "$1" title)"
        echo "prediction: $(in_words "$1" "$prediction")"
        echo "sealed: $(date -u '+%Y-%m-%d %H:%M:%S') UTC"
        echo "salt: $(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
    } >"$seal" && chmod a-w "$seal" || exit 1
    echo "Sealed in $seal, before anything has run:"
    echo "sha256 $(hash_of "$seal")"
}

same() { [ "$(echo "$1" | small)" = "$(echo "$2" | small)" ]; }
explain() { # explain FILE RESULT
    verdict='no'
    same "$prediction" "$2" && verdict='yes'
    echo
    echo "  you said  $(in_words "$1" "$prediction")"
    echo "  it was    $(in_words "$1" "$2")"
    echo
    [ $verdict = no ] || printf 'As you said.\n\n'
    reason_of "$1"
    echo
    echo "Read on, and look:"
    places "$1" | sed 's/^/  /'
    printf 'was: %s\nright: %s\n' "$(in_words "$1" "$2")" $verdict >"$seal.was"
}

ask_one() {
    missing=$(why_not "$1")
    [ -z "$missing" ] || refuse "cannot be played here: $missing"
    echo "$(number_of "$1") $(key "$1" title)"
    echo
    question_of "$1"
    choices "$1" | sed 's/^\([a-z]\): [^ ]* = /  \1  /'
    [ -z "$(choices "$1")" ] || echo
    read_prediction "$1"
    seal "$1"
    echo
    echo "The experiment, ${1%.txt}.sh:" # said before it is built: that may take
    open_stage
    # shellcheck disable=SC2046 # a list of words
    build $(parts_of "$1") || leave 1
    play "$1" || { echo "predict: the experiment failed" >&2; leave 1; }
    got=$(cat "$room/result")
    explain "$1" "$got"
    same "$got" "$(answer_of "$1")" && leave 0
    echo "predict: the course says $(answer_of "$1"); where was this?" >&2
    leave 1
}

# ---- the list ---------------------------------------------------------------

state_of() { # state_of FILE: what became of the first prediction
    first=$kept/$(number_of "$1")-1
    if [ ! -e "$first" ]; then
        why_not "$1"
    elif [ ! -e "$first.was" ]; then
        echo "sealed, not played to the end"
    elif grep -q '^right: yes' "$first.was"; then
        echo "as you said"
    else
        echo "otherwise than you said"
    fi
}
list() {
    for file in $(files "$1"); do
        [ "${file%%/*}" = "$chapter" ] || {
            chapter=${file%%/*}
            sed -n '1s/^# *//p' "$chapter/README.md"
        }
        printf '  %-5s %-46s %s\n' "$(number_of "$file")" \
            "$(key "$file" title)" "$(state_of "$file")"
    done
    echo 'make predict CH=1 Q=1 asks the first one.'
}

# ---- the check --------------------------------------------------------------

fault() {
    echo "$1: $2"
    faults=$((faults + 1))
}
check_form() {
    [ -n "$(key "$1" title)" ] || fault "$1" "no title"
    [ -f "${1%.txt}.sh" ] || fault "$1" "no experiment beside it"
    grep -q '^--$' "$1" || fault "$1" "no reason, below a line --"
    answer=$(answer_of "$1")
    if [ -z "$(choices "$1")" ]; then
        [ "$(understand "$1" "$answer")" = "$answer" ] ||
            fault "$1" "the answer is not $(key "$1" asks): $answer"
    elif ! choices "$1" | grep -q "^[a-z]: $answer = "; then
        fault "$1" "the answer is none of the choices: $answer"
    fi
    [ "$(places "$1" | wc -l)" -eq "$(key "$1" where | grep -c .)" ] ||
        fault "$1" "not all of its places are there"
}
check_one() {
    played=$((played + 1))
    open_stage
    if ! play "$1" >"$room/shown" 2>&1; then
        cat "$room/shown"
        fault "$1" "the experiment failed"
    elif ! same "$(cat "$room/result")" "$(answer_of "$1")"; then
        cat "$room/shown"
        fault "$1" "stated: $(answer_of "$1"); it was: $(cat "$room/result")"
    else
        printf '  %-5s %-46s %s\n' "$(number_of "$1")" "$(key "$1" title)" \
            "$(cat "$room/result")"
    fi
    clear_stage
}
check_chapters() { # each has three questions or more, and its text says so
    for chapter in chapter-*; do
        [ "$(files "$(echo "$chapter" | cut -c 9-10)" | grep -c .)" -ge 3 ] ||
            fault "$chapter" "fewer than three questions"
        grep -q 'make predict CH=' "$chapter/README.md" ||
            fault "$chapter" "its README does not lead to its questions"
    done
}
check() { # check FILE...
    faults=0 played=0 skipped=0
    check_chapters
    open_stage
    for file in "$@"; do
        check_form "$file"
        parts="$parts $(parts_of "$file")"
    done
    # shellcheck disable=SC2086 # a list of words
    build $parts || leave 1
    clear_stage
    for file in "$@"; do
        missing=$(why_not "$file")
        if [ -z "$missing" ]; then
            check_one "$file"
        else
            skipped=$((skipped + 1))
            echo "  $(number_of "$file") skipped: $missing"
        fi
    done
    echo "predict: $played played, $faults faults, $skipped skipped"
    [ $faults -eq 0 ]
}

task=list
[ "$1" != --check ] || { task=check; shift; }
chosen=$(files "$@")
[ -n "$chosen" ] || refuse "there is no question ${1:+$1${2:+.$2}}"
case $task$2 in
check*)
    # shellcheck disable=SC2086 # a list of words
    check $chosen
    leave $?
    ;;
list) list "$1" ;;
*) ask_one "$chosen" ;;
esac
