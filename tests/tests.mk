# tests.mk - what `make test` and `make check` run. Every test prints TAP lines
# ("ok 1 - claim", "not ok ..."), and tests/run.sh adds them up.

UNIT_SRC  := $(sort $(wildcard tests/unit/*_test.c tests/parity/*_test.c))
UNIT_BIN  := $(patsubst tests/%.c,$(B)/tests/%,$(UNIT_SRC))
CLI_TESTS := $(sort $(wildcard tests/cli/*.sh))
TEST_LIBS := $(shell pkg-config --libs cmocka 2>/dev/null)
TEST_OBJ  := $(filter-out $(B)/obj/cli/main.o,$(PROG_OBJ)) $(B)/obj/tests/support.o

.PHONY: test test-unit test-cli check

$(B)/obj/tests/support.o: tests/support.c tests/support.h $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit -c $< -o $@

$(B)/tests/%: tests/%.c $(TEST_OBJ) $(LIB_A) $(B)/rooms/unit/.made
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) -I$(B)/rooms/unit -Itests $(LDFLAGS) $< $(TEST_OBJ) $(LIB_A) $(LIB_LIBS) $(PROG_LIBS) $(TEST_LIBS) -o $@

-include $(UNIT_BIN:%=%.d)
