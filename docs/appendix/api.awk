# docs/appendix/api.awk: what headers declare, as a list in Markdown. Input: the
# headers and programs of one chapter, in reading order. Of each: its own
# comment's first sentence, then its functions, types and macros with arguments,
# each with the first sentence of the comment above it.
function sentence(text, name,    end, more) {
    gsub(/[ \t]+/, " ", text)
    sub(/^ /, "", text)
    sub(/ $/, "", text)
    if (name != "" && index(text, name ": ") == 1)
        text = substr(text, length(name) + 3)
    if (name != "" && index(text, "seam: " name ". ") == 1)
        text = substr(text, length(name) + 9)
    else if (match(text, /^seam: [a-z_]+\. /)) {
        more = substr(text, 1, RLENGTH)
        text = substr(text, RLENGTH + 1)
    }
    end = stop_in(text)
    if (end) text = substr(text, 1, end)
    text = more text
    if (text !~ /^(fd|n|q) / && text !~ /^[a-z]*[_(*]/)
        text = toupper(substr(text, 1, 1)) substr(text, 2)
    return escaped(text)
}
# Signs that mean something in Markdown, outside `code`.
function escaped(text,    part, n, i) {
    n = split(text, part, "`")
    text = ""
    for (i = 1; i <= n; i++) {
        if (i % 2 || i == n) gsub(/[[<*]/, "\\\\&", part[i])
        text = text (i > 1 ? "`" : "") part[i]
    }
    return text
}
# Where the first sentence ends: a stop with a blank and a capital behind it.
function stop_in(text,    at, from) {
    from = 1
    while (match(substr(text, from), /[.?!]"? /)) {
        at = from + RSTART + RLENGTH - 2
        if (substr(text, at + 1, 1) ~ /[A-Z0-9"]/) return at - 1
        from = at + 1
    }
    return 0
}
function squeezed(text) {
    gsub(/\/\*[^*]*\*\//, "", text)
    gsub(/[ \t\n]+/, " ", text)
    sub(/^ /, "", text)
    sub(/ ?[;{]? ?$/, "", text)
    sub(/^static inline /, "", text)
    return text
}
function begin_file(    link) {
    flush()
    name = FILENAME
    sub(/.*\//, "", name)
    link = "../../" FILENAME
    header = name ~ /\.h$/
    printf "\n### [%s](%s)\n", name, link
    sub(/\.[ch]$/, "", name)
    comment = declaration = ""
    in_comment = in_body = told = 0
}
# Those that stand together, without a blank line and a comment of their own,
# share the comment of the first.
function tell(what) {
    if (comment != "" || names == "") {
        flush()
        about = comment
        names = "`" what "`"
    } else
        names = names ", `" what "`"
    comment = ""
}
function flush() {
    if (names != "")
        print (listed[FILENAME]++ ? "" : "\n") "- " names \
            (about == "" ? "" : ": " sentence(about, ""))
    names = ""
}
function tell_module() {
    print "\n" sentence(comment, name)
    told = 1
    comment = ""
}
function is_modules(comment) {
    sub(/^ */, "", comment)
    sub(/^seam: /, "", comment)
    return index(comment, name ": ") == 1 || index(comment, name ".") == 1
}
function end_comment() {
    if (!told && is_modules(comment)) tell_module()
}
FNR == 1 { begin_file() }
!header && told { nextfile }

in_comment {
    line = $0
    in_comment = line !~ /\*\//
    sub(/^ *\*\/? ?/, "", line)
    sub(/ *\*\/.*$/, "", line)
    if (line == "" && !told && is_modules(comment)) {
        tell_module()
        skipping = in_comment
    }
    if (!skipping) comment = comment " " line
    if (!in_comment) {
        if (skipping) comment = ""
        skipping = 0
        end_comment()
    }
    next
}
declaration == "" && !in_body && /^\/\*/ {
    comment = $0
    sub(/^\/\* ?/, "", comment)
    in_comment = comment !~ /\*\//
    sub(/ *\*\/.*$/, "", comment)
    if (!in_comment) end_comment()
    next
}
!header { next }

in_body {
    if (/^}/) in_body = 0
    if (/^} [A-Za-z_0-9]+;/) tell("typedef " substr($2, 1, length($2) - 1))
    next
}
/^#define [A-Za-z_0-9]+\(/ {
    match($0, /^#define [A-Za-z_0-9]+\([^)]*\)/)
    if (comment != "") tell(substr($0, 9, RLENGTH - 8))
    continued = /\\$/
    next
}
continued { continued = /\\$/; next }
/^#/ { comment = ""; next }
/^$/ && declaration == "" {
    if (!told && comment != "" && names == "") tell_module()
    flush()
    comment = ""
    next
}
/^(struct|enum|union) [a-z_0-9]+ \{/ {
    tell($1 " " $2)
    in_body = !/};/
    next
}
declaration == "" && !/^[a-z]/ { next }
{
    declaration = declaration "\n" $0
    if ($0 !~ /[;{]$/ && $0 !~ /;[ \t]*\/\*.*\*\/$/) {
        if (declaration !~ /\)\n\{$/) next
    }
    in_body = /\{$/
    what = squeezed(declaration)
    declaration = ""
    if (what == "enum") what = "enum { … }"
    if (what ~ /^typedef (enum|struct)$/) next # told when its name comes
    if (what !~ /^(struct|enum|union) [a-z_0-9]+$/) tell(what)
}
END { flush() }
