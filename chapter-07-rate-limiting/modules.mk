# What chapter 7 adds to the chapters before it, in reading order.
include ../chapter-06-connection-pooling/modules.mk
MODULES  += $(addprefix chapter-07-rate-limiting/, atomic.h siphash.c \
            client_key.c client_table.c limit_rule.c rate_limiter.c \
            limit_filter.c limited.c)
INCLUDES += -I../chapter-07-rate-limiting
INCLUDES_chapter-07-rate-limiting := $(INCLUDES)
