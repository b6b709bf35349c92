# docs/appendix/exercises.awk: the exercises of a chapter, as rows of a table.
# Input: its README, and of that what stands under "Exercises" in bold at the
# beginning of a line; a number with a lab in labs/ has a starter and a grader.
# Behind them the labs that it does not name, and the questions in predict/.
function lab_of(number,    command, found) {
    command = "ls -d " dir "/labs/" number "-* 2>/dev/null"
    command | getline found
    close(command)
    return found
}
# The first value of that name in a file of "name: value" lines.
function key(file, name,    line, value) {
    while (value == "" && (getline line <file) > 0)
        if (index(line, name ":") == 1) {
            value = substr(line, length(name) + 2)
            sub(/^ */, "", value)
        }
    close(file)
    return value
}
# Questions to predict: they lead to the section that they are about.
function predictions(    command, file, number, chapter, where) {
    chapter = substr(dir, 9, 2) + 0
    command = "ls " dir "/predict/*.txt 2>/dev/null"
    while ((command | getline file) > 0) {
        number = file
        sub(/.*\//, "", number)
        sub(/-.*/, "", number)
        where = key(file, "where")
        if (where !~ /^README.md/) where = "README.md"
        print_row("Predict: " key(file, "title"), dir "/" where, "",
            "`make predict CH=" chapter " Q=" number "`")
    }
    close(command)
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
    if (lab != "")
        lab_row(lab, title, bracket)
    else
        print_row(title, FILENAME "#exercises", bracket, "-")
}
function lab_row(lab, title, guide,    number) {
    told[lab] = 1
    number = lab
    sub(/.*\//, "", number)
    sub(/-.*/, "", number)
    if (title == "") title = number " " key(lab "/lab", "title")
    if (guide == "") guide = key(lab "/lab", "guide")
    print_row(title, lab "/README.md", guide,
        "`make grade LAB=" number "`: " key(lab "/lab", "effort"))
}
function print_row(title, where, guide, how) {
    printf "| [%s](../../%s) | %s | %s |\n", title, where,
        (guide == "" ? "-" : guide), how
}
function other_labs(    command, lab) {
    command = "ls -d " dir "/labs/*-* 2>/dev/null | sort -t . -k 2n"
    while ((command | getline lab) > 0)
        if (!(lab in told)) lab_row(lab, "", "")
    close(command)
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
END {
    other_labs()
    predictions()
}
