#ifndef VECTORS_H
#define VECTORS_H

#include <stddef.h>

/* vectors: messages that were, or could be, read in two ways.
 *
 * Each names what it does and where it is described: a paper, a CVE of a
 * program that fell for it or for its like, or the rule that it breaks. The
 * verdict is what this course does with it:
 *
 *   REFUSED(status, text)    by the head
 *   BROKEN(text)             by the body: nothing of its bad line goes on
 *   ENDS(text, rest)         one message, and `rest` is none of its bytes
 *   UNTIL_CLOSE(text)        a response that goes on until the connection ends
 */

struct vector {
    const char *name, *source;
    const char *bytes;
    size_t len;
    int verdict; /* a status, or one of those below */
    const char *rest;
    size_t rest_len;
};

enum { IS_BROKEN = 1, IS_WHOLE, IS_UNTIL_CLOSE };

#define REFUSED(status, text) (text), sizeof(text) - 1, (status), "", 0
#define BROKEN(text)          (text), sizeof(text) - 1, IS_BROKEN, "", 0
#define UNTIL_CLOSE(text)     (text), sizeof(text) - 1, IS_UNTIL_CLOSE, "", 0
#define ENDS(text, rest) \
    (text rest), sizeof(text rest) - 1, IS_WHOLE, (rest), sizeof(rest) - 1

#define WATCHFIRE \
    "Linhart, Klein, Heled, Orrin: HTTP Request Smuggling (Watchfire, 2005)"
#define HOSTS     "Chen et al.: Host of Troubles (CCS 2016)"
#define DESYNC    "Kettle: HTTP Desync Attacks (PortSwigger, 2019)"
#define HOPS      "Davison: Abusing HTTP hop-by-hop request headers (2019)"
#define KLEIN     "Klein: HTTP Request Smuggling in 2020 (Black Hat USA 2020)"
#define H2C       "Miller: h2c Smuggling (Bishop Fox, 2020)"
#define TREQS     "Jabiyev et al.: T-Reqs (CCS 2021)"
#define EDOC      "Grenfeldt et al.: Attacking Websites Using HTTP Request " \
                  "Smuggling (EDOC 2021)"
#define BROWSER   "Kettle: Browser-Powered Desync Attacks (PortSwigger, 2022)"
#define FUNKY     "Weikop: Funky Chunks (w4ke.info, 2025)"
#define MUST_DIE  "Kettle: HTTP/1.1 Must Die (PortSwigger, 2025)"

#define HOST    "Host: a\r\n"
#define POST    "POST / HTTP/1.1\r\n" HOST
#define GET     "GET / HTTP/1.1\r\n" HOST
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define ADMIN   "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"
#define LAST    "0\r\n\r\n"
#define OK      "HTTP/1.1 200 OK\r\n"

#endif
