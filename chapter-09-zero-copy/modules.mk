# What chapter 9 adds to the chapters before it, in reading order.
include ../chapter-08-metrics/modules.mk

# How this system moves bytes inside the kernel: make ZERO_COPY=portable
# overrides it.
ZERO_COPY_Linux     := linux
ZERO_COPY_FreeBSD   := bsd
ZERO_COPY_DragonFly := bsd
ZERO_COPY_Darwin    := bsd
ZERO_COPY ?= $(or $(ZERO_COPY_$(shell uname -s)),portable)

# On Linux the one for BSD is tested over a shim, which only tests should link.
ifeq ($(ZERO_COPY)-$(shell uname -s),bsd-Linux)
MODULES  += tests/support/kqueue-shim/bsd_sendfile.c
INCLUDES += -I../tests/support/kqueue-shim
endif

MODULES  += $(addprefix chapter-09-zero-copy/, zero_copy.c zero_copy_system.h \
            zero_copy_$(ZERO_COPY).c mover_splice.c \
            http_date.c file_path.c file_open.c file_type.c file_answer.c \
            mover_file.c engine_files.c)
INCLUDES += -I../chapter-09-zero-copy
INCLUDES_chapter-09-zero-copy := $(INCLUDES)
