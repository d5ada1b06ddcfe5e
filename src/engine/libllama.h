/*
 * libllama.h - the one place where libllama, libggml and its gguf come in: 0.7.0 and later, below
 * 1.
 *
 * What we call that is not settled there, and what is to replace it (seen in 0.8.0's header and
 * read in the notes of 1.0.0):
 *
 *   llama_batch_ext_*, llama_process     the batch that takes tokens beside vectors, at positions
 *                                        of our own: public in 0.7.0 and in 0.8.0
 *   cb_eval on the tensor "result_norm"  the hidden state, and leaving out the head (decode.c): a
 *                                        name in the graph, which each new context proves
 *   cb_eval on "kq_soft_max-LAYER"       where a row looks, with its mask: another name, proved
 *                                        before the first use (thought/attention.h)
 *   token_embd.weight out of the file    W_in's rows (weights.c): 0.8.0 exports
 *                                        llama_model_get_tok_embd_rows, with C++ linkage
 *   vectors without M-RoPE sections      end the process on glm4 and its kin, which the header
 *                                        foretells (thought/rule.c)
 *
 * From 0.7.0 to 0.8.0 nothing differs that we call. At 1.0 structs change their size, so a program
 * built for one must not meet the other: latentmas.pc says `llama >= 0.7.0, llama < 1`. Another
 * libllama is tried by `make test LLAMA_PREFIX=DIR`.
 */
#ifndef LMI_ENGINE_LIBLLAMA_H
#define LMI_ENGINE_LIBLLAMA_H

#include <ggml-backend.h>
#include <ggml-rpc.h>
#include <ggml.h>
#include <gguf.h>
#include <llama.h>

#endif
