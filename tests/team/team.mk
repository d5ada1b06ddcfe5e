# team.mk - team files under a fuzzer.
#
#     make fuzz-team SECONDS=600

.PHONY: fuzz-team

FUZZ_TEAM_SRC := tests/team/fuzz.c src/serve/graph/shape.c \
    $(wildcard src/team/file/*.c) src/team/plan/plan.c src/team/plan/lanes.c src/team/plan/host.c src/team/plan/params.c

# Built apart: the fuzzer instruments all of the reader. (Defaults are the library's.)
$(FUZZ)/team: $(FUZZ_TEAM_SRC) $(B)/gen/builtin_teams.c $(wildcard src/team/*.h src/team/*/*.h src/base/*.[ch]) $(LIB_A)
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -Iinclude -Isrc $(PKG_INC) $(filter %.c,$^) $(LIB_A) $(LIB_LIBS) -o $@

## fuzz-team: any bytes as a team file or a prompt file, and plans of what is one, for SECONDS (60)
fuzz-team: $(FUZZ)/team
	@mkdir -p $(FUZZ)/team-corpus
	cd $(FUZZ) && ./team -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
	    -print_final_stats=1 -dict=../../tests/team/words.dict team-corpus ../../tests/team/seeds
