"""The table of architectures: how transformers makes a tiny one, and what is special about it.

A name may come twice with another ending: the same code, another path through it.
"""

from dataclasses import dataclass, field
from typing import Callable

import torch
import transformers as T

from vocabulary import ENDS, SIZE

BOTH, TIED, UNTIED = (True, False), (True,), (False,)
HALF = dict(hidden_size=32, intermediate_size=32)
NARROW = 1e-3  # least lead of a token where the arithmetic is the same on both sides
WIDE = 5e-3  # where libggml looks GELU up in a table of half precision


@dataclass
class Arch:
    config: Callable  # config(tied, **others)
    tied: tuple = BOTH  # the kinds of embeddings it is made with
    also: tuple = ()  # and those it is made with at half the width, which takes a quarter of the room
    model: Callable = None  # the class, where AutoModelForCausalLM does not find it
    converter: str = ""  # the name the converter knows the class by, if another
    lost: dict = field(default_factory=dict)  # what transformers 5.12 drops when it saves a configuration
    body: Callable = lambda model: model.model
    beside_vectors: Callable = lambda model, n: {}  # more that the body takes with n vectors
    by_token: bool = False  # transformers' cache is wrong for a second piece of several tokens
    has_draft_layers: bool = False
    scale_beside_embedding: float = 1.0  # of tokens alone, and not in the embedding module
    tolerance: float = 2e-3
    least_gap: float = NARROW
    quiet: str = ""  # parameters whose names hold this are a quarter as large
    refused: bool = False  # thinking is
    remark: str = ""  # for docs/models.md


def base(**others):
    """What most configurations take."""
    usual = dict(
        vocab_size=SIZE,
        hidden_size=64,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        **ENDS,
    )
    return usual | others


def plain(cls, **others):
    return lambda tied, **more: cls(**(base(tie_word_embeddings=tied, **others) | more))


def later(name, **others):
    """What an older transformers lacks is missed when it is made, not before."""
    return lambda tied, **more: getattr(T, name)(**(base(tie_word_embeddings=tied, **others) | more))


def old(cls, **others):
    """Families whose configurations have names of their own."""
    width = next(name for name in ("hidden_size", "n_embd", "d_model") if name in others)
    return lambda tied, **more: cls(
        vocab_size=SIZE, tie_word_embeddings=tied, **(others | ({width: HALF["hidden_size"]} if more else {})), **ENDS)


def gelu(**others):
    return Arch(tolerance=5e-3, least_gap=WIDE, **others)


def recurrent(**others):
    return Arch(by_token=True, **others)


def mixed(*kinds):
    """layer_types, by their first letters."""
    names = {"f": "full_attention", "s": "sliding_attention", "l": "linear_attention", "c": "conv"}
    return [names[kind] for kind in kinds]


EXPERTS = dict(num_experts_per_tok=2, moe_intermediate_size=32)
LINEAR = dict(
    num_hidden_layers=4,
    layer_types=mixed(*"lllf"),
    linear_num_value_heads=4,
    linear_num_key_heads=2,
    linear_key_head_dim=16,
    linear_value_head_dim=16,
)
GRANITE = dict(embedding_multiplier=12.0, logits_scaling=4.0, residual_multiplier=0.22, attention_multiplier=0.1)
MLA = dict(
    num_key_value_heads=4,
    kv_lora_rank=32,
    qk_nope_head_dim=16,
    qk_rope_head_dim=16,
    v_head_dim=16,
    head_dim=16,
)
DEEPSEEK = dict(n_shared_experts=1, first_k_dense_replace=1, **EXPERTS, **MLA)
TINY = dict(
    hidden_size=32,
    num_attention_heads=2,
    num_key_value_heads=2,
    intermediate_size=32,
    moe_intermediate_size=8,
    kv_lora_rank=16,
)
YARN = dict(rope_type="yarn", original_max_position_embeddings=64, beta_fast=32.0, beta_slow=1.0)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=500000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=256,
)
BAD_CACHE = "transformers 5.12 is wrong on it unless it is fed one token a call"



def vision(**others):
    """A tower that no text goes through."""
    return dict(hidden_size=32, intermediate_size=32, num_heads=2, out_hidden_size=64) | others


def sections(*of, **others):
    return dict(rope_parameters=dict(rope_type="default", rope_theta=1e6, mrope_section=[*of], **others))


def seeing(config, text, tower):
    return lambda tied, **more: config(
        text_config=base(tie_word_embeddings=tied, **text) | more,
        vision_config=tower | (dict(out_hidden_size=more["hidden_size"]) if more else {}),
        tie_word_embeddings=tied,
    )


def of_token_0(model, n):
    """Per-layer inputs of token 0, which is what libllama adds to a vector."""
    return dict(per_layer_inputs=model.model.get_per_layer_inputs(torch.zeros(n, 1, dtype=torch.long), None))


def transformer(model):
    return model.transformer


def backbone(model):
    return model.backbone


def language_model(model):
    return model.model.language_model


# What needs nothing special.
DENSE = {
    "qwen2": Arch(plain(T.Qwen2Config)),
    "qwen3": Arch(plain(T.Qwen3Config, head_dim=32)),
    "llama3": Arch(plain(T.LlamaConfig, rope_parameters=LLAMA3)),
    "mistral": Arch(plain(T.MistralConfig, head_dim=32, sliding_window=None), tied=UNTIED, also=TIED),
    "ministral3": Arch(
        plain(T.Ministral3Config, head_dim=32, rope_parameters=dict(
            rope_theta=1e6, factor=16.0, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.1, **YARN)),
        tied=UNTIED, also=TIED),
    "smollm3": Arch(plain(T.SmolLM3Config, num_hidden_layers=4, no_rope_layers=[1, 1, 1, 0])),
    "arcee": Arch(plain(T.ArceeConfig, head_dim=32), tied=UNTIED, also=TIED),
    "phi3": Arch(plain(T.Phi3Config, sliding_window=None)),
    "olmo": Arch(plain(T.OlmoConfig), tied=UNTIED, also=TIED),
    "olmo2": Arch(plain(T.Olmo2Config), tied=UNTIED),
    "olmo3": Arch(plain(T.Olmo3Config, num_hidden_layers=4, sliding_window=32), tied=UNTIED),
    "granite": Arch(plain(T.GraniteConfig, **GRANITE), remark="vectors are scaled as tokens are"),
    "seed-oss": Arch(plain(T.SeedOssConfig, head_dim=32), tied=UNTIED, also=TIED),
    "hunyuan-dense": Arch(plain(T.HunYuanDenseV1Config, head_dim=32)),
    "exaone4": Arch(plain(T.Exaone4Config, head_dim=16, sliding_window=None, layer_types=mixed(*"ff")),
                     remark="libllama knows the one with sliding windows by its 64 layers"),
    "ernie4.5": Arch(plain(T.Ernie4_5Config, head_dim=32)),
    "apertus": Arch(plain(T.ApertusConfig), tied=UNTIED),
    "nemotron": Arch(plain(T.NemotronConfig, head_dim=16), tied=UNTIED),
    "stablelm": Arch(plain(T.StableLmConfig), tied=UNTIED),
    "cohere2": Arch(plain(T.Cohere2Config, num_hidden_layers=4, sliding_window=32, logit_scale=0.25), tied=TIED, lost=dict(rotary_pct=1.0)),
    "command-r": Arch(plain(T.CohereConfig, logit_scale=0.25), tied=TIED),
}

# Whose GELU libggml looks up.
GELU = {
    "gemma": gelu(config=plain(T.GemmaConfig, head_dim=32), tied=TIED, remark="vectors are scaled as tokens are"),
    "gemma2": gelu(
        config=plain(T.Gemma2Config, head_dim=32, sliding_window=32, query_pre_attn_scalar=32),
        tied=TIED,
        remark="vectors are scaled as tokens are",
    ),
    "gemma3": gelu(
        config=plain(T.Gemma3TextConfig, head_dim=16, sliding_window=32, query_pre_attn_scalar=16, num_hidden_layers=6),
        remark="tokens alone are scaled",
    ),
    "gemma4": gelu(
        config=plain(T.Gemma4TextConfig, head_dim=16, global_head_dim=32, sliding_window=32, num_hidden_layers=3, layer_types=mixed(*"ssf"),
                     final_logit_softcapping=30.0, hidden_size_per_layer_input=0, vocab_size_per_layer_input=SIZE),
        tied=TIED, also=UNTIED,
        remark="tokens alone are scaled",
    ),
    "gemma4-e": gelu(
        config=plain(T.Gemma4TextConfig, head_dim=16, global_head_dim=32, sliding_window=32, num_hidden_layers=4,
                     layer_types=mixed(*"sfsf"), num_kv_shared_layers=2, final_logit_softcapping=30.0, hidden_size_per_layer_input=8, vocab_size_per_layer_input=SIZE),
        tied=TIED, also=UNTIED,
        beside_vectors=of_token_0,
        quiet=".post_",  # what its norms let through is as long as the state: thoughts would amplify the table's rounding
        remark="tokens alone are scaled; a thought gets the per-layer inputs of token 0, "
        "where transformers takes no vectors",
    ),
    "starcoder2": gelu(config=plain(T.Starcoder2Config, use_bias=True, sliding_window=None), tied=UNTIED, also=TIED),
    "phi2": gelu(config=plain(T.PhiConfig, num_key_value_heads=4, intermediate_size=256), tied=UNTIED),
    "gpt2": gelu(config=old(T.GPT2Config, n_embd=64, n_layer=2, n_head=4, n_positions=512), tied=TIED, also=UNTIED,
                 lost=dict(n_ctx=512), body=transformer),
    "gptneox": gelu(
        config=lambda tied, **_: T.GPTNeoXConfig(
            vocab_size=SIZE, hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=2048, tie_word_embeddings=tied, **ENDS),
        tied=UNTIED, lost=dict(rotary_pct=0.25), body=lambda model: model.gpt_neox),
    "bloom": gelu(config=old(T.BloomConfig, hidden_size=64, n_layer=2, n_head=4), tied=TIED, also=UNTIED, body=transformer),
    "mpt": gelu(config=old(T.MptConfig, d_model=64, n_layers=2, n_heads=4, max_seq_len=2048, no_bias=True),
                tied=TIED, also=UNTIED, converter="MPTForCausalLM", body=transformer),
    "falcon": gelu(
        config=old(T.FalconConfig, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, multi_query=True,
                   new_decoder_architecture=False, parallel_attn=True, bias=False, alibi=False),
        tied=TIED, also=UNTIED, lost=dict(num_kv_heads=1), body=transformer),
}

SPARSE = {
    "qwen3moe": Arch(plain(T.Qwen3MoeConfig, head_dim=16, num_experts=4, norm_topk_prob=True, **EXPERTS)),
    "qwen2moe": Arch(plain(T.Qwen2MoeConfig, num_experts=4, shared_expert_intermediate_size=32, **EXPERTS), tied=UNTIED),
    "mixtral": Arch(plain(T.MixtralConfig, head_dim=16, num_local_experts=4, num_experts_per_tok=2), tied=UNTIED, also=TIED),
    "olmoe": Arch(plain(T.OlmoeConfig, num_key_value_heads=4, num_experts=4, num_experts_per_tok=2, intermediate_size=32), tied=UNTIED),
    "granitemoe": Arch(plain(T.GraniteMoeConfig, num_local_experts=4, num_experts_per_tok=2, intermediate_size=32, **GRANITE),
                       remark="vectors are scaled as tokens are"),
    "gpt-oss": Arch(
        plain(T.GptOssConfig, head_dim=32, num_hidden_layers=2, num_local_experts=4, num_experts_per_tok=2, sliding_window=32,
              intermediate_size=32, rope_parameters=dict(rope_theta=150000.0, factor=32.0, truncate=True, **YARN)),
        tied=UNTIED,
        remark="libllama does not read yarn_truncate: right where the file says true, which is not the default of gpt-oss"),
    "minimax-m2": Arch(plain(T.MiniMaxM2Config, head_dim=32, num_local_experts=4, num_experts_per_tok=2, intermediate_size=32),
                       tied=UNTIED, lost=dict(rotary_dim=32, scoring_func="sigmoid")),
    "deepseek2-lite": Arch(
        plain(T.DeepseekV2Config, q_lora_rank=None, n_routed_experts=4, n_group=1, topk_group=1, topk_method="greedy",
              routed_scaling_factor=1.0, norm_topk_prob=False, num_hidden_layers=27, **(DEEPSEEK | TINY)),
        tied=UNTIED, also=TIED, lost=dict(scoring_func="softmax"),
        remark="libllama knows it by its 26 or 27 layers"),
    "deepseek3": Arch(
        plain(T.DeepseekV3Config, q_lora_rank=32, n_routed_experts=8, n_group=2, topk_group=1, routed_scaling_factor=2.5,
              norm_topk_prob=True, **DEEPSEEK),
        lost=dict(scoring_func="sigmoid")),
    "youtu": Arch(plain(T.YoutuConfig, q_lora_rank=32, **MLA)),
    "mellum": Arch(plain(T.MellumConfig, head_dim=16, num_hidden_layers=4, num_experts=4, norm_topk_prob=True, sliding_window=32,
                         layer_types=mixed(*"sssf"), **EXPERTS), tied=UNTIED),
    "ernie4.5-moe": Arch(plain(T.Ernie4_5_MoeConfig, head_dim=16, moe_num_experts=4, moe_k=2, moe_num_shared_experts=1,
                               moe_intermediate_size=32, moe_layer_start_index=1, moe_layer_interval=1)),
    "dots1": Arch(plain(T.Dots1Config, head_dim=16, num_key_value_heads=4, n_routed_experts=4, n_shared_experts=1, first_k_dense_replace=1, n_group=1,
                        topk_group=1, routed_scaling_factor=1.0, norm_topk_prob=True, **EXPERTS),
                  tied=UNTIED, lost=dict(scoring_func="sigmoid")),
    "llama4": Arch(plain(T.Llama4TextConfig, head_dim=16, num_hidden_layers=4, num_local_experts=4, num_experts_per_tok=1,
                         intermediate_size=32, intermediate_size_mlp=64, interleave_moe_layer_step=2, attention_chunk_size=8192),
                   tied=UNTIED, also=TIED),
    "afmoe": Arch(plain(T.AfmoeConfig, head_dim=16, num_hidden_layers=4, num_experts=4, num_shared_experts=1, num_dense_layers=1,
                        sliding_window=32, global_attn_every_n_layers=4, mup_enabled=True, **EXPERTS), tied=UNTIED, also=TIED, lost=dict(route_norm=True),
                   remark="vectors are scaled as tokens are"),
}

# Whose state is not a cache of positions, in some layers or in all.
RECURRENT = {
    "mamba": recurrent(config=old(T.MambaConfig, hidden_size=64, num_hidden_layers=2, state_size=16, use_mambapy=False),
                       tied=TIED, also=UNTIED, body=backbone),
    "mamba2": recurrent(
        config=old(T.Mamba2Config, hidden_size=64, num_hidden_layers=2, state_size=16, num_heads=8, head_dim=16, n_groups=1,
                   expand=2, chunk_size=16),
        body=backbone),
    "falcon-h1": recurrent(
        config=plain(T.FalconH1Config, head_dim=16, mamba_d_ssm=128, mamba_n_heads=8, mamba_d_head=16, mamba_n_groups=1,
                     mamba_d_state=16, mamba_chunk_size=16, embedding_multiplier=3.0, lm_head_multiplier=0.7,
                     key_multiplier=0.8, attention_in_multiplier=0.9, attention_out_multiplier=1.1, ssm_in_multiplier=1.2,
                     ssm_out_multiplier=0.9, mlp_multipliers=[0.8, 1.2], ssm_multipliers=[0.9, 0.8, 1.1, 1.2, 0.7],
                     mamba_rms_norm=False, mamba_norm_before_gate=False),
        tied=UNTIED, scale_beside_embedding=3.0),
    "granite4h": recurrent(
        config=plain(T.GraniteMoeHybridConfig, num_hidden_layers=3, layer_types=["mamba", "attention", "mamba"],
                     position_embedding_type=None, num_local_experts=4, num_experts_per_tok=2, shared_intermediate_size=32,
                     intermediate_size=32, mamba_n_heads=8, mamba_d_head=16, mamba_d_state=16, mamba_n_groups=1,
                     mamba_expand=2, mamba_chunk_size=16, **GRANITE)),
    "jamba": recurrent(
        config=plain(T.JambaConfig, num_hidden_layers=4, attn_layer_period=4, attn_layer_offset=2, expert_layer_period=2,
                     expert_layer_offset=1, num_experts=4, num_experts_per_tok=2, intermediate_size=32, mamba_d_state=16,
                     use_mamba_kernels=False)),
    "lfm2": recurrent(
        config=plain(T.Lfm2Config, num_hidden_layers=3, layer_types=mixed(*"cfc"), conv_L_cache=3, block_auto_adjust_ff_dim=False),
        tied=TIED, also=UNTIED),
    "lfm2moe": recurrent(
        config=plain(T.Lfm2MoeConfig, num_hidden_layers=3, layer_types=mixed(*"cfc"), num_experts=4, num_dense_layers=1, **EXPERTS),
        tied=TIED),
    "nemotron-h": recurrent(
        config=plain(T.NemotronHConfig, head_dim=16, num_hidden_layers=4, layers_block_type=["mamba", "moe", "attention", "mamba"],
                     mamba_num_heads=8, mamba_head_dim=16, ssm_state_size=16, n_groups=1, chunk_size=16, n_routed_experts=4,
                     moe_shared_expert_intermediate_size=32, **EXPERTS),
        tied=UNTIED, also=TIED),
    "qwen3next": Arch(
        plain(T.Qwen3NextConfig, head_dim=16, num_experts=4, shared_expert_intermediate_size=32, norm_topk_prob=True,
              **EXPERTS, **LINEAR),
        tied=UNTIED, also=TIED, has_draft_layers=True),
    "qwen3.5": Arch(
        plain(T.Qwen3_5TextConfig, head_dim=32, **LINEAR, **sections(3, 3, 2, partial_rotary_factor=0.5, mrope_interleaved=True)),
        has_draft_layers=True),
}

# Positions of several parts, and what takes no vectors without them.
SECTIONS = {
    "glm4": Arch(plain(T.Glm4Config, head_dim=16, partial_rotary_factor=0.5, attention_bias=True), refused=True),
    "glm4moe": Arch(
        plain(T.Glm4MoeConfig, head_dim=16, partial_rotary_factor=0.5, use_qk_norm=True, n_routed_experts=4, n_shared_experts=1,
              first_k_dense_replace=1, n_group=1, topk_group=1, routed_scaling_factor=1.0, norm_topk_prob=True,
              num_nextn_predict_layers=0, **EXPERTS),
        tied=UNTIED, also=TIED, refused=True),
    "glm4v": Arch(
        seeing(T.Glm4vConfig, dict(head_dim=16, **sections(2, 1, 1, partial_rotary_factor=0.5)), vision(depth=1)),
        model=T.Glm4vForConditionalGeneration, body=language_model,
        remark="the text model of GLM-4.1V: glm4 with M-RoPE sections takes vectors"),
    "qwen2vl": Arch(
        seeing(T.Qwen2_5_VLConfig, dict(rms_norm_eps=1e-6, **sections(2, 3, 3)), vision(depth=1, fullatt_block_indexes=[0])),
        model=T.Qwen2_5_VLForConditionalGeneration, body=language_model,
        remark="libllama does not read the epsilon of its norms"),
    "qwen3vl": Arch(
        seeing(T.Qwen3VLConfig, dict(head_dim=32, num_hidden_layers=3, **sections(6, 5, 5, mrope_interleaved=True)),
               vision(depth=2, deepstack_visual_indexes=[0, 1])),
        tied=UNTIED, also=TIED, model=T.Qwen3VLForConditionalGeneration, body=language_model),
}

# What transformers 5.12 does not have yet.
NEWEST = {
    "granite-swa": Arch(
        later("GraniteSWAConfig", num_hidden_layers=4, sliding_window=32, **GRANITE),
        remark="vectors are scaled as tokens are"),
    "granite-moe-swa": Arch(
        later("GraniteMoeSWAConfig", num_hidden_layers=4, sliding_window=32, num_local_experts=4, num_experts_per_tok=2,
              intermediate_size=32, shared_intermediate_size=32, **GRANITE),
        tied=UNTIED, also=TIED, remark="vectors are scaled as tokens are"),
    "minicpm3": Arch(
        later("MiniCPM3Config", q_lora_rank=32, **MLA),
        remark="vectors are scaled as tokens are; libllama takes dim_model_base as 256, a warning says so"),
}

ARCHS = DENSE | GELU | SPARSE | RECURRENT | SECTIONS | NEWEST
