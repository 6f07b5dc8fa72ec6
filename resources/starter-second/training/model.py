"""The LLaMA architecture (Touvron et al. 2023), as small as Sotto Starter needs it: RMSNorm, rotary positions on neighbouring
pairs, grouped-query attention, SwiGLU, embeddings tied to the output."""
import math

import torch
from torch import nn
from torch.nn import functional as F

CONFIG = {"embedding": 192, "layers": 6, "heads": 6, "kv_heads": 2, "feed_forward": 512, "context": 512,
          "rope_base": 10000.0, "epsilon": 1e-5}


class Norm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


def rope_table(context, width, base):
    frequency = base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angle = torch.outer(torch.arange(context, dtype=torch.float64), frequency)
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        d, self.heads, self.kv = c["embedding"], c["heads"], c["kv_heads"]
        self.width = d // self.heads
        self.attention_norm = Norm(d, c["epsilon"])
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, self.kv * self.width, bias=False)
        self.value = nn.Linear(d, self.kv * self.width, bias=False)
        self.output = nn.Linear(d, d, bias=False)
        self.feed_norm = Norm(d, c["epsilon"])
        self.gate = nn.Linear(d, c["feed_forward"], bias=False)
        self.up = nn.Linear(d, c["feed_forward"], bias=False)
        self.down = nn.Linear(c["feed_forward"], d, bias=False)

    def forward(self, x, cos, sin, mask):
        b, t, d = x.shape
        h = self.attention_norm(x)
        q = rotate(self.query(h).view(b, t, self.heads, self.width).transpose(1, 2), cos, sin)
        k = rotate(self.key(h).view(b, t, self.kv, self.width).transpose(1, 2), cos, sin)
        v = self.value(h).view(b, t, self.kv, self.width).transpose(1, 2)
        # Query heads of one group share a key and a value head: they go as further rows of one product.
        group = self.heads // self.kv
        q = q.reshape(b, self.kv, group * t, self.width)
        scores = (q @ k.transpose(2, 3)).view(b, self.kv, group, t, t) / math.sqrt(self.width) + mask
        mixed = scores.softmax(-1).view(b, self.kv, group * t, t) @ v
        mixed = mixed.view(b, self.heads, t, self.width).transpose(1, 2).reshape(b, t, d)
        x = x + self.output(mixed)
        h = self.feed_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Llama(nn.Module):
    def __init__(self, vocabulary, config=None):
        super().__init__()
        c = self.config = dict(config or CONFIG)
        self.embedding = nn.Embedding(vocabulary, c["embedding"])
        self.blocks = nn.ModuleList(Block(c) for _ in range(c["layers"]))
        self.norm = Norm(c["embedding"], c["epsilon"])
        self.cos, self.sin = rope_table(c["context"], c["embedding"] // c["heads"], c["rope_base"])
        self.mask = torch.full((c["context"], c["context"]), float("-inf")).triu(1)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                scale = 1 / math.sqrt(2 * c["layers"]) if name.endswith(("output.weight", "down.weight")) else 1
                nn.init.normal_(p, 0.0, 0.02 * scale if "embedding" in name else scale / math.sqrt(p.shape[1]) * 0.7)

    def hidden(self, ids):
        t = ids.shape[1]
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, self.cos[:t], self.sin[:t], self.mask[:t, :t])
        return self.norm(x)

    def forward(self, ids):
        return self.hidden(ids) @ self.embedding.weight.T

    def parameter_count(self):
        return sum(p.numel() for p in self.parameters())


def gguf_tensors(model):
    """[(name in GGUF, parameter)]"""
    out = [("token_embd.weight", model.embedding.weight)]
    names = {"attn_norm": "attention_norm", "attn_q": "query", "attn_k": "key", "attn_v": "value", "attn_output": "output",
             "ffn_norm": "feed_norm", "ffn_gate": "gate", "ffn_up": "up", "ffn_down": "down"}
    for i, block in enumerate(model.blocks):
        for name, attribute in names.items():
            out.append((f"blk.{i}.{name}.weight", getattr(block, attribute).weight))
    return out + [("output_norm.weight", model.norm.weight)]
