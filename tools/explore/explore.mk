# How a program is built with the explorer. Include it with EXPLORE set to this
# folder and EXPLORE_BUILD to where its objects go; it sets
#
#   EXPLORE_OBJECTS   the library's objects, to be linked in
#   EXPLORE_LDFLAGS   the names that are wrapped at link time
#   EXPLORE_KEEP      a command, $(call EXPLORE_KEEP,object): have the object's
#                     static data put back before each schedule
#
# The library is built without a sanitizer in every build: none may see how the
# threads are handed their turns. It is always optimised: a switch is its work.
EXPLORE_OBJECTS := $(patsubst $(EXPLORE)/%.c,$(EXPLORE_BUILD)/%.o,\
                     $(wildcard $(EXPLORE)/*.c))
comma ?= ,
EXPLORE_LDFLAGS := $(addprefix -Wl$(comma)--wrap=,$(file <$(EXPLORE)/wrap.txt))
EXPLORE_KEEP = objcopy --rename-section .data=explore_data \
                       --rename-section .bss=explore_bss $1

$(EXPLORE_BUILD)/%.o: $(EXPLORE)/%.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE -pthread -O2 -g -fno-omit-frame-pointer -Wall \
	  -Wextra -Wpedantic -Wshadow -Wconversion -Werror -MMD -MP -c -o $@ $<

-include $(wildcard $(EXPLORE_BUILD)/*.d)
