# What chapter 10 adds to the chapters before it, in reading order.
include ../chapter-09-zero-copy/modules.mk
MODULES  += $(addprefix chapter-10-hot-reload/, utf8.c json.c json_number.c \
            cidr.c config_faults.c config_file.c config_table.c \
            config_nearest.c config_take.c config_check.c config.c \
            config_docs.c balance_more.c real_client.c identity.c \
            proxy_header.c engine_proxied.c shared.c board.c child.c errand.c household.c \
            health_http.c passive.c names.c lookup.c notify.c worker.c generation.c lb_admin.c \
            master.c)
INCLUDES += -I../chapter-10-hot-reload
INCLUDES_chapter-10-hot-reload := $(INCLUDES)
