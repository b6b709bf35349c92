# What chapter 2 adds to the chapter before it, in reading order.
include ../chapter-01-fundamentals/modules.mk
MODULES  += $(addprefix chapter-02-simple-proxy/, log.c options.c clock.c signals.c \
            descriptor.c wait.c net.c server.c buffer.c slice.c authority.c \
            http_fields.c http_head.c http_forward.c http_error.c relay.c request.c)
INCLUDES += -I../chapter-02-simple-proxy
INCLUDES_chapter-02-simple-proxy := $(INCLUDES)
