# The whole course. Each target is one line of `make help`; each chapter has a
# Makefile of its own with all, test, sources and clean.
#
#   make CC=clang, SANITIZE=1, DEBUG=1, WERROR=1, -j: see common.mk

CHAPTERS := $(sort $(wildcard chapter-*))
PARTS    := backends $(CHAPTERS)
MAKE_IN   = $(MAKE) --no-print-directory -C

# One part after the other, since they share objects; within a part -j applies
# (the + hands it on: make does not see that these lines run make).
each = +@for part in $(2); do $(MAKE_IN) $$part $(1) || exit 1; done

.PHONY: all test demo deps check bench race soak fuzz memcheck docs docs-check spell \
        book export grade labs-check bughunt handout bundle accept rubric \
        rubric-check doctor predict arena install clean help

all:         ## build every program
	$(call each,all,$(PARTS))

test:        ## run all cmocka suites (CHAPTER=04 for one; TEST_WRAPPER=... in front)
	@sh tests/run-all $(MAKE) $(if $(CHAPTER),chapter-$(CHAPTER)*,$(PARTS) docs/tools docs/arena tests/grade)

demo: all    ## three backends and a load balancer to play with; Ctrl-C ends it
	@sh backends/demo

deps:        ## install what the tests need (cmocka), if it is not there
	@CC='$(CC)' sh tests/install-deps

check:       ## all that CI checks: both compilers, tests, sanitizers, analysis, READMEs
	@sh tests/check

bench: all   ## compare the chapters, and nginx and HAProxy where installed (LINE=... for one)
	+@$(MAKE_IN) tests/bench
	+@$(MAKE_IN) chapter-05-high-perf-io VARIANT=select POLLER=select all
	@sh tests/bench/bench $(LINE)

race: all    ## two chapters under the same load: A=03 B=05, or A=06 B=nginx
	+@$(MAKE_IN) tests/bench
	@sh tests/bench/race '$(A)' '$(B)'

soak: all    ## lb under load and under attack, for SECONDS=3600
	+@$(MAKE_IN) tests/bench
	+@$(MAKE_IN) tests/chaos
	@sh tests/chaos/run soak $(or $(SECONDS),3600)

fuzz:        ## fuzz the parsers for SECONDS=30 each (needs clang)
	+@$(MAKE_IN) tests/fuzz run SECONDS=$(or $(SECONDS),30)

memcheck:    ## the tests under valgrind: slow
	@LB_TEST_TIMEOUT_SCALE=10 \
	 TEST_WRAPPER='valgrind -q --error-exitcode=99 --leak-check=full --trace-children=yes --trace-children-skip=/usr/*,/bin/*' \
	 sh tests/run-all $(MAKE) $(if $(CHAPTER),chapter-$(CHAPTER)*,$(PARTS))

# The directories of LAB="3.1 3.2"; without it, of all labs.
chosen_labs = $(if $(strip $(LAB)$(LABS)),$(foreach l,$(LAB)$(LABS),$(wildcard chapter-*/labs/$(l)-*)),\
    $(wildcard chapter-*/labs/*-*))
GRADER = $(MAKE_IN) tests/grade SANITIZE= VARIANT=plain WERROR= OUT=../.. all
chosen = $(foreach v,$(1),$(if $(filter command,$(firstword $(origin $(v)))),'$(v)=$($(v))'))

grade:       ## grade labs: LAB=1.1 (else all), SOLUTION=1, TEST=..., FORMAT=..., OUT=...
	+@$(GRADER)
	@tests/grade/grade $(call chosen,LAB SOLUTION SUBMISSION TEST FORMAT OUT \
	    JOBS RUN_AS SEED CC SANITIZE)

labs-check:  ## prove the labs: starters fail, solutions pass, twins die (LAB=..., RUNS=3)
	+@$(GRADER)
	+@sh tests/grade/prove-all $(notdir $(chosen_labs)) $(call chosen,RUNS CC)
	$(if $(LAB),,@sh tests/grade/index --check docs/labs.md)
	$(if $(LAB),,@sh tests/grade/symptoms --check docs/students.md)
	$(if $(LAB),,@sh tests/grade/rubric check docs/rubric/*.rubric)

bughunt:     ## grade a student's own tests by the twins they kill: LAB=1.1, TESTS=mine
	+@$(GRADER)
	@tests/grade/bughunt $(call chosen,LAB TESTS JOBS CC)

handout:     ## the course without solutions, proved: LABS="1.1 3.1", OUT=..., SEED=...
	+@$(GRADER)
	@sh tests/grade/handout '$(or $(OUT),build/handout)' '$(SEED)' $(chosen_labs)

bundle:      ## what Gradescope and Autolab get: LAB=1.1, OUT=...
	@sh tests/grade/bundle '$(or $(OUT),build/bundle)' '$(SEED)' $(chosen_labs)

accept:      ## the course's end-to-end suites on your program: AS=lb LB=path [SUITES=a,b]
	@sh tests/grade/accept '$(AS)' '$(LB)' '$(SUITES)'

rubric:      ## the sheet of a rubric: RUBRIC=chapter-04 [RUN=1 SUBMISSION=... LB=...]
	+@$(if $(RUN),$(GRADER))
	@sh tests/grade/rubric $(if $(RUN),run,sheet) docs/rubric/$(RUBRIC).rubric \
	    $(call chosen,SUBMISSION SEED LB START ONLY)

rubric-check: ## whether the rubrics add up, and all that they name exists
	@sh tests/grade/rubric check docs/rubric/*.rubric

doctor:      ## what is in the way on this machine, and the cure
	+@$(GRADER)
	@tests/grade/doctor

# All settings that are no flags of the compiler, so that a misspelt one is told.
settings = $(call chosen,$(filter-out CC CFLAGS LDFLAGS SANITIZE DEBUG WERROR \
               VARIANT V Q,$(sort $(.VARIABLES))))

arena:       ## algorithms against each other, simulated (HELP=1, LOAD=0.9, SVG=file...)
	+@$(MAKE_IN) docs/arena SANITIZE= VARIANT=plain WERROR= OUT=../.. all
	@sh docs/arena/play $(settings)

predict:     ## predict, run, explain: CH=5 Q=2; without Q a list; CHECK=1 replays all
	+@MAKE='$(MAKE)' sh docs/predict/predict.sh $(if $(CHECK),--check) $(CH) $(Q)

docs:        ## refresh what the texts take from the code: quotes, indexes, tables
	@sh tests/grade/index docs/labs.md
	@sh tests/grade/symptoms docs/students.md
	@sh docs/appendix/write
	+@$(MAKE_IN) docs/tools refresh

docs-check: all ## check the READMEs: quotes, links, and every command (FILES=... for some)
	$(if $(FILES),,@sh docs/appendix/write --check)
	$(if $(FILES),,@sh docs/book/book --check)
	+@$(MAKE_IN) docs/tools check

spell:       ## spelling of texts and sources, and whether every SVG is well-formed
	@sh docs/tools/spell $(FILES)

book:        ## the whole course as HTML and PDF, in OUT=build/book (needs pandoc)
	@sh docs/book/book '$(or $(OUT),build/book)'

export:      ## a flat, standalone copy of each chapter in OUT=build/export
	+@for chapter in $(CHAPTERS); do sh tests/export $$chapter \
	    $(or $(OUT),build/export)/$$chapter || exit 1; done

PREFIX ?= /usr/local
BASH_COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
install:     ## lb and its man page, under PREFIX (DESTDIR is put in front)
	+@$(MAKE_IN) chapter-10-hot-reload all
	install -d '$(DESTDIR)$(PREFIX)/sbin' '$(DESTDIR)$(PREFIX)/share/man/man8' \
	    '$(DESTDIR)$(BASH_COMPLETIONS)'
	install -m 755 chapter-10-hot-reload/lb '$(DESTDIR)$(PREFIX)/sbin/lb'
	install -m 644 chapter-10-hot-reload/lb.8 \
	    '$(DESTDIR)$(PREFIX)/share/man/man8/lb.8'
	install -m 644 docs/lb.bash-completion '$(DESTDIR)$(BASH_COMPLETIONS)/lb'

clean:       ## remove everything that was built
	$(call each,clean,$(PARTS) docs/arena tests/bench tests/grade)
	rm -rf build

help:        ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' \
	    Makefile
