# Builds the corpus: each program of tests/explore/corpus once for each of BUILDS,
# as build/explore/CC/BUILD/NAME. From the workbook's folder:
#
#     make -f tests/explore/corpus.mk [CC=clang] [BUILDS="thread address"]
ifeq ($(origin CC),default)
CC := gcc
endif
compiler := $(notdir $(firstword $(CC)))
BUILDS := thread address plain
NAMES := $(patsubst tests/explore/corpus/%.c,%,\
           $(filter-out %/main.c,$(wildcard tests/explore/corpus/*.c \
             tests/explore/corpus/states/*.c)))
OUT := build/explore/$(compiler)

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(foreach b,$(BUILDS),$(addprefix $(OUT)/$b/,$(NAMES)))

EXPLORE := tools/explore
EXPLORE_BUILD := $(OUT)/library
include tools/explore/explore.mk

# -O0: an optimiser may turn a wrong spin loop into an empty one without end.
CFLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -g -O0 \
          -fno-omit-frame-pointer -fno-common -Wall -Wextra -Wpedantic -Wshadow \
          -Wconversion -Werror -I$(EXPLORE) -Itests/explore/corpus \
          $(if $(findstring clang,$(compiler)),-gdwarf-4)
# Without ThreadSanitizer atomics are inlined: the blocks of code are the points.
FLAGS_thread := -fsanitize=thread
FLAGS_address := -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_plain :=
BLOCKS_thread :=
BLOCKS_address := $(if $(wildcard $(EXPLORE)/blocks.c),-fsanitize-coverage=trace-pc)
BLOCKS_plain := $(BLOCKS_address)

define rules_for_build
$(OUT)/$1/%.o: tests/explore/corpus/%.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(BLOCKS_$1) -MMD -MP -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(OUT)/$1/main.o: tests/explore/corpus/main.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c -o $$@ $$<
$(OUT)/$1/%: $(OUT)/$1/%.o $(OUT)/$1/main.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) -o $$@ $$^
endef
$(foreach b,$(BUILDS),$(eval $(call rules_for_build,$b)))

-include $(wildcard $(foreach b,$(BUILDS),$(OUT)/$b/*.d $(OUT)/$b/*/*.d))
