# frames.awk: the frames of HTTP/2 in a stream of bytes, a line for each.
#
#     ... | od -A n -v -t u1 | awk -f docs/beyond/frames.awk
#
# A frame is nine bytes, length (3), type, flags, stream (4), and so many more
# (RFC 9113, section 4.1). Of DATA the total is told at the end.

BEGIN {
    split("DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING " \
          "GOAWAY WINDOW_UPDATE CONTINUATION", names, " ")
    format = "%-14s %6s  %5s  %6s\n"
    printf format, "type", "length", "flags", "stream"
}
{
    for (i = 1; i <= NF; i++) take($i + 0)
}
END {
    if (place > 0) print "the rest is not a whole frame"
    printf "%d bytes of DATA\n", data
}

function take(byte) {
    if (++place <= 9) head[place] = byte
    if (place == 9) {
        left = (head[1] * 256 + head[2]) * 256 + head[3]
        stream = head[6] % 128 * 256 + head[7]
        stream = (stream * 256 + head[8]) * 256 + head[9]
        printf format, head[4] < 10 ? names[head[4] + 1] : "type " head[4], \
            left, head[5], stream
        if (head[4] == 0) data += left
    } else if (place > 9) {
        left--
    }
    if (place >= 9 && left == 0) place = 0
}
