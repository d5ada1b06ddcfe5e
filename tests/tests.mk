# tests.mk - what `make test` and `make check` run. Every test prints TAP lines ("ok 1 - claim",
# "not ok 1 - claim", "ok 1 - claim # SKIP why"); tests/run.sh adds them up. Tests share nothing
# but what was built: several run at a time. tests/long/ is for those that cost a minute and
# rarely fail; `make test` asks a part of what they ask.

UNIT_SRC  := $(sort $(wildcard tests/unit/*_test.c tests/parity/*_test.c))
UNIT_BIN  := $(patsubst tests/%.c,$(B)/tests/%,$(UNIT_SRC))
LONG      := $(sort $(wildcard tests/long/*.sh))
SCRIPTS   := $(sort $(wildcard tests/cli/*.sh tests/install/*_test.sh tests/docs/*_test.sh tests/dev/*_test.sh tests/data/*_test.sh tests/hub/*_test.sh \
              tests/grade/*_test.sh tests/arch/*_test.sh tests/team/*_test.sh \
              tests/remote/*_test.sh tests/serve/*_test.sh tests/serve/*/*_test.sh tests/bindings/*_test.sh))
ARCH_TEST := $(B)/tests/arch/arch_test
EXAMPLES  := $(patsubst examples/%.c,$(B)/examples/%,$(sort $(wildcard examples/*.c)))
TEST_LIBS := $(shell $(pkg-config) --libs cmocka 2>/dev/null)
TEST_OBJ  := $(filter-out $(B)/obj/cli/main.o,$(PROG_OBJ)) $(B)/obj/tests/support.o

.PHONY: test test-long check test-build examples

$(B)/obj/tests/support.o: tests/support.c $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit -c $< -o $@

# A test sees every room, private headers included, through the static library.
$(B)/tests/%_test: tests/%_test.c $(TEST_OBJ) $(LIB_A) $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit -Itests $(LDFLAGS) $< $(TEST_OBJ) $(LIB_A) $(LIB_LIBS) \
	    $(PROG_LIBS) $(TEST_LIBS) -o $@

# The template engine as a filter (see tests/jinja/render.c). It counts what the engine allocates.
JINJA_OBJ := $(call obj_of,base) $(call obj_of,jinja)

$(B)/tests/jinja/render: tests/jinja/render.c $(JINJA_OBJ) $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit $(LDFLAGS) \
	    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free $< $(JINJA_OBJ) $(LIB_LIBS) -o $@

# An example sees the public header and the shared library, as a user's program does.
$(B)/examples/%: examples/%.c $(LIB_SO)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(BASE_FLAGS) $(LDFLAGS) $< -L$(B) -llatentmas -Wl,-rpath,'$$ORIGIN/..' $(LLAMA_LINK) -o $@

## examples: the three programs of examples/, under build/examples
examples: $(EXAMPLES)

test-build: all examples $(UNIT_BIN) $(ARCH_TEST)
	@:

# Builds before it tests, on all cores unless a number of jobs was given.
define build_first
@echo 'the build: usually 25 s from nothing on two cores, none when nothing has changed'
+$(Q)$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc)) test-build
endef

## test: build, run the tests that take minutes together, end with "N passed, N failed"
test:
	$(build_first)
	@B=$(B) sh tests/run.sh $(UNIT_BIN) $(SCRIPTS)

## test-long: those that take long and rarely fail, one at a time: some are timed
test-long:
	$(build_first)
	@B=$(B) JOBS=1 sh tests/run.sh $(LONG)

## check: all that CI asks: two compilers, format, lint, budgets, rooms, symbols, sanitizers
check:
	@sh tools/check.sh

include tests/jinja/jinja.mk
include tests/team/team.mk
include tests/store/store.mk
include tests/gguf/gguf.mk
include tests/grade/grade.mk
include tests/serve/serve.mk

-include $(UNIT_BIN:%=%.d) $(ARCH_TEST).d $(B)/tests/jinja/render.d $(B)/obj/tests/support.d $(EXAMPLES:%=%.d)
