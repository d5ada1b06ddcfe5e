# gguf.mk - headers that lie, by the thousand (python3 alone; a few minutes).
#
#     make gguf COUNT=2000 SEED=1 GGUF="a.gguf b.gguf"

GGUF ?= tests/parity/fixtures/untied.gguf tests/parity/fixtures/golden.gguf models/demo.gguf

.PHONY: gguf

## gguf: COUNT (2000) models with a changed header, each looked at and asked: who dies, and where
gguf: $(PROG)
	@python3 tests/gguf/run.py --program $(PROG) --count $(COUNT) --seed $(SEED) $(GGUF)
