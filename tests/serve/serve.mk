# serve.mk - bodies of requests under a fuzzer.
#
#     make fuzz-serve SECONDS=600

.PHONY: fuzz-serve

FUZZ_SERVE_SRC := tests/serve/fuzz.c src/serve/catalog.c \
    $(addprefix src/serve/openai/,form.c field.c messages.c complaint.c) \
    $(addprefix src/base/,json.c buf.c mem.c status.c utf8.c)

# Built apart: the fuzzer instruments all of the reader.
$(FUZZ)/serve: $(FUZZ_SERVE_SRC) $(wildcard src/serve/*.h src/serve/openai/*.h) $(LIB_A)
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -Iinclude -Isrc $(PKG_INC) $(filter %.c,$^) $(LIB_A) $(LIB_LIBS) -o $@

## fuzz-serve: any bytes as the body of a request, for SECONDS (60)
fuzz-serve: $(FUZZ)/serve
	@mkdir -p $(FUZZ)/serve-corpus
	cd $(FUZZ) && ./serve -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
	    -print_final_stats=1 -dict=../../tests/serve/words.dict serve-corpus ../../tests/serve/seeds
