# How a program is built with the explorer. Include it with EXPLORE set to this
# folder and EXPLORE_BUILD to where its objects go; it sets
#
#   EXPLORE_OBJECTS   the library, one object, to be linked in
#   EXPLORE_LDFLAGS   the names that are wrapped at link time, and where
#                     thread-local data goes
#   EXPLORE_KEEP      a command, $(call EXPLORE_KEEP,object): have the object's
#                     static data put back before each schedule, its
#                     thread-local data before each thread's part; and know its
#                     code from that of libraries
#   EXPLORE_RULES     files that say how all this is done: what is built by them
#                     is built again when they change
#
# The library is built without a sanitizer in every build: none may see how the
# threads are handed their turns. It is always optimised, as far as it pays: -O2
# takes half as long again to compile and makes nothing faster. But what is passed
# on to a sanitizer must be passed on by tail calls, so that its reports have the
# caller's lines, and clang makes these at -O2 only.
# Its inner names are made local, so that they cannot meet the program's.
EXPLORE_OBJECTS := $(EXPLORE_BUILD)/explore.o
EXPLORE_RULES := $(addprefix $(EXPLORE)/,explore.mk explore.ld wrap.txt)
explore_comma := ,
EXPLORE_LDFLAGS := $(addprefix -Wl$(explore_comma)--wrap=,\
                     $(file <$(EXPLORE)/wrap.txt)) \
                   -Wl,-T,$(EXPLORE)/explore.ld
EXPLORE_KEEP = objcopy --rename-section .data=explore_data \
                       --rename-section .data.rel=explore_data \
                       --rename-section .data.rel.local=explore_data \
                       --rename-section .bss=explore_bss \
                       --rename-section .tdata=explore_tdata \
                       --rename-section .tbss=explore_tbss \
                       --rename-section .text=explore_text $1

EXPLORE_OPTIMISED := $(if $(findstring clang,$(CC)),-O2,-O1 -foptimize-sibling-calls)

$(EXPLORE_BUILD)/parts/%.o: $(EXPLORE)/%.c $(EXPLORE)/explore.mk
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE -pthread $(EXPLORE_OPTIMISED) -g \
	  -fno-omit-frame-pointer -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
	  -Werror \
	  $(if $(findstring clang,$(CC)),-gdwarf-4) -MMD -MP -c -o $@ $<
	@objcopy $(foreach f,memcpy memmove memset,--redefine-sym $f=plain_$f) $@

$(EXPLORE_OBJECTS): $(patsubst $(EXPLORE)/%.c,$(EXPLORE_BUILD)/parts/%.o,\
                      $(wildcard $(EXPLORE)/*.c))
	@ld -r -o $@ $^
	@objcopy --wildcard --keep-global-symbol='explore_*' \
	  --keep-global-symbol='__*' $@

-include $(wildcard $(EXPLORE_BUILD)/parts/*.d)
