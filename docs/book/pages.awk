# docs/book/pages.awk: the pages of the book in their order, from docs/README.md
# (its only list: what is linked between the two marks), and behind the page
# labs.md the labs that it links to. Prints "part TITLE" and "page PATH".
function resolved(dir, target,    n, i, part, out, depth) {
    n = split(dir "/" target, part, "/")
    for (i = 1; i <= n; i++) {
        if (part[i] == "" || part[i] == ".") continue
        if (part[i] == ".." && depth > 0) depth--
        else out[++depth] = part[i]
    }
    target = ""
    for (i = 1; i <= depth; i++) target = target (i > 1 ? "/" : "") out[i]
    return target
}
function page(path) {
    if (path in seen) return
    seen[path] = 1
    print "page " path
    if (path ~ /(^|\/)labs\.md$/) links_of(path)
}
# Every relative link to a page on a line; dir is that of the file.
function links_in(line, dir,    target) {
    while (match(line, /\]\([^)#:]*\.md[)#]/)) {
        target = substr(line, RSTART + 2, RLENGTH - 3)
        line = substr(line, RSTART + RLENGTH)
        page(resolved(dir, target))
    }
}
# The labs that a page names in its tables, and nothing else of it.
function links_of(path,    line, dir) {
    dir = path
    sub(/\/[^\/]*$/, "", dir)
    while ((getline line <path) > 0)
        if (line ~ /^\|.*\/labs\//) links_in(line, dir)
    close(path)
}
BEGIN { seen["docs/README.md"] = 1 }
/^<!-- pages -->$/ { inside = 1; next }
/^<!-- end of pages -->$/ { inside = 0 }
inside && /^#+ / { sub(/^#+ */, ""); print "part " $0; next }
inside { links_in($0, "docs") }
