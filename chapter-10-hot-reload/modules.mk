# What chapter 10 adds to the chapters before it, in reading order.
include $(or $(wildcard ../chapter-09-zero-copy/modules.mk),../chapter-06-connection-pooling/modules.mk)
MODULES  += $(addprefix chapter-10-hot-reload/, utf8.c json.c json_number.c)
INCLUDES += -I../chapter-10-hot-reload
INCLUDES_chapter-10-hot-reload := $(INCLUDES)
