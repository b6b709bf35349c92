# docs/appendix/uses.awk: which functions, options and signals of the system the
# sources use. Input: sources, oldest chapter first. Prints "NAME TAB FILE...",
# in the order in which they are first used; what the sources define themselves is
# left out.
function code_of(line,    out, i, c, n) {
    n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        if (in_comment) {
            if (c == "*" && substr(line, i + 1, 1) == "/") {
                in_comment = 0
                i++
            }
        } else if (quote != "") {
            if (c == "\\") i++
            else if (c == quote) quote = ""
        } else if (c == "/" && substr(line, i + 1, 1) == "*") {
            in_comment = 1
            i++
        } else if (c == "\"" || c == "'") {
            quote = c
            out = out "0"
        } else
            out = out c
    }
    if (line !~ /\\$/) quote = ""
    return out
}
function use(name) {
    if ((FILENAME, name) in pointer) return
    if (!(name in files)) order[++count] = name
    if (last[name] != FILENAME) files[name] = files[name] "\t" FILENAME
    last[name] = FILENAME
}
# What is called, or at the beginning of a line: defined. `f->read(x)` calls
# something of ours, (*read)(x) declares it.
function calls_in(code,    rest, before, name, first) {
    rest = code
    first = code ~ /^[A-Za-z_]/
    while (match(rest, /[A-Za-z_][A-Za-z_0-9]* *\(/)) {
        name = substr(rest, RSTART, RLENGTH - 1)
        sub(/ *$/, "", name)
        before = substr(rest, 1, RSTART - 1)
        rest = substr(rest, RSTART + RLENGTH)
        if (first && before !~ /[=(]/ && rest !~ /^\*/) own[name] = 1
        else if (before !~ /(\.|->)$/ && rest !~ /^\*(const )?[a-z_]*[[)]/)
            use(name)
        first = 0
    }
}
function pointers_in(code,    name) {
    while (match(code, /\(\*(const )?[a-z_]+[[)]/)) {
        name = substr(code, RSTART + 2, RLENGTH - 3)
        sub(/^const /, "", name)
        pointer[FILENAME, name] = 1
        code = substr(code, RSTART + RLENGTH)
    }
}
function words_in(code,    name) {
    while (match(code, /[A-Za-z_0-9]+/)) {
        name = substr(code, RSTART, RLENGTH)
        code = substr(code, RSTART + RLENGTH)
        if (name ~ /^((SO|TCP|IPV6|MSG)_[A-Z0-9_]+|SIG[A-Z0-9]+)$/) use(name)
    }
}
FNR == 1 { in_comment = 0; quote = "" }
{
    code = code_of($0)
    if (match(code, /^#[ \t]*define[ \t]+[A-Za-z_0-9]+/)) {
        name = substr(code, RSTART, RLENGTH)
        sub(/.*[ \t]/, "", name)
        own[name] = 1
        sub(/^#[ \t]*define[ \t]+[A-Za-z_0-9]+(\([^)]*\))?/, " ", code)
    } else if (code ~ /^#/)
        next
    pointers_in(code)
    calls_in(code)
    words_in(code)
}
END {
    keywords = " if while for switch return sizeof do defined int void " \
        "__format__ __attribute__ UINT64_C INT64_C "
    for (i = 1; i <= count; i++)
        if (!(order[i] in own) && !index(keywords, " " order[i] " "))
            print order[i] files[order[i]]
}
