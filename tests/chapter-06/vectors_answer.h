#ifndef VECTORS_ANSWER_H
#define VECTORS_ANSWER_H

#include "vectors.h"

/* Responses that could be two, or none. What is behind the first must never be
 * taken for the answer to the next request (response splitting: Klein, 2004;
 * response queue poisoning: Kettle, 2021). The connection is not used again. */
static const struct answer_vector {
    const char *method;
    struct vector v;
} answer_vectors[] = {
    /* two framings, or one that is none */
    {"GET", {"CL and TE", "RFC 9112, 6.3",
     REFUSED(502, OK "Content-Length: 5\r\n" CHUNKED "\r\n" LAST)}},
    {"GET", {"TE and CL", "RFC 9112, 6.3",
     REFUSED(502, OK CHUNKED "Content-Length: 5\r\n\r\n" LAST)}},
    {"GET", {"TE on HTTP/1.0", "RFC 9112, 6.1",
     REFUSED(502, "HTTP/1.0 200 OK\r\n" CHUNKED "\r\n" LAST)}},
    {"GET", {"CL.CL", "RFC 9112, 6.3",
     REFUSED(502, OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef")}},
    {"GET", {"CL as a list", "RFC 9112, 6.3",
     REFUSED(502, OK "Content-Length: 5, 5\r\n\r\nabcde")}},
    {"GET", {"CL said twice", "RFC 9110, 8.6",
     ENDS(OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
          OK "\r\n")}},
    {"GET", {"CL -1", "RFC 9110, 8.6",
     REFUSED(502, OK "Content-Length: -1\r\n\r\nabcde")}},
    {"GET", {"CL of nothing", "RFC 9110, 8.6",
     REFUSED(502, OK "Content-Length: \r\n\r\nabcde")}},
    {"GET", {"TE gzip, chunked", "RFC 9112, 6.1",
     REFUSED(502, OK "Transfer-Encoding: gzip, chunked\r\n\r\n" LAST)}},
    {"GET", {"TE chunked, gzip", "RFC 9112, 6.3",
     REFUSED(502, OK "Transfer-Encoding: chunked, gzip\r\n\r\n" LAST)}},
    {"GET", {"TE xchunked", DESYNC,
     REFUSED(502, OK "Transfer-Encoding: xchunked\r\n\r\n" LAST)}},
    {"GET", {"TE.TE", DESYNC, REFUSED(502, OK CHUNKED CHUNKED "\r\n" LAST)}},
    {"HEAD", {"CL and TE, to HEAD", "RFC 9112, 6.3",
     REFUSED(502, OK "Content-Length: 5\r\n" CHUNKED "\r\n")}},

    /* lines */
    {"GET", {"a space before the colon", "RFC 9112, 5.1",
     REFUSED(502, OK "Content-Length : 5\r\n\r\nabcde")}},
    {"GET", {"obs-fold", "RFC 9112, 5.2",
     REFUSED(502, OK "X: y\r\n Content-Length: 5\r\n\r\nabcde")}},
    {"GET", {"a bare CR", "CVE-2022-32214",
     REFUSED(502, OK "X: y\rContent-Length: 0\r\n\r\nabcde")}},
    {"GET", {"NUL in a value", "RFC 9110, 5.5",
     REFUSED(502, OK "X: a\0b\r\n\r\n")}},
    {"GET", {"no colon", "CVE-2019-20444", REFUSED(502, OK "X\r\n\r\n")}},
    {"GET", {"no name", "CVE-2023-25725", REFUSED(502, OK ": x\r\n\r\n")}},

    /* the status line */
    {"GET", {"two status lines", "RFC 9112, 4", REFUSED(502, OK OK "\r\n")}},
    {"GET", {"an empty line first", "RFC 9112, 2.2",
     REFUSED(502, "\r\n" OK "\r\n")}},
    {"GET", {"no head at all", "RFC 1945, 6", REFUSED(502, "<html></html>\n")}},
    {"GET", {"HTTP/2", "RFC 9113, 3", REFUSED(502, "HTTP/2 200\r\n\r\n")}},
    {"GET", {"ICY", "RFC 9112, 4", REFUSED(502, "ICY 200 OK\r\n\r\n")}},
    {"GET", {"status 2000", "RFC 9110, 15",
     REFUSED(502, "HTTP/1.1 2000 OK\r\n\r\n")}},
    {"GET", {"status 099", "RFC 9110, 15",
     REFUSED(502, "HTTP/1.1 099 OK\r\n\r\n")}},
    {"GET", {"status 600", "RFC 9110, 15",
     REFUSED(502, "HTTP/1.1 600 OK\r\n\r\n")}},
    {"GET", {"status of two digits", "RFC 9112, 4",
     REFUSED(502, "HTTP/1.1 20 OK\r\n\r\n")}},
    {"GET", {"a tab for a space", "RFC 9112, 4",
     REFUSED(502, "HTTP/1.1\t200 OK\r\n\r\n")}},
    {"GET", {"a bare CR in the reason", "RFC 9112, 2.2",
     REFUSED(502, "HTTP/1.1 200 O\rK\r\n\r\n")}},

    /* no body, whatever the fields say; what comes all the same is another's */
    {"HEAD", {"a body for HEAD", "RFC 9110, 9.3.2; " MUST_DIE,
     ENDS(OK "Content-Length: 5\r\n\r\n", "abcde")}},
    {"HEAD", {"chunks for HEAD", "RFC 9110, 9.3.2",
     ENDS(OK CHUNKED "\r\n", LAST)}},
    {"HEAD", {"a response in the body for HEAD", MUST_DIE,
     ENDS(OK "Content-Length: 19\r\n\r\n", OK "\r\n")}},
    {"GET", {"a body for 204", "RFC 9110, 15.3.5",
     ENDS("HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n", "abcde")}},
    {"GET", {"chunks for 204", "RFC 9112, 6.1",
     ENDS("HTTP/1.1 204 x\r\n" CHUNKED "\r\n", LAST)}},
    {"GET", {"a body for 304", "RFC 9110, 15.4.5",
     ENDS("HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n", "abcde")}},
    {"GET", {"chunks for 304", "RFC 9112, 6.3",
     ENDS("HTTP/1.1 304 x\r\n" CHUNKED "\r\n", LAST)}},
    {"GET", {"a body for 100", "RFC 9110, 15.2",
     ENDS("HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\n", "abcde")}},
    {"GET", {"chunks for 103", "RFC 9112, 6.1",
     ENDS("HTTP/1.1 103 x\r\n" CHUNKED "\r\n", LAST)}},
    {"GET", {"100, and the answer", "RFC 9110, 15.2",
     ENDS("HTTP/1.1 100 Continue\r\n\r\n", OK "\r\n")}},
    {"CONNECT", {"a length for CONNECT", "RFC 9110, 9.3.6",
     ENDS(OK "Content-Length: 5\r\n\r\n", "abcde")}},
    {"CONNECT", {"chunks for CONNECT", "RFC 9110, 9.3.6",
     ENDS(OK CHUNKED "\r\n", LAST)}},

    /* bodies */
    {"GET", {"more than its length", BROWSER,
     ENDS(OK "Content-Length: 5\r\n\r\nabcde", OK "\r\n")}},
    {"GET", {"more than its last chunk", BROWSER,
     ENDS(OK CHUNKED "\r\n" LAST, "0")}},
    {"GET", {"CL 0, and bytes", BROWSER,
     ENDS(OK "Content-Length: 0\r\n\r\n", OK "\r\n")}},
    {"GET", {"neither length nor chunks", "RFC 9112, 6.3",
     UNTIL_CLOSE(OK "\r\n" OK "\r\n")}},
    {"GET", {"LF behind a size", "RFC 9112, 7.1",
     BROKEN(OK CHUNKED "\r\n5\nabcde\r\n" LAST)}},
    {"GET", {"LF in an extension", FUNKY,
     BROKEN(OK CHUNKED "\r\n5;\nabcde\r\n" LAST)}},
    {"GET", {"two other bytes behind the data", FUNKY,
     BROKEN(OK CHUNKED "\r\n1\r\naXX" LAST)}},
    {"GET", {"a size that overflows", "CVE-2013-2028",
     BROKEN(OK CHUNKED "\r\nfffffffffffffffe\r\n")}},
    {"GET", {"Content-Length in a trailer", "RFC 9110, 6.5.1",
     BROKEN(OK CHUNKED "\r\n0\r\nContent-Length: 0\r\n\r\n")}},
};

#endif
