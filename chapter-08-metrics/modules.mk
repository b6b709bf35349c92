# What chapter 8 adds to the chapters before it, in reading order.
include ../chapter-07-rate-limiting/modules.mk
MODULES  += $(addprefix chapter-08-metrics/, text.c histogram.c labels.c \
            metrics_region.h metrics.c metrics_registry.c \
            metrics_read.c metrics_text.c process_info.c metrics_filter.c \
            lb_stats.c engine_admin.c live_page.h live.html embed \
            admin_pages.c outcome.h log_writer.c access_log.c measured.c)
INCLUDES += -I../chapter-08-metrics
INCLUDES_chapter-08-metrics := $(INCLUDES)
