# docs/book/join.awk: the pages as one text for pandoc. Variable: list, what
# pages.awk printed. Where a page begins, and what stands behind the first word
# of a fence (pandoc forgets it), is left as a comment for book.lua.
function named(info,    word, n, i) {
    n = split(info, word, " ")
    if (word[1] != "console") return n > 1 ? "file " word[2] : ""
    for (i = 2; i <= n; i++)
        if (word[i] ~ /^[1-9]$/) return "terminal " word[i]
    return ""
}
function fence(line,    run, info, what, indent) {
    match(line, /^ */)
    indent = substr(line, 1, RLENGTH)
    line = substr(line, RLENGTH + 1)
    if (!match(line, /^(```+|~~~+)/)) return
    run = substr(line, 1, RLENGTH)
    info = substr(line, RLENGTH + 1)
    if (open == "" && info !~ /`/) {
        open = run
        what = named(info)
        if (what != "") print indent "<!-- " what " -->\n"
    } else if (open != "" && info ~ /^[ \t]*$/ && length(run) >= length(open) &&
               substr(run, 1, 1) == substr(open, 1, 1))
        open = ""
}
function add(path,    line, status) {
    print "\n<!-- page " path " -->\n"
    open = ""
    while ((status = (getline line <path)) > 0) {
        fence(line)
        print line
    }
    close(path)
    if (status < 0) { print "book: no page " path >"/dev/stderr"; exit 1 }
}
$1 == "part" { print "\n<!-- " $0 " -->" }
$1 == "page" { add($2) }
