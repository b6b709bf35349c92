# Chapter 1 has no module, on purpose: the student sees every call.
INCLUDES += -I../chapter-01-fundamentals
INCLUDES_chapter-01-fundamentals := $(INCLUDES)
