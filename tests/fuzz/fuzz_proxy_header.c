/* What must hold of proxy_header for any bytes:
 *   - no byte behind the input is read
 *   - the verdict does not depend on how the bytes are cut
 *   - a header has at least as many bytes as the shortest, and not more than there
 *     are or are allowed
 *   - its address is one, and written in the one way in which we write it
 *   - whoever has come by TLS has it from version 2, and from nobody's own word */
#include "cidr.h"
#include "fuzz.h"
#include "proxy_header.h"

#include <string.h>

#define SHORTEST 15 /* PROXY UNKNOWN and CRLF */

static void check_header(const struct proxy_header *h,
                         const unsigned char *data, size_t size)
{
    struct cidr address;
    char text[NET_IP_TEXT];

    check(h->length >= SHORTEST, "a header has a length");
    check(h->length <= size && h->length <= PROXY_HEADER_MAX,
          "a header is no longer than its bytes");
    check(h->tls == 0 || (h->tls == 1 && data[0] == '\r' && data[12] == 0x21),
          "TLS is said by a proxy, in version 2");
    if (h->ip[0] == '\0')
        return;
    check(cidr_parse_address(slice_of(h->ip), &address) == 0, "an address");
    cidr_text(&address, text);
    check(strcmp(text, h->ip) == 0, "an address as we write it");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct proxy_header whole, part;
    enum proxy_verdict verdict, of_part;
    size_t step = size / 300 + 1;

    if (guarded(data, size) == NULL)
        return 0;
    verdict = proxy_header_parse(&whole, guarded(data, size), size);
    if (verdict == PROXY_COMPLETE)
        check_header(&whole, data, size);
    for (size_t cut = 0; cut < size; cut += step) {
        of_part = proxy_header_parse(&part, guarded(data, cut), cut);
        check(of_part == PROXY_PARTIAL || of_part == verdict,
              "the same verdict for all cuts");
        check(of_part != PROXY_COMPLETE ||
                  (part.length == whole.length && part.tls == whole.tls &&
                   strcmp(part.ip, whole.ip) == 0),
              "the same header for all cuts");
    }
    return 0;
}
