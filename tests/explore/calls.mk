# Builds the scenarios of the calls, each file of tests/explore/calls once for each
# of BUILDS, as build/explore/CC/calls-BUILD/NAME. From the workbook's folder:
#
#     make -f tests/explore/calls.mk [CC=clang] [BUILDS="thread address"]
ifeq ($(origin CC),default)
CC := gcc
endif
compiler := $(notdir $(firstword $(CC)))
BUILDS := thread address plain
SOURCES := tests/explore/calls
ALONE := outside accesses
NAMES := $(filter-out main $(ALONE),$(patsubst $(SOURCES)/%.c,%,$(wildcard $(SOURCES)/*.c)))
OUT := build/explore/$(compiler)

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(foreach b,$(BUILDS),$(addprefix $(OUT)/calls-$b/,$(NAMES) outside)) \
     $(if $(filter thread,$(BUILDS)),$(OUT)/calls-thread/accesses)

EXPLORE := tools/explore
EXPLORE_BUILD := $(OUT)/library
include tools/explore/explore.mk

# -O0: an optimiser may turn a wrong spin loop into an empty one without end.
CFLAGS := -std=c11 -D_GNU_SOURCE -pthread -g -O0 -fno-omit-frame-pointer \
          -fno-common -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
          -I$(EXPLORE) -I$(SOURCES) $(if $(findstring clang,$(compiler)),-gdwarf-4)
FLAGS_thread := -fsanitize=thread
FLAGS_address := -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_plain :=
BLOCKS := -fsanitize-coverage=trace-pc
ACCESSES := $(addprefix -Wl$(explore_comma)--wrap=,$(file <$(EXPLORE)/accesses.txt))

define rules_for_build
$(OUT)/calls-$1/%.o: $(SOURCES)/%.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(BLOCKS) -MMD -MP -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(OUT)/calls-$1/main.o: $(SOURCES)/main.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c -o $$@ $$<
$(OUT)/calls-$1/outside: $(OUT)/calls-$1/outside.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) -o $$@ $$^
$(OUT)/calls-$1/accesses: $(OUT)/calls-$1/accesses.o $(OUT)/calls-$1/main.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) $(ACCESSES) -o $$@ $$^
$(OUT)/calls-$1/%: $(OUT)/calls-$1/%.o $(OUT)/calls-$1/main.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) -o $$@ $$^
endef
$(foreach b,$(BUILDS),$(eval $(call rules_for_build,$b)))

-include $(wildcard $(foreach b,$(BUILDS),$(OUT)/calls-$b/*.d))
