#!/usr/bin/env python3
"""The survey's components in NumPy, ten lines each: what the test engine_components compares the engine with. Reads a model as
JSON (family, ids, heads, window, beta, tensors) and prints its logits. Needs python3-numpy.

usage: component_oracle.py MODEL.json
"""
import json
import sys

import numpy as np


def relu(x):
    return np.maximum(x, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def mean_norm(x, part):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * part[".weight"] + part[".bias"]


def rms_norm(x, part):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * part[".weight"]


class Part:
    """The tensors whose names begin alike."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def __getitem__(self, name):
        return self.tensors[self.prefix + name]

    def of(self, name):
        return Part(self.tensors, self.prefix + name)

    def linear(self, name, x):
        bias = self.tensors.get(self.prefix + name + ".bias", 0)
        return x @ self[name + ".weight"].T + bias


def causal(query, key):
    return key <= query


def turn(x):
    """RoPE of pairs that lie side by side (Su et al. 2021). x: [tokens, heads, width]."""
    tokens, _, width = x.shape
    angle = np.arange(tokens)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    sine, cosine = np.sin(angle)[:, None], np.cos(angle)[:, None]
    result = np.empty_like(x)
    result[..., ::2] = x[..., ::2] * cosine - x[..., 1::2] * sine
    result[..., 1::2] = x[..., ::2] * sine + x[..., 1::2] * cosine
    return result


def attention(block, x, model, sees=causal, rope=False, scale=None):
    tokens, heads = len(x), model["heads"]
    q, k, v = (block.linear(f"attn_{part}", x).reshape(tokens, heads, -1) for part in "qkv")
    if rope:
        q, k = turn(q), turn(k)
    scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(q.shape[-1])
    place = np.arange(tokens)
    scores = np.where(sees(place[:, None], place[None]), scores, -np.inf)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = np.einsum("hqk,khd->qhd", p / p.sum(-1, keepdims=True), v)
    if scale is not None:
        mixed = mixed * scale[:, None]
    return block.linear("attn_output", mixed.reshape(tokens, -1))


def sines(tokens, width):
    angle = np.arange(tokens)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    return np.stack([np.sin(angle), np.cos(angle)], -1).reshape(tokens, width)


def learned(w, model, offset=0):
    ids = model["ids"]
    return w["token_embd.weight"][ids] + w["position_embd.weight"][np.arange(len(ids)) + offset]


def opt(w, model):
    x = learned(w, model, 2)
    for block in w.blocks:
        x = x + attention(block, mean_norm(x, block.of("attn_norm")), model)
        x = x + block.linear("ffn_down", relu(block.linear("ffn_up", mean_norm(x, block.of("ffn_norm")))))
    return mean_norm(x, w.of("output_norm"))


def after_sum(w, model, x, alpha):
    for block in w.blocks:
        x = mean_norm(alpha * x + attention(block, x, model), block.of("attn_norm"))
        x = mean_norm(alpha * x + block.linear("ffn_down", relu(block.linear("ffn_up", x))), block.of("ffn_norm"))
    return x


def transformer(w, model):
    table = w["token_embd.weight"]
    x = table[model["ids"]] * np.sqrt(table.shape[1]) + sines(len(model["ids"]), table.shape[1])
    return after_sum(w, model, x, 1)


def deepnorm(w, model):
    table = w["token_embd.weight"]
    x = table[model["ids"]] + sines(len(model["ids"]), table.shape[1])
    return after_sum(w, model, x, (2 * len(w.blocks)) ** 0.25)


def normformer(w, model):
    x = learned(w, model)
    for block in w.blocks:
        heads = attention(block, mean_norm(x, block.of("attn_norm")), model, scale=block["attn_head_scale.weight"])
        x = x + mean_norm(heads, block.of("post_attention_norm"))
        inner = gelu(block.linear("ffn_up", mean_norm(x, block.of("ffn_norm"))))
        x = x + block.linear("ffn_down", mean_norm(inner, block.of("ffn_sub_norm")))
    return mean_norm(x, w.of("output_norm"))


def gated(w, model, gate, sees=causal):
    x = w["token_embd.weight"][model["ids"]]
    for block in w.blocks:
        x = x + attention(block, rms_norm(x, block.of("attn_norm")), model, sees=sees, rope=True)
        y = rms_norm(x, block.of("ffn_norm"))
        x = x + block.linear("ffn_down", gate(block.linear("ffn_gate", y)) * block.linear("ffn_up", y))
    return rms_norm(x, w.of("output_norm"))


def glu(w, model):
    return gated(w, model, sigmoid)


def prefixlm(w, model):
    whole = lambda q, k: (k <= q) | ((q < model["prefix"]) & (k < model["prefix"]))
    return gated(w, model, lambda x: x * sigmoid(x), whole)


def swish(w, model):
    return gated(w, model, lambda x: x * sigmoid(model["beta"] * x))


def masked(w, model, masks):
    x = learned(w, model)
    for number, block in enumerate(w.blocks):
        x = x + attention(block, mean_norm(x, block.of("attn_norm")), model, sees=masks[number % len(masks)])
        x = x + block.linear("ffn_down", gelu(block.linear("ffn_up", mean_norm(x, block.of("ffn_norm")))))
    return mean_norm(x, w.of("output_norm"))


def gpt3(w, model):
    return masked(w, model, [lambda q, k: (k <= q) & (q - k < model["window"]), causal])


def bigbird(w, model):
    near = lambda q, k: (q // 64 - k // 64 < model["window"]) | (k // 64 == 0)
    return masked(w, model, [lambda q, k: (k <= q) & near(q, k)])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        model = json.load(file)
    tensors = {name: np.array(t["values"]).reshape(t["shape"]) for name, t in model["tensors"].items()}
    w = Part(tensors)
    w.blocks = [Part(tensors, f"blk.{number}.") for number in range(model["layers"])]
    logits = globals()[model["family"]](w, model) @ tensors["token_embd.weight"].T
    json.dump(logits.ravel().tolist(), sys.stdout)


main()
