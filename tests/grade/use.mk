# tests/grade/use.mk: labs in the place of the course's modules (see common.mk).
#
#   make test CHAPTER=05 USE=lab    the modules that the labs of chapter 5 rebuild
#   make test CHAPTER=07 USE=5.1    that of lab 5.1, under a later chapter
#   ... SOLUTION=1                  with the solutions instead of the students' files
#
# A lab says in its file `lab` what it replaces. Its files take the places; all
# else is the course's. Objects and programs lie in build/VARIANT-use-...
USED_FROM := $(if $(SOLUTION),solution,starter)
USED_LABS := $(patsubst $(ROOT)/%/lab,%,$(wildcard $(ROOT)/$(if \
    $(filter lab,$(USE)),$(PART)/labs/*,chapter-*/labs/$(USE)-*)/lab))
lab_key = $(shell sed -n 's/^$(2): *//p' $(ROOT)/$(1)/lab)

define USE_LAB
USED := $(filter $(MODULES),$(call lab_key,$(1),replaces))
ifneq ($$(USED),)
MODULES := $$(filter-out $$(USED),$$(MODULES)) $$(patsubst %,$(1)/$$(USED_FROM)/%,\
    $$(filter-out $$(addsuffix .c,$(call lab_key,$(1),programs)),\
    $$(filter %.c,$(call lab_key,$(1),files))))
INCLUDES_$(firstword $(subst /, ,$(1))) += -I$(ROOT)/$(1)/tests
$$(info $(1)/$$(USED_FROM) instead of $$(USED))
endif
endef
$(foreach lab,$(USED_LABS),$(eval $(call USE_LAB,$(lab))))
