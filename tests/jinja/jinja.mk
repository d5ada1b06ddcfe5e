# jinja.mk - the template engine beside jinja2 (python3 with jinja2 3.1.6), and under a fuzzer.
#
#     make jinja LATENTMAS_TEMPLATES=DIR COUNT=20000 SEED=7
#     make fuzz-jinja SECONDS=600

COUNT   ?= 2000
SEED    ?= 1
SECONDS ?= 60
FUZZ     = build/fuzz

.PHONY: jinja fuzz-jinja

## jinja: templates of a folder (LATENTMAS_TEMPLATES) and COUNT made ones, beside jinja2
jinja: $(B)/tests/jinja/render
	@python3 tests/jinja/compare.py --render $(B)/tests/jinja/render
	@python3 tests/jinja/generate.py --render $(B)/tests/jinja/render --count $(COUNT) --seed $(SEED)

# Built apart: the fuzzer instruments all that it runs.
$(FUZZ)/jinja: tests/jinja/fuzz.c $(wildcard src/jinja/*.[ch] src/jinja/*/*.[ch] src/base/*.[ch])
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -Iinclude -Isrc $(PKG_INC) $(filter %.c,$^) $(LIB_LIBS) -o $@

## fuzz-jinja: any bytes as a template, for SECONDS (60)
fuzz-jinja: $(FUZZ)/jinja
	@mkdir -p $(FUZZ)/corpus
	cd $(FUZZ) && ./jinja -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
	    -print_final_stats=1 -dict=../../tests/jinja/words.dict corpus ../../tests/jinja/seeds
