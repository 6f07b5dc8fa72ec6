"""The starter model in PyTorch: LLaMA (Touvron et al. 2023) with grouped-query attention and a tied head."""
import torch
from torch import nn
from torch.nn import functional as F

CONFIG = {"vocabulary": 2048, "embedding": 256, "layers": 5, "heads": 8, "kv_heads": 2, "feed_forward": 512,
          "context": 512, "rope_base": 10000.0, "epsilon": 1e-5}


def norm(x, weight, epsilon):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon) * weight


def rotate(x, cos, sin):
    """RoPE in LLaMA's layout: neighbouring elements are a pair. x [batch, heads, tokens, width]."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        d, width = c["embedding"], c["embedding"] // c["heads"]
        self.attn_norm, self.ffn_norm = nn.Parameter(torch.ones(d)), nn.Parameter(torch.ones(d))
        self.attn_q = nn.Linear(d, c["heads"] * width, bias=False)
        self.attn_k = nn.Linear(d, c["kv_heads"] * width, bias=False)
        self.attn_v = nn.Linear(d, c["kv_heads"] * width, bias=False)
        self.attn_output = nn.Linear(c["heads"] * width, d, bias=False)
        self.ffn_gate = nn.Linear(d, c["feed_forward"], bias=False)
        self.ffn_up = nn.Linear(d, c["feed_forward"], bias=False)
        self.ffn_down = nn.Linear(c["feed_forward"], d, bias=False)

    def forward(self, x, cos, sin, mask):
        c = self.c
        b, t, d = x.shape
        width = d // c["heads"]
        h = norm(x, self.attn_norm, c["epsilon"])
        q = rotate(self.attn_q(h).view(b, t, c["heads"], width).transpose(1, 2), cos, sin)
        k = rotate(self.attn_k(h).view(b, t, c["kv_heads"], width).transpose(1, 2), cos, sin)
        v = self.attn_v(h).view(b, t, c["kv_heads"], width).transpose(1, 2)
        group = c["heads"] // c["kv_heads"]
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        p = torch.softmax(q @ k.transpose(-1, -2) * width ** -0.5 + mask, -1)
        x = x + self.attn_output((p @ v).transpose(1, 2).reshape(b, t, d))
        h = norm(x, self.ffn_norm, c["epsilon"])
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Llama(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c["vocabulary"], c["embedding"])
        self.blk = nn.ModuleList(Block(c) for _ in range(c["layers"]))
        self.output_norm = nn.Parameter(torch.ones(c["embedding"]))
        width = c["embedding"] // c["heads"]
        angle = torch.outer(torch.arange(c["context"]).float(), c["rope_base"] ** (-torch.arange(0, width, 2).float() / width))
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        mask = torch.full((c["context"], c["context"]), float("-inf")).triu(1)
        self.register_buffer("mask", mask, persistent=False)
        for name, p in self.named_parameters():
            if p.ndim == 2:
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(p, std=0.02 / (2 * c["layers"]) ** 0.5 if deep else 0.02)

    def hidden(self, ids):
        t = ids.shape[1]
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, self.cos[:t], self.sin[:t], self.mask[:t, :t])
        return norm(x, self.output_norm, self.c["epsilon"])

    def logits(self, hidden):
        return hidden @ self.token_embd.weight.t()

    def tensors(self):
        """By their names in GGUF, as NumPy arrays."""
        result = {}
        for name, p in self.named_parameters():
            result[name if name.endswith(".weight") else name + ".weight"] = p.detach().numpy()
        return result

    def load_tensors(self, tensors):
        with torch.no_grad():
            for name, p in self.named_parameters():
                p.copy_(torch.from_numpy(tensors[name if name.endswith(".weight") else name + ".weight"]))
