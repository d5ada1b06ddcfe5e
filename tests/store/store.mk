# store.mk - memory files under a fuzzer.
#
#     make fuzz-memory SECONDS=600

.PHONY: fuzz-memory seeds-memory

FUZZ_MEMORY_SRC := tests/store/fuzz.c tests/store/mutate.c $(wildcard src/store/*.c) \
    $(addprefix src/engine/state/,blob.c cells.c whole.c) \
    $(addprefix src/base/,buf.c file.c json.c mem.c sha256.c status.c utf8.c)

# Built apart: the fuzzer instruments all that reads a file. libllama is what it is.
$(FUZZ)/memory: $(FUZZ_MEMORY_SRC) $(wildcard tests/store/*.h src/store/*.h src/base/*.h src/engine/state/*.h) $(LIB_A)
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -Iinclude -Isrc $(PKG_INC) $(filter %.c,$^) $(LIB_A) $(LIB_LIBS) -o $@

# A file of at most 16 KiB has no call for a block of 4 MiB.
## fuzz-memory: any bytes as a memory file, and files that were changed and summed anew, for SECONDS (60)
fuzz-memory: $(FUZZ)/memory
	@mkdir -p $(FUZZ)/memory-corpus
	cd $(FUZZ) && LSAN_OPTIONS=suppressions=../../tests/lsan.supp:print_suppressions=0 ./memory \
	    -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=4 -max_len=16384 -mutate_depth=2 \
	    -print_final_stats=1 -dict=../../tests/store/words.dict memory-corpus ../../tests/store/seeds

SEEDS := tests/store/seeds
SAVE   = $(PROG) memory save -m tests/parity/fixtures/untied.gguf -t 1 --read $(FUZZ)/letter

# What it starts from, made anew when the layout changes: a letter read, by each kind of cache and key.
# (The keys are those of mutate.c.)
seeds-memory: $(PROG)
	@mkdir -p $(FUZZ) $(SEEDS)
	printf a >$(FUZZ)/letter
	printf 'a key for fuzzing' >$(FUZZ)/key
	printf 'latentmas-ed25519-secret 07%062d' 0 >$(FUZZ)/secret
	$(SAVE) $(SEEDS)/plain
	$(SAVE) $(SEEDS)/thoughts --latent_steps 2
	$(SAVE) $(SEEDS)/single -ctk f32 -ctv f32
	$(SAVE) $(SEEDS)/flash -fa on -ctk q8_0 -ctv q4_0
	$(SAVE) $(SEEDS)/sealed --key $(FUZZ)/key
	$(SAVE) $(SEEDS)/signed --sign $(FUZZ)/secret
