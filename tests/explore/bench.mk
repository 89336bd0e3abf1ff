# Builds what bench.py measures, as build/bench/CC/... From the workbook's folder:
#
#     make -f tests/explore/bench.mk [CC=clang]
ifeq ($(origin CC),default)
CC := gcc
endif
compiler := $(notdir $(firstword $(CC)))
OUT := build/bench/$(compiler)
SOURCE := tests/explore/bench

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(foreach b,thread plain,$(OUT)/$b/explored $(OUT)/$b/naive) $(OUT)/futex

EXPLORE := tools/explore
EXPLORE_BUILD := $(OUT)/library
include $(EXPLORE)/explore.mk

CFLAGS := -std=c11 -D_GNU_SOURCE -pthread -g -fno-omit-frame-pointer -Wall \
          -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I$(EXPLORE) \
          $(if $(findstring clang,$(compiler)),-gdwarf-4)
FLAGS_thread := -fsanitize=thread
FLAGS_plain :=
comma := ,
NAIVE := $(addprefix -Wl$(comma)--wrap=,pthread_create pthread_join \
           pthread_mutex_lock pthread_mutex_unlock pthread_cond_wait \
           pthread_cond_broadcast sched_yield)

$(OUT)/%.o: $(SOURCE)/%.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -O2 -MMD -MP -c -o $@ $<
$(OUT)/futex: $(OUT)/futex.o
	@$(CC) $(CFLAGS) -o $@ $^

# The code under test is compiled as graded code is; the explorers are not.
define rules_for_build
$(OUT)/$1/scenarios.o: $(SOURCE)/scenarios.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) -O0 $(FLAGS_$1) -MMD -MP -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(OUT)/$1/explored: $(OUT)/$1/scenarios.o $(OUT)/explored.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) -o $$@ $$^
$(OUT)/$1/naive: $(OUT)/$1/scenarios.o $(OUT)/naive.o
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(NAIVE) -o $$@ $$^
endef
$(foreach b,thread plain,$(eval $(call rules_for_build,$b)))

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d)
