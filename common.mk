# common.mk: the flags and the rules that all chapters share.
#
# A chapter's Makefile names its PART (its directory) and its PROGRAMS, includes
# its own modules.mk (which includes that of the chapter before) and this file.
#
#   make SANITIZE=1   AddressSanitizer and UBSan, in build/sanitize
#   make DEBUG=1      -O0 -g3, in build/debug
#   make WERROR=1     a warning is an error (what CI uses)
#   make VARIANT=x    any other set of flags, in build/x
#   make POLLER=x     select, kqueue or epoll (chapter 5), in build/plain-x
#   make ZERO_COPY=x  portable or bsd (chapter 9), in build/plain-x
#   make USE=lab      students' modules in the place of the course's (tests/grade)
#   make V=1          shows the whole commands
#
# Programs lie in their chapter's directory; those of a variant lie under
# build/VARIANT/ so that they never replace the plain ones.

ROOT := ..

# ---- the compiler and its flags -------------------------------------------
ifeq ($(origin CC),default)
CC := cc
endif
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wold-style-definition -Wformat=2 -Wundef -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wconversion -Wno-sign-conversion \
            -Wvla -Wswitch-enum
SYSTEM   := $(shell uname -s)
FEATURES := -D_POSIX_C_SOURCE=200809L
ifeq ($(SYSTEM),Darwin)
FEATURES += -D_DARWIN_C_SOURCE
endif
ifneq ($(filter %BSD DragonFly,$(SYSTEM)),)
FEATURES += -D__BSD_VISIBLE=1
endif

VARIANT ?= plain
ifdef DEBUG
VARIANT := debug
CFLAGS  := -O0 -g3
endif
ifdef SANITIZE
VARIANT := sanitize
CFLAGS  := -O1 -g -fno-omit-frame-pointer \
           -fsanitize=address,undefined -fno-sanitize-recover=all
ifeq ($(SYSTEM),Linux)
# With many bits of address randomisation ASan's shadow can collide with a
# position-independent program, which then hangs before main().
CFLAGS  += -fno-pie
LDFLAGS += -no-pie
endif
endif
ifdef WERROR
WARNINGS += -Werror
endif
# Another poller than the system's own (chapter 5), another way to move bytes
# (chapter 9): other objects.
ifeq ($(origin POLLER),command line)
VARIANT := $(VARIANT)-$(POLLER)
endif
ifeq ($(origin ZERO_COPY),command line)
VARIANT := $(VARIANT)-$(ZERO_COPY)
endif

ifdef USE
VARIANT := $(VARIANT)-use-$(USE)$(if $(SOLUTION),-solution)
endif

CMOCKA_LIBS   ?= $(shell pkg-config --libs cmocka 2>/dev/null || echo -lcmocka)
CMOCKA_CFLAGS ?= $(shell pkg-config --cflags cmocka 2>/dev/null)

BUILD := $(ROOT)/build/$(VARIANT)
OUT   := $(if $(filter plain,$(VARIANT)),$(ROOT),$(BUILD))

# A source sees the headers of its own chapter and of those before it, never
# of a later one: each modules.mk records what was visible at its chapter.
home    = $(firstword $(subst /, ,$(1)))
visible = $(INCLUDES_$(call home,$(1)))
COMPILE = $(CC) -std=c99 -pedantic $(FEATURES) $(WARNINGS) $(CFLAGS)

Q   := $(if $(V),,@)
say  = $(if $(V),,@echo '  $(1) $(patsubst $(ROOT)/%,%,$(2))')

# ---- what there is to build -----------------------------------------------
# Modules that a lab has rebuilt.
ifdef USE
include $(ROOT)/tests/grade/use.mk
endif

NUMBER   := $(if $(filter chapter-%,$(PART)),$(shell echo $(PART) | cut -d- -f1-2),$(PART))
BINARIES := $(PROGRAMS:%=$(OUT)/$(PART)/%)
LIBRARY  := $(BUILD)/$(PART)/modules.a
OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(filter %.c,$(MODULES))) \
            $(patsubst %.html,$(BUILD)/%_page.o,$(filter %.html,$(MODULES)))
# A chapter's AGAIN: suites of earlier chapters that its program must pass, too.
SUITES   := $(sort $(notdir $(basename \
                $(wildcard $(ROOT)/tests/$(NUMBER)/test_*.c) $(AGAIN))))
SUPPORT  := $(patsubst $(ROOT)/%.c,$(BUILD)/%.o,$(wildcard $(ROOT)/tests/support/*.c))
TESTDIR  := $(BUILD)/tests/$(NUMBER)

.PHONY: all test suites sources clean summary FORCE
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BINARIES)

$(BINARIES): $(OUT)/$(PART)/%: $(BUILD)/$(PART)/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(if $(MODULES),$(LIBRARY))

# All modules up to this chapter; the linker takes what a program uses.
$(LIBRARY): $(OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(if $(OBJECTS),ar rc $@ $(OBJECTS),touch $@)

# A suite learns where the programs are, and which is its chapter's (the first);
# TEST_FLAGS, of a modules.mk, say what suites of earlier chapters must know.
define COMPILE_TEST
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(CMOCKA_CFLAGS) $(INCLUDES) -I$(ROOT)/tests/support \
	    -DPROGRAMS='"$(abspath $(OUT))"' -DLB_PART='"$(PART)"' \
	    -DLB_NAME='"$(firstword $(PROGRAMS))"' $(TEST_FLAGS) -MMD -MP -c -o $@ $<
endef

# (The more special rules stand first: make 3.81 takes the first that fits.)
vpath test_%.c $(sort $(dir $(AGAIN)))

$(BUILD)/tests/%.o: $(ROOT)/tests/%.c $(BUILD)/flags | cmocka
	$(COMPILE_TEST)

$(TESTDIR)/%.o: %.c $(BUILD)/flags | cmocka
	$(COMPILE_TEST)

$(BUILD)/%.o: $(ROOT)/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(call visible,$*) -MMD -MP -c -o $@ $<

# A page that is a part of the program: live.html becomes live_page.c (chapter 8).
$(BUILD)/%_page.o: $(BUILD)/%_page.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(call visible,$*) -MMD -MP -c -o $@ $<

EMBED := $(ROOT)/chapter-08-metrics/embed
$(BUILD)/%_page.c: $(ROOT)/%.html $(EMBED)
	@mkdir -p $(@D)
	$(call say,EMBED,$<)
	$(Q)sh $(EMBED) $< $(notdir $*)_page > $@

# Rewritten only when the command changes, so that other flags mean a rebuild.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' > $@

# ---- the tests --------------------------------------------------------------
# Each suite is a program of its own; with -j they run at the same time. Its
# output goes to a log, which is shown when something in it failed.
test: summary

suites: $(SUITES:%=$(TESTDIR)/%)        # built, not run

summary: $(SUITES:%=run-%)
	@sh $(ROOT)/tests/summary $(NUMBER) $(SUITES:%=$(TESTDIR)/%.log)

run-%: $(TESTDIR)/% $(BINARIES) backend
	@sh $(ROOT)/tests/run-suite $(TESTDIR)/$*

$(TESTDIR)/%: $(BUILD)/tests/$(NUMBER)/%.o $(SUPPORT) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(SUPPORT) \
	    $(if $(MODULES),$(LIBRARY)) $(CMOCKA_LIBS)

.PHONY: cmocka backend
cmocka:
	@CC='$(CC)' sh $(ROOT)/tests/have-cmocka $(CMOCKA_CFLAGS) $(CMOCKA_LIBS)

# The programs under test talk to the test server. It has modules in common with
# them, so the two are built one after the other.
backend: $(LIBRARY) $(BINARIES)
ifneq ($(PART),backends)
	@$(MAKE) --no-print-directory -C $(ROOT)/backends all
endif

# ---- the rest ---------------------------------------------------------------
sources:                 # this chapter's files, oldest first, in reading order
	@for m in $(MODULES) $(PROGRAMS:%=$(PART)/%.c); do \
	    test $$m = $${m%.c} || ! test -f $(ROOT)/$${m%.c}.h || \
	        echo $${m%.c}.h; echo $$m; done

clean:
	rm -f $(BINARIES)
	rm -rf $(BUILD)/$(PART) $(TESTDIR)

-include $(OBJECTS:.o=.d) $(PROGRAMS:%=$(BUILD)/$(PART)/%.d)
-include $(SUITES:%=$(TESTDIR)/%.d) $(SUPPORT:.o=.d)
