"""The method on a transformers model: what latentmas must give.

Four lanes at once, lane k with the prompts in an order that begins at the k-th: three agents read
and think, the fourth reads and speaks. It shares no code with the library.
"""

import inspect

import torch

SPOKEN = 24
LANES = 4
N_LOGITS = 8
N_HIDDEN = 3


def realignment(model, is_on):
    if not is_on:
        return None
    out = model.get_output_embeddings().weight.double()
    into = model.get_input_embeddings().weight.double()
    ridge = 1e-5 * torch.eye(out.shape[1], dtype=torch.double)
    return torch.linalg.solve(out.T @ out + ridge, out.T @ into).float()


class Memory:
    """One working memory: a body, its cache, and how tokens and vectors are put to it.

    The caches of some models are wrong for a second piece of several tokens; `by_token` feeds these one
    a call, which is right on all.
    """

    def __init__(self, model, arch):
        self.body = arch.body(model)
        self.by_token = arch.by_token
        self.beside = arch.beside_vectors(model, LANES)
        self.n = 0
        takes = inspect.signature(self.body.forward).parameters
        self.cache_name = "past_key_values" if "past_key_values" in takes else "cache_params"
        self.wants_place = self.cache_name == "cache_params" and "cache_position" in takes
        self.cache = None

    def call(self, **what):
        n = next(iter(what.values())).shape[1]
        if self.cache is not None:
            what[self.cache_name] = self.cache
        if self.wants_place:
            what["cache_position"] = torch.arange(self.n, self.n + n)
        out = self.body(**what, use_cache=True, return_dict=True)
        self.cache = getattr(out, self.cache_name)
        self.n += n
        return out.last_hidden_state[:, -1]

    def read(self, ids):
        if not self.by_token:
            return self.call(input_ids=ids)
        for i in range(ids.shape[1]):
            h = self.call(input_ids=ids[:, i : i + 1])
        return h

    def think(self, vectors):
        return self.call(inputs_embeds=vectors[:, None], **self.beside)


def logits_of(model, h):
    """What the whole model does behind its body, read from its configuration."""
    c = model.config
    x = model.get_output_embeddings()(h)
    x = x / (getattr(c, "logits_scaling", None) or 1)
    x = x * (getattr(c, "logit_scale", None) or 1) * (getattr(c, "lm_head_multiplier", None) or 1)
    cap = getattr(c, "final_logit_softcapping", None)
    return torch.tanh(x / cap) * cap if cap else x


def token_scale(model, arch):
    """What a token's row is multiplied by on its way to layer 0, where a vector's is not."""
    embed, w_in = model.get_input_embeddings(), model.get_input_embeddings().weight
    return float(embed(torch.tensor([5]))[0].norm() / w_in[5].norm()) * arch.scale_beside_embedding


def check_head(model, arch, ids):
    """That body and head above are the model."""
    whole = model(input_ids=ids).logits[:, -1]
    ours = logits_of(model, arch.body(model)(input_ids=ids, return_dict=True).last_hidden_state[:, -1])
    off = float((whole - ours).abs().max())
    if off > 1e-4:
        raise RuntimeError(f"the head is not the model's: logits off by {off:.2g}")


@torch.no_grad()
def run_case(model, arch, prompts, realign, steps):
    """The four lanes of one case: what each gives, and the smallest lead of a token spoken."""
    w_a = realignment(model, realign)
    target = float(model.get_input_embeddings().weight.norm(dim=1).mean()) * token_scale(model, arch)
    memory = Memory(model, arch)
    order = [torch.tensor([prompts[(agent + k) % 4] for k in range(LANES)]) for agent in range(4)]
    hidden = []
    for ids in order[:-1]:
        h = memory.read(ids)
        for _ in range(steps):
            e = h if w_a is None else h @ w_a
            h = memory.think(e * target / e.norm(dim=-1, keepdim=True).clamp_min(1e-6))
        hidden.append(h)
    first, spoken, gap, fed = None, [], float("inf"), order[-1]
    for _ in range(SPOKEN):
        logits = logits_of(model, memory.read(fed))
        first = logits if first is None else first
        best = logits.topk(2)
        gap = min(gap, float((best.values[:, 0] - best.values[:, 1]).min()))
        fed = best.indices[:, :1]
        spoken.append(fed)
    return dict(hidden=torch.stack(hidden, 1), logits=first, greedy=torch.cat(spoken, 1), gap=gap)


def recorded(case, realign, steps):
    """One entry for each lane: tokens, some logits and some of each hidden state, with their norms."""
    every = case["logits"].shape[1] // N_LOGITS
    rounded = lambda x: [float(f"{v:.8g}") for v in x.flatten().tolist()]
    for k in range(LANES):
        yield dict(
            realign=realign,
            steps=steps,
            lane=k,
            greedy=case["greedy"][k].tolist(),
            logits=rounded(case["logits"][k, : every * N_LOGITS : every]),
            logits_norm=rounded(case["logits"][k].norm())[0],
            hidden=rounded(case["hidden"][k, :, :N_HIDDEN]),
            hidden_norm=rounded(case["hidden"][k].norm(dim=-1)),
        )
