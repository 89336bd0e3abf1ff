# Builds the programs of tests/explore/core, as build/core/BUILD/NAME, with the
# corpus's driver. From the workbook's folder: make -f tests/explore/core.mk
CC := gcc
OUT := build/core
SOURCE := tests/explore/core
NAMES := $(basename $(notdir $(wildcard $(SOURCE)/*.c)))

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(foreach b,thread address plain,$(addprefix $(OUT)/$b/,$(NAMES)))

EXPLORE := tools/explore
EXPLORE_BUILD := $(OUT)/library
include $(EXPLORE)/explore.mk

CFLAGS := -std=c11 -D_GNU_SOURCE -pthread -g -O0 \
          -fno-omit-frame-pointer -fno-common -Wall -Wextra -Wpedantic -Wshadow \
          -Wconversion -Werror -I$(EXPLORE) -Itests/explore/corpus
FLAGS_thread := -fsanitize=thread
FLAGS_address := -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_plain := -O2 # what is kept in registers is part of the state, too

define rules_for_build
$(OUT)/$1/%.o: $(SOURCE)/%.c
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $(FLAGS_$1) -MMD -MP -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(OUT)/$1/%: $(OUT)/$1/%.o $(OUT)/driver.o $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(FLAGS_$1) $(EXPLORE_LDFLAGS) -o $$@ $$^
endef
$(foreach b,thread address plain,$(eval $(call rules_for_build,$b)))

$(OUT)/driver.o: tests/explore/corpus/main.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d)
