# The workbook's verbs. `make help` lists them; it is made from the `##` lines.
#
# Choices, given on the command line:
#   CHAPTER=pool            one chapter
#   STEP=pool.3             one step: its tests, or its hints
#   TEST=pool/full_queue_closes   one graded test, with all there is to say of it
#   IMPL=solutions          what is graded: any folder of the chapters' shape
#   CC=clang                the compiler
#   TESTS=dir               an instructor's own graded tests, besides ours
#   SEED=7                  other interleavings; SCHEDULES=5000 more of them
#   EDITION=instructor      docs and book with the solutions
#   NAME=meter              what a new chapter is called
#   FAST=1                  a demo on a virtual clock; SEED=7 another interleaving
#   LOG=pool                one log; REAL=1 in real time
#   FREE=1                  tests run on the machine's own scheduler, once each

ifeq ($(origin CC),default)
CC := gcc
endif
IMPL ?= chapters
EDITION ?= student
PYTHON ?= python3

CHAPTERS := waitgroup runner pool work
SANITIZERS := thread address
BUILD := build

folder_waitgroup := 0-waitgroup
folder_runner := 1-runner
folder_pool := 2-pool
folder_work := 3-work

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# --- What the choices come to; a wrong one is answered with the right ones ---

small := $(strip $(foreach v,chapter step test impl cc tests free seed schedule schedules gdb fast log real edition,\
           $(if $(filter command%,$(origin $v)),$v)))
ifneq ($(small),)
$(error $(small)= has no meaning here: names of choices have capitals, as in CHAPTER=)
endif
ifneq ($(and $(CHAPTER),$(TEST),$(filter-out $(CHAPTER)/%,$(TEST))),)
$(error TEST=$(TEST) is not a test of CHAPTER=$(CHAPTER); give one of the two)
endif
# A chapter by its name, its folder's name or its number; a step by its name, or by
# its number beside CHAPTER=.
chapter_of = $(or $(strip $(foreach k,$(CHAPTERS),$(if $(filter $1,\
               $k $(folder_$k) $(firstword $(subst -, ,$(folder_$k)))),$k))),$1)
wanted := $(foreach c,$(or $(CHAPTER),$(patsubst %/,%,$(filter-out ./,$(dir $(TEST)))),\
            $(if $(findstring .,$(STEP)),$(basename $(STEP))),$(CHAPTERS)),\
            $(call chapter_of,$c))
step := $(strip $(if $(findstring .,$(STEP)),$(STEP),\
          $(if $(STEP),$(if $(CHAPTER),$(strip $(wanted)).)$(STEP))))
ifneq ($(filter-out $(CHAPTERS),$(wanted)),)
$(error no chapter is called '$(filter-out $(CHAPTERS),$(wanted))'; there are: $(CHAPTERS))
endif
ifeq ($(wildcard $(IMPL)/.),)
$(error there is no folder '$(IMPL)' to grade; IMPL= takes a folder of the\
  chapters' shape, such as: $(wildcard chapters solutions))
endif
ifeq ($(shell command -v $(firstword $(CC)) 2>/dev/null),)
$(error there is no compiler '$(CC)' here; CC= takes one of:\
  $(foreach c,gcc clang,$(if $(shell command -v $c 2>/dev/null),$c)))
endif
ifneq ($(TESTS),)
ifeq ($(wildcard $(TESTS)/manifest.json),)
$(error TESTS=$(TESTS): there is no $(TESTS)/manifest.json; TESTS= takes a\
  folder with a manifest.json and CHAPTER_test.c files)
endif
endif

# --- How things are compiled -------------------------------------------------

key := $(subst /,_,$(patsubst %/,%,$(IMPL)))
compiler := $(notdir $(firstword $(CC)))
common := $(BUILD)/common/$(compiler)
graded := $(BUILD)/impl/$(key)/$(compiler)
own := $(BUILD)/own/$(compiler)
comma := ,

CPPFLAGS := -D_POSIX_C_SOURCE=200809L -Ichapters/support \
            $(foreach c,$(CHAPTERS),-Ichapters/$(folder_$c))
# -O0: an optimiser may turn a wrong spin loop into an empty one without end.
CFLAGS := -std=c11 -pthread -g -O0 -fno-omit-frame-pointer -fno-common \
          $(if $(findstring clang,$(compiler)),-gdwarf-4)
OURS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
THEIRS := -Wall -Wextra -Werror=implicit-function-declaration \
          -Werror=incompatible-pointer-types -Werror=int-conversion \
          -Werror=return-type
# A call in each basic block of the code under test: a loop that waits for a plain
# variable comes to a schedule point.
BLOCKS := -fsanitize-coverage=trace-pc
SAN_thread := -fsanitize=thread
SAN_address := -fsanitize=address,undefined -fno-sanitize-recover=all

# Tests run on the explorer, or free on the machine's scheduler.
scheduler := $(if $(FREE),free,explored)
EXPLORE := tools/explore
EXPLORE_BUILD := $(common)/explore
include $(EXPLORE)/explore.mk
explored_objects := $(EXPLORE_OBJECTS)
explored_wrap := $(EXPLORE_LDFLAGS) -Wl,--wrap=CU_assertImplementation
explored_rules := $(EXPLORE_RULES)
free_objects :=
free_rules := tools/harness/free/wrap.txt
free_wrap := $(addprefix -Wl$(comma)--wrap=,$(file <tools/harness/free/wrap.txt)) \
             -Wl,-T,$(EXPLORE)/explore.ld
compile = @mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP

# What is graded lies in $(IMPL), a folder a chapter.
vpath %.c $(foreach c,$(CHAPTERS),$(IMPL)/$(folder_$c))

# What a file says decides, not its date: one that is put back may be older than
# what was made of its successor.
$(graded)/%.seen.c: %.c FORCE
	@mkdir -p $(@D)
	@cmp -s $< $@ || cp $< $@

# The gate looks at a student's file first, and writes down what it found.
$(graded)/%.admit.json: %.c $(graded)/%.seen.c tools/harness/admit.py \
  $(wildcard tools/harness/admit*.py tools/harness/*.txt chapters/*/*.h)
	@mkdir -p $(@D)
	@$(PYTHON) tools/harness/admit.py --cc $(compiler) --chapter $* --out $@ \
	  $< -- $(CPPFLAGS) $(CFLAGS) $(THEIRS) || test -s $@

# The harness without step_todo() of the demos: it brings its own. It is built
# without a sanitizer, so one build of it does for all: its own bookkeeping must
# not order the threads under test.
harness := $(patsubst tools/harness/%.c,$(common)/harness/%.o,\
             $(wildcard tools/harness/*.c tools/harness/$(scheduler)/*.c))
$(common)/harness/%.o: tools/harness/%.c
	$(compile) $(OURS) -D_GNU_SOURCE -iquote tools/harness \
	  -iquote tools/explore -c -o $@ $<

given := $(patsubst %.c,%.o,$(notdir \
           $(filter-out %/step.c,$(wildcard chapters/support/*.c))))

# $(call rules_for_build,SANITIZER): what is given and tests are compiled once for
# each compiler and build, whatever is graded; then each chapter's file, if the
# gate has admitted it; then the test program.
define rules_for_build
$(common)/$1/%.o: chapters/support/%.c $(EXPLORE_RULES)
	$$(compile) $(OURS) $(SAN_$1) -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(common)/$1/%.o: tests/%.c $(EXPLORE_RULES)
	$$(compile) $(OURS) -iquote tools/harness $(SAN_$1) -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(own)/$1/%.o: $(TESTS)/%.c $(EXPLORE_RULES)
	$$(compile) -Wall -Wextra -iquote tools/harness $(SAN_$1) -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(graded)/$1/%.o: %.c $(graded)/%.seen.c $(EXPLORE_RULES) | $(graded)/%.admit.json
	@grep -q '"admitted": true' $(graded)/$$*.admit.json
	$$(compile) $(THEIRS) -w $(SAN_$1) $(BLOCKS) -c -o $$@ $$<
	@$$(call EXPLORE_KEEP,$$@)
$(graded)/$1/%.$(scheduler): $(graded)/$1/%.o $(common)/$1/%_test.o \
  $(addprefix $(common)/$1/,$(given)) $(harness) $($(scheduler)_objects) \
  $($(scheduler)_rules)
	@$(CC) $(CFLAGS) $(SAN_$1) $($(scheduler)_wrap) -o $$@ $$(filter %.o,$$^) -lcunit
$(graded)/$1/%.own-$(scheduler): $(graded)/$1/%.o $(own)/$1/%_test.o \
  $(addprefix $(common)/$1/,$(given)) $(harness) $($(scheduler)_objects) \
  $($(scheduler)_rules)
	@$(CC) $(CFLAGS) $(SAN_$1) $($(scheduler)_wrap) -o $$@ $$(filter %.o,$$^) -lcunit
endef
$(foreach s,$(SANITIZERS),$(eval $(call rules_for_build,$s)))

# Demos and examples: no sanitizer, no harness.
support := $(patsubst chapters/support/%.c,$(common)/plain/%.o,\
             $(wildcard chapters/support/*.c))
$(common)/plain/%.o: chapters/support/%.c
	$(compile) $(OURS) -c -o $@ $<
.SECONDEXPANSION:
$(common)/plain/demo-%.o: chapters/$$(folder_$$*)/demo.c
	$(compile) $(OURS) -c -o $@ $<
$(graded)/plain/%.o: %.c $(graded)/%.seen.c
	$(compile) $(THEIRS) -c -o $@ $<
$(graded)/plain/%.demo: $(common)/plain/demo-%.o $(graded)/plain/%.o $(support)
	@$(CC) $(CFLAGS) -o $@ $^
# The same demos on the explorer's virtual clock: the program's own objects, a few
# of their names changed (tools/play/names.txt). A loop that waits for a plain
# variable comes to a schedule point there, too.
played := $(patsubst tools/play/%.c,$(common)/play/%.o,$(wildcard tools/play/*.c))
PLAYED_BY := tools/play/names.txt $(EXPLORE_RULES)
PLAYED = objcopy --redefine-syms=tools/play/names.txt $1 && $(call EXPLORE_KEEP,$1)
$(common)/play/%.o: tools/play/%.c
	$(compile) $(OURS) -D_GNU_SOURCE -iquote tools/explore -c -o $@ $<
$(common)/played/demo-%.o: chapters/$$(folder_$$*)/demo.c $(PLAYED_BY)
	$(compile) $(OURS) $(BLOCKS) -c -o $@ $<
	@$(call PLAYED,$@)
$(common)/played/%.o: chapters/support/%.c $(PLAYED_BY)
	$(compile) $(OURS) -c -o $@ $<
	@$(call PLAYED,$@)
$(graded)/played/%.o: %.c $(graded)/%.seen.c $(PLAYED_BY)
	$(compile) $(THEIRS) -w $(BLOCKS) -c -o $@ $<
	@$(call PLAYED,$@)
$(graded)/played/%.play: $(common)/played/demo-%.o $(graded)/played/%.o \
  $(patsubst chapters/support/%.c,$(common)/played/%.o,$(wildcard chapters/support/*.c)) \
  $(played) $(EXPLORE_OBJECTS)
	@$(CC) $(CFLAGS) $(EXPLORE_LDFLAGS) -o $@ $^

$(common)/plain/chapters/%: chapters/%.c $(support)
	$(compile) $(OURS) -o $@ $^

tests := $(foreach s,$(SANITIZERS),$(foreach c,$(wanted),$(graded)/$s/$c.$(scheduler) \
           $(if $(wildcard $(TESTS)/$c_test.c),$(if $(TESTS),\
             $(graded)/$s/$c.own-$(scheduler)))))
admissions := $(foreach c,$(wanted),$(graded)/$c.admit.json)
demos := $(foreach c,$(wanted),$(if $(wildcard chapters/$(folder_$c)/demo.c),\
           $(graded)/plain/$c.demo))
players := $(patsubst $(graded)/plain/%.demo,$(graded)/played/%.play,$(demos))
examples := $(foreach c,$(wanted),$(patsubst %.c,$(common)/plain/%,\
              $(sort $(wildcard chapters/$(folder_$c)/examples/*.c))))

-include $(wildcard $(common)/*/*.d $(common)/harness/*/*.d $(graded)/*/*.d $(own)/*/*.d \
           $(examples:=.d))

# --- The verbs ---------------------------------------------------------------

.PHONY: help setup doctor check replay demo examples logs hint reset skeletons \
        new-chapter listings docs book pictures handout format test stability mutants clean \
        bench-explore binaries FORCE
.DEFAULT_GOAL := help

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 18
	@echo
	@sed -n '/^# Choices/,/^$$/s/^# \{0,1\}//p' Makefile

setup: ## install what is missing (tools/setup works without make)
	@tools/setup

doctor: ## look whether this machine can build and grade; say what to do if not
	@CC="$(CC)" tools/doctor

check: FORCE ## grade what you have written
	@exit $(or $(status),2)

replay: $(if $(GDB),binaries) FORCE ## show a failing interleaving again (TEST=, SCHEDULE=; GDB=1)
	@$(if $(GDB),$(PYTHON) tools/harness/debug.py --binaries $(graded) \
	  --test '$(TEST)' --more '$(TESTS)' --replay '$(SCHEDULE)',exit $(or $(status),2))

hint: ## how to begin the next step (CHAPTER=, STEP=)
	@$(PYTHON) tools/book/manifest.py hint '$(if $(CHAPTER)$(step),$(strip $(wanted)))' '$(step)' \
	  --impl $(IMPL)

demo: $(if $(CHAPTER),$(or $(if $(FAST),$(players),$(demos)),$(examples)))
demo: ## run a chapter's program (CHAPTER=runner, …; FAST=1 on a virtual clock)
examples: $(if $(CHAPTER),$(examples))
examples: ## run a chapter's small examples, one after the other (CHAPTER=)
demo examples:
ifeq ($(CHAPTER),)
	$(error make $@: which one? CHAPTER= takes one of: $(CHAPTERS))
else
	@for program in $^; do $(if $(word 2,$^),echo "$${program##*/}:";) \
	  $$program $(if $(filter %.play,$^),$(if $(SEED),--seed '$(SEED)')) || \
	  echo "(exit status $$?)"; done
endif

logs: $(if $(REAL),$(demos),$(players)) ## hold what the demos print against the book's logs (REAL=1, LOG=)
	@$(PYTHON) tools/book/logs.py $(if $(REAL),run --demos $(graded)/plain,play \
	  --players $(graded)/played --log '$(LOG)' --schedule '$(SCHEDULE)' \
	  $(if $(SEED),--seed '$(SEED)') $(if $(SCHEDULES),--schedules '$(SCHEDULES)') \
	  $(if $(filter solutions,$(key)),--exact) \
	  --again 'make logs$(if $(filter-out chapters,$(IMPL)), IMPL=$(IMPL))') \
	  --out $(BUILD)/logs $(if $(CHAPTER),$(wanted))

reset: ## put a chapter's skeleton back; your file is kept beside it (CHAPTER=)
ifeq ($(CHAPTER),)
	$(error make reset: which one? CHAPTER= takes one of: $(CHAPTERS))
else
	@$(PYTHON) tools/book/skeletons.py reset --impl $(IMPL) $(wanted)
endif

skeletons: ## make chapters/*/NAME.c anew from solutions/ (for maintainers)
	@$(PYTHON) tools/book/skeletons.py write

new-chapter: ## lay out a new chapter that compiles and is listed (NAME=; for maintainers)
	@$(PYTHON) tools/book/newchapter.py '$(NAME)'

listings: ## write the listings, logs and tables of book.md anew (for maintainers)
	@$(PYTHON) tools/book/listings.py write

docs: ## make the documentation as a site, build/docs/ (EDITION=instructor: with solutions)
	@$(PYTHON) tools/book/site.py --edition '$(EDITION)'

book: ## make the book as PDF and EPUB, build/book/ (EDITION=instructor: with its Answers)
	@$(PYTHON) tools/book/printed.py --edition '$(EDITION)'

pictures: ## make the book's pictures anew from their sources (for maintainers)
	@$(PYTHON) tools/book/pictures.py write

handout: ## pack what a course gives out: everything but the solutions
	@$(PYTHON) tools/book/handout.py

format: ## format every C file as .clang-format says
	@clang-format -i $(wildcard chapters/*/*.[ch] chapters/*/*/*.c \
	  solutions/*/*.c tests/*.c tools/*/*.[ch])

test: ## prove the workbook itself (for maintainers)
	@tests/run

stability: ## grade the solutions RUNS=1000 times on a busy machine; count verdicts that differ (SEEDS=1)
	@$(PYTHON) tests/stability.py --runs $(or $(RUNS),10) $(if $(SEEDS),--seeds) \
	  --impl '$(if $(filter command%,$(origin IMPL)),$(IMPL),solutions)' --cc '$(CC)' \
	  --chapters '$(wanted)' --test '$(TEST)' $(if $(SCHEDULES),--schedules '$(SCHEDULES)')

# A run that was ended goes on where it was; Ctrl-C prints the figures so far, and
# so does tests/mutation/measure.py --so-far beside a run.
mutants: ## grade wrong solutions, made from ours: build/mutants.json (CHAPTER=, RUNS=20 seeds)
ifeq ($(wildcard solutions/.),)
	$(error make mutants: a handout has no solutions that wrong ones could be made from)
else
	@$(PYTHON) tests/mutation/measure.py --cc $(compiler) $(if $(CHAPTER),--chapter $(wanted)) \
	  $(if $(SEED),--seed '$(SEED)') $(if $(RUNS),--seeds '$(RUNS)')
endif

# How fast the explorer is; the last three lines are its figures.
bench-explore:
	@$(PYTHON) tests/explore/bench.py

clean: ## remove everything generated
	@rm -rf $(BUILD)

# One test alone needs a demo only if it is about a log (manifest_checks.py).
binaries: $(tests) $(admissions) $(if $(TEST),$(if $(findstring /log_of_,$(TEST)),$(players)),$(players))

# make knows one exit status for "a recipe failed", 2; a grader has three (0
# nothing attempted fails, 1 something fails, 2 no grading was possible). So the
# grading is done while make reads this file: as the recipe of an included file,
# after which make starts afresh and finds the status in it. For status 1 the
# goal is then only asked about (-q): it is not up to date, so make says 1.
ifneq ($(filter check $(if $(GDB),,replay),$(MAKECMDGOALS)),)
ifneq ($(filter replay,$(MAKECMDGOALS)),)
ifeq ($(and $(TEST),$(SCHEDULE)),)
$(error make replay: which one? TEST= takes a test and SCHEDULE= what `make check TEST=...` has printed)
endif
endif
ifneq ($(TEST),)
unknown := $(shell $(PYTHON) tools/book/manifest.py \
             $(if $(TESTS),--more '$(TESTS)') test '$(TEST)' 2>&1)
$(if $(unknown),$(error $(unknown)))
endif
ifneq ($(step),)
unknown := $(shell $(PYTHON) tools/book/manifest.py step '$(step)' 2>&1)
$(if $(unknown),$(error $(unknown)))
endif
include $(BUILD)/check.mk
ifdef MAKE_RESTARTS
MAKEFLAGS += $(if $(filter 1,$(status)),-q)
else
$(BUILD)/check.mk: FORCE
	@mkdir -p $(@D)
	@[ ! -t 2 ] || printf 'building ...\r' >&2
	@rm -f $(BUILD)/results.json
	@$(MAKE) -k -j$(shell nproc) binaries >$(BUILD)/build.log 2>&1 || true
	@$(PYTHON) tools/harness/grade.py --impl $(IMPL) --cc $(compiler) \
	  $(if $(SEED),--seed '$(SEED)') $(if $(SCHEDULES),--schedules '$(SCHEDULES)') \
	  --replay '$(SCHEDULE)' --test '$(TEST)' --step '$(step)' --chapters '$(wanted)' --more '$(TESTS)' \
	  --scheduler $(scheduler) --binaries $(graded) --log $(BUILD)/build.log \
	  --results $(BUILD)/results.json; echo "status := $$?" >$@
	@[ ! -e $(BUILD)/results.json ] || \
	  $(PYTHON) tools/report/terminal.py $(BUILD)/results.json
endif
endif
