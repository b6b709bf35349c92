# What chapter 5 adds to the chapters before it, in reading order.
include ../chapter-04-advanced-features/modules.mk

# What the loop asks the kernel with: make POLLER=select overrides it.
POLLER_Linux     := epoll
POLLER_Darwin    := kqueue
POLLER_FreeBSD   := kqueue
POLLER_NetBSD    := kqueue
POLLER_OpenBSD   := kqueue
POLLER_DragonFly := kqueue
POLLER ?= $(or $(POLLER_$(shell uname -s)),select)

# On Linux the kqueue poller is tested over a shim, which only tests should link.
ifeq ($(POLLER)-$(shell uname -s),kqueue-Linux)
MODULES  += tests/support/kqueue-shim/kqueue.c
INCLUDES += -I../tests/support/kqueue-shim
endif

MODULES  += $(addprefix chapter-05-high-perf-io/, poller.h timer_wheel.c \
            event_loop.c event_loop_$(POLLER).c)
INCLUDES += -I../chapter-05-high-perf-io
INCLUDES_chapter-05-high-perf-io := $(INCLUDES)
