# docs/appendix/exercises.awk: the exercises that a chapter's README asks, as rows
# of a table. Input: that README; what it has under "Exercises" in bold at the
# beginning of a line. A number with a lab in labs/ has a starter and a grader.
function lab_of(number,    command, found) {
    command = "ls -d " dir "/labs/" number "-* 2>/dev/null"
    command | getline found
    close(command)
    return found
}
function key(lab, name,    line, value) {
    while ((getline line <(lab "/lab")) > 0)
        if (index(line, name ":") == 1) {
            value = substr(line, length(name) + 2)
            sub(/^ */, "", value)
        }
    close(lab "/lab")
    return value
}
# What the guide called it: "(5.1)", "(D, 1)", "(lab 8)", "(Appendix D)".
function guide_of(bracket) {
    if (bracket ~ /^[0-9.]+$/) return bracket
    if (match(bracket, /[0-9]+$/))
        return "Appendix D, lab " substr(bracket, RSTART)
    return bracket
}
function row(title,    bracket, number, lab, at) {
    gsub(/\]\([^)]*\)/, "", title)
    gsub(/\[/, "", title)
    sub(/\.$/, "", title)
    if (match(title, / \([^)]+\)$/)) {
        at = RSTART
        bracket = guide_of(substr(title, at + 2, RLENGTH - 3))
        title = substr(title, 1, at - 1)
    }
    number = title
    sub(/ .*/, "", number)
    lab = number ~ /^[0-9]/ ? lab_of(number) : ""
    if (lab != "" && key(lab, "guide") != "" && bracket == "")
        bracket = key(lab, "guide")
    printf "| [%s](../../%s) | %s | %s |\n", title,
        lab != "" ? lab "/README.md" : FILENAME "#exercises",
        bracket == "" ? "-" : bracket,
        lab != "" ? "`make grade LAB=" number "`: " key(lab, "effort") : "-"
}
FNR == 1 {
    dir = FILENAME
    sub(/\/.*/, "", dir)
    title = $0
    sub(/^# /, "", title)
    print "\n### " toupper(substr(title, 1, 1)) substr(title, 2) "\n"
    print "| exercise | in the guide | starter and grader |"
    print "|---|---|---|"
}
/^## / { inside = $0 == "## Exercises" }
inside && /^(- )?\*\*/ && match($0, /\*\*.*\*\*/) {
    row(substr($0, RSTART + 2, RLENGTH - 4))
}
