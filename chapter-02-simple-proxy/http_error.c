#include "http_error.h"

#include "net.h"

#include <stdio.h>
#include <string.h>

const char *http_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } known[] = {
        {200, "OK"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {416, "Range Not Satisfiable"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].status == status)
            return known[i].text;
    return "Error";
}

size_t http_error_format_with(char out[HTTP_ERROR_MAX], int status,
                              const char *fields, int bodyless)
{
    const char *text = http_status_text(status);
    int len = snprintf(out, HTTP_ERROR_MAX,
                       "HTTP/1.1 %d %s\r\n"
                       "Content-Type: text/plain\r\n"
                       "Content-Length: %zu\r\n"
                       "Connection: close\r\n"
                       "%s\r\n",
                       status, text, strlen(text) + sizeof "502 \n" - 1,
                       fields);

    if (!bodyless)
        len += snprintf(out + len, HTTP_ERROR_MAX - (size_t)len, "%d %s\n",
                        status, text);
    return (size_t)len;
}

size_t http_error_format(char out[HTTP_ERROR_MAX], int status, int bodyless)
{
    return http_error_format_with(out, status, "", bodyless);
}

int send_error(int fd, int status, int bodyless, uint64_t deadline_ms)
{
    char answer[HTTP_ERROR_MAX];
    size_t len = http_error_format(answer, status, bodyless);

    return net_send_all(fd, answer, len, deadline_ms);
}
