/* mutate.h - memory files for a fuzzer, made of others: what was changed in them is summed anew. */
#ifndef LMI_TESTS_STORE_MUTATE_H
#define LMI_TESTS_STORE_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* What the files are sealed with. */
#define FUZZ_SHARED_KEY "a key for fuzzing"

/* The file of the public key whose secret one signs some of them. */
void fuzz_public_line(char out[128]);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
