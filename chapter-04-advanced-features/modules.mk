# What chapter 4 adds to the chapters before it, in reading order.
include ../chapter-03-load-balancer/modules.mk
MODULES  += $(addprefix chapter-04-advanced-features/, list.h timer.c watch.h \
            fd_interest.c select_loop.c channel.c exchange.c connector.c \
            session.c downstream.c upstream.c queue.c secret.c forwarded.c \
            engine_single.c linger.c idle.c service.c probe.c balancer.c)
INCLUDES += -I../chapter-04-advanced-features
INCLUDES_chapter-04-advanced-features := $(INCLUDES)
