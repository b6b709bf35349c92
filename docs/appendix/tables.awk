# docs/appendix/tables.awk: the tables of one page. Input: what uses.awk
# printed, then the file calls; variables: page, whose tables are wanted, and the
# level of their headings. Ends with 1 if the sources use what calls does not
# name, or calls names what they do not use.
function chapter_of(path) { return substr(path, 9, 2) + 0 }
function chapter_link(path,    dir) {
    dir = path
    sub(/\/.*/, "", dir)
    return "[" chapter_of(path) "](../../" dir "/README.md)"
}
# The files that use one of the names, oldest first, each once.
function places(names,    n, i, name, k, m, file, all, c, out, count, seen) {
    n = split(names, name, " ")
    for (c = 1; c <= 10; c++)
        for (i = 1; i <= n; i++) {
            m = split(files[name[i]], file, "\t")
            for (k = 1; k <= m; k++) {
                if (chapter_of(file[k]) != c || file[k] in seen) continue
                seen[file[k]] = 1
                if (++count == 1) oldest = file[k]
                if (count <= 2) out = out (out == "" ? "" : ", ") place(file[k])
            }
        }
    return count <= 2 ? out : out " and " count - 2 " more"
}
function place(path,    name) {
    name = path
    sub(/.*\//, "", name)
    return "[" name "](../../" path ")"
}
function coded(names) {
    gsub(/ /, "`, `", names)
    return "`" names "`"
}
BEGIN { FS = "\t" }
FNR == NR {
    files[$1] = substr($0, length($1) + 2)
    wanted[$1] = 1
    next
}
/^#/ || /^$/ { next }
/^@/ {
    shown = index($0, "@" page " ") == 1
    title = $0
    sub(/^@[^ ]* /, "", title)
    if (shown) {
        print "\n" level " " title "\n"
        print "| name | manual page | chapter | what for | where |"
        print "|---|---|---|---|---|"
    }
    next
}
{
    oldest = ""
    where = places($1)
    n = split($1, name, " ")
    for (i = 1; i <= n; i++) delete wanted[name[i]]
    if (oldest == "") {
        print "docs/appendix/calls: nothing uses " $1 >"/dev/stderr"
        faults = 1
    }
    if (shown)
        printf "| %s | %s | %s | %s | %s |\n", coded($1),
            ($2 ~ /\(/ ? "`" $2 "`" : $2), chapter_link(oldest), $3, where
}
END {
    for (w in wanted) {
        print "docs/appendix/calls: " w " is missing, which is used in " \
            files[w] >"/dev/stderr"
        faults = 1
    }
    exit faults
}
