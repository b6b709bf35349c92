# tests/grade/lab.mk: builds the tests of one lab around one submission.
#
#   make -C chapter-NN-... -f ../tests/grade/lab.mk shared|lab LAB=... FROM=... WORK=...
#
# The grader calls it, in the directory of the lab's chapter, with
#   LAB       the lab's directory, from the root
#   FROM      the directory with the submission's files
#   WORK      where what is built of the submission goes
#   FILES     the submission's files      PROGRAMS_OF  those .c that have a main()
#   TESTS     the suites: tests/test_x hidden/test_y
#   COURSE_SUITES  suites of the course, too: tests/chapter-03/test_balance
#   REPLACES  the modules of the course that the submission stands in for
#   COURSE    programs of the course that are linked with the submission
#   WITH      directories whose programs the tests start
#   STRICT    not empty: a warning about the submission is an error
# and with LB_VERDICT_KEY in the environment (tests/support/verdict.h). Objects
# of the course and of the suites are shared; the submission's are made anew.
PART := $(notdir $(CURDIR))
include modules.mk
include ../common.mk

SUBMITTED := $(patsubst %.c,$(WORK)/%.o,$(filter %.c,$(FILES)))
MAINS     := $(PROGRAMS_OF:%=$(WORK)/%.o)
OWN       := $(filter-out $(MAINS),$(SUBMITTED))
# What is neither code nor header the tests read (answers.h).
PAPERS    := $(filter-out %.c %.h,$(FILES))
LABTESTS  := $(BUILD)/$(LAB)
TEST_OBJ  := $(TESTS:%=$(LABTESTS)/%.o) $(COURSE_SUITES:%=$(LABTESTS)/course/%.o)
HARNESS   := $(filter-out %/verdict.o,$(SUPPORT)) $(WORK)/verdict.o
COURSE_OBJ := $(COURSE:%=$(BUILD)/%.o)
LAB_INCLUDES := -I$(ROOT)/$(LAB)/tests $(INCLUDES)

# The course's modules, without those that the submission replaces.
REPLACED := $(REPLACES:%.c=$(BUILD)/%.o)
KEPT     := $(if $(REPLACES),$(WORK)/kept.a,$(if $(MODULES),$(LIBRARY)))

# What is the same for all submissions: made first, under a lock (build.c).
.PHONY: shared lab with
shared: with $(SUPPORT) $(TEST_OBJ) $(COURSE_OBJ) $(if $(REPLACED),$(OBJECTS)) \
        $(if $(MODULES),$(LIBRARY))

lab: $(PAPERS:%=$(WORK)/%) $(PROGRAMS_OF:%=$(WORK)/%) \
     $(addprefix $(WORK)/,$(notdir $(COURSE))) \
     $(addprefix $(WORK)/,$(notdir $(TESTS) $(COURSE_SUITES)))

with:
	@for part in $(WITH); do \
	    $(MAKE) --no-print-directory -s -C $(ROOT)/$$part all || exit 1; done

$(WORK)/kept.a: $(filter-out $(REPLACED),$(OBJECTS))
	@mkdir -p $(@D)
	@rm -f $@
	@ar rc $@ $^

$(SUBMITTED): $(WORK)/%.o: $(FROM)/%.c FORCE
	@mkdir -p $(@D)
	@$(COMPILE) $(if $(STRICT),-Werror) -I$(FROM) $(LAB_INCLUDES) -c -o $@ $<

$(PAPERS:%=$(WORK)/%): $(WORK)/%: $(FROM)/% FORCE
	@mkdir -p $(@D)
	@test -f $< && test ! -h $< || { echo '$*: not a file' >&2; exit 1; }
	@head -c 1048576 $< >$@

$(WORK)/verdict.o: $(ROOT)/tests/support/verdict.c FORCE
	@mkdir -p $(@D)
	@$(COMPILE) -DLB_VERDICT_KEY='"$(LB_VERDICT_KEY)"' -c -o $@ $<

define COMPILE_SUITE
	@mkdir -p $(@D)
	@$(COMPILE) $(CMOCKA_CFLAGS) $(LAB_INCLUDES) -I$(ROOT)/tests/support \
	    -DPROGRAMS='"$(abspath $(OUT))"' -MMD -MP -c -o $@ $<
endef

$(COURSE_SUITES:%=$(LABTESTS)/course/%.o): $(LABTESTS)/course/%.o: \
        $(ROOT)/%.c $(BUILD)/flags | cmocka
	$(COMPILE_SUITE)

$(TESTS:%=$(LABTESTS)/%.o): $(LABTESTS)/%.o: $(ROOT)/$(LAB)/%.c \
        $(BUILD)/flags | cmocka
	$(COMPILE_SUITE)

$(PROGRAMS_OF:%=$(WORK)/%): $(WORK)/%: $(WORK)/%.o $(OWN) $(KEPT) | $(WORK)/hands
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# What the tests are linked with may not call the tests, nor stand in for what
# they are made of.
$(WORK)/hands: $(OWN) $(SUPPORT)
	@sh $(ROOT)/tests/grade/hands $@ "$(OWN)" $(SUPPORT)

define LINK_PROGRAM
$(WORK)/$(notdir $(1)): $(BUILD)/$(1).o $(OWN) $(KEPT)
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^
endef
$(foreach p,$(COURSE),$(eval $(call LINK_PROGRAM,$(p))))

define LINK_SUITE
$(WORK)/$(notdir $(1)): $(LABTESTS)/$(1).o $(OWN) $(HARNESS) $(KEPT) $(WORK)/hands
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter-out %/hands,$$^) $$(CMOCKA_LIBS)
endef
$(foreach t,$(TESTS) $(COURSE_SUITES:%=course/%),$(eval $(call LINK_SUITE,$(t))))

-include $(TEST_OBJ:.o=.d)
