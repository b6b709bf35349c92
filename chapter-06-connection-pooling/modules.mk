# What chapter 6 adds to the chapters before it, in reading order.
include ../chapter-05-high-perf-io/modules.mk
MODULES  += $(addprefix chapter-06-connection-pooling/, conn_pool.c \
            pool_connector.c mover_bulk.c http_response.c http_frame.c tunnel.c \
            http_messages.c engine_http.c pooled.c)
INCLUDES += -I../chapter-06-connection-pooling
INCLUDES_chapter-06-connection-pooling := $(INCLUDES)
# From here on connections are kept: see tests/chapter-04/test_lb_requests.c.
TEST_FLAGS := -DLB_KEEPS
