# What chapter 3 adds to the chapters before it, in reading order.
include ../chapter-02-simple-proxy/modules.mk
MODULES  += $(addprefix chapter-03-load-balancer/, backend.c balance.c \
            health.c statistics.c)
INCLUDES += -I../chapter-03-load-balancer
INCLUDES_chapter-03-load-balancer := $(INCLUDES)
