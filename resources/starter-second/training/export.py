"""From the trained model to starter.gguf, with the checks that Sotto reads it as PyTorch means it."""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

import gguf
import tokenizer as tok
from model import Llama, gguf_tensors

TEMPLATE = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
            "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
GOLDEN = [("What does temperature do?", "Temperature sets how random the reply is"), ("and in chinese?", "温度")]
MOST_BYTES = 4_000_000
BOUND = 1e-4  # of the largest logit


def metadata(model, tokenizer):
    c, u = model.config, gguf.U32
    return {
        "general.architecture": "llama", "general.name": "Sotto Starter", "general.license": "apache-2.0",
        "general.description": "A tiny demonstration model that comes with Sotto.",
        "general.file_type": u(7), "general.quantization_version": u(2),
        # Mild: so small a model errs more often where less likely tokens are drawn.
        "general.sampling.temp": 0.5, "general.sampling.top_k": 40, "general.sampling.top_p": 0.92,
        "general.sampling.min_p": 0.05, "general.sampling.penalty_repeat": 1.0,
        "llama.vocab_size": u(len(tokenizer.pieces)), "llama.context_length": u(c["context"]),
        "llama.embedding_length": u(c["embedding"]), "llama.block_count": u(c["layers"]),
        "llama.feed_forward_length": u(c["feed_forward"]), "llama.attention.head_count": u(c["heads"]),
        "llama.attention.head_count_kv": u(c["kv_heads"]), "llama.attention.layer_norm_rms_epsilon": c["epsilon"],
        "llama.rope.dimension_count": u(c["embedding"] // c["heads"]), "llama.rope.freq_base": c["rope_base"],
        "tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": tokenizer.pieces,
        "tokenizer.ggml.scores": tokenizer.scores(), "tokenizer.ggml.token_type": tokenizer.types(),
        "tokenizer.ggml.unknown_token_id": u(tok.UNKNOWN), "tokenizer.ggml.bos_token_id": u(tok.BOS),
        "tokenizer.ggml.eos_token_id": u(tok.END), "tokenizer.ggml.padding_token_id": u(tok.EOS),
        "tokenizer.ggml.add_bos_token": False, "tokenizer.ggml.add_eos_token": False,
        "tokenizer.ggml.add_space_prefix": False, "tokenizer.chat_template": TEMPLATE,
    }


def sotto(cli, *arguments, given=None):
    done = subprocess.run([str(cli), *map(str, arguments)], input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"sotto-cli {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def check_tokenizer(cli, path, tokenizer, documents):
    """Sotto must cut texts as the corpus was cut: dialogues with their marks, and what no dialogue has."""
    texts = []
    for d in documents:
        text = "".join(f"<|im_start|>{role}\n{t}<|im_end|>\n" for turn in d["turns"] for role, t in zip(("user", "assistant"), turn))
        ids, _ = tokenizer.dialogue(None, d["turns"])
        texts.append((text, ids + tokenizer.encode("\n"), True))
    odd = "  two  blanks\tTab\nlines\n\n\u00e9t\u00e9 \U0001f600 \u9f8d 12345 <|im_end|> x\u2581y user\nassistant\n " + "long" * 30
    texts.append((odd, tokenizer.encode(odd), False))
    # All in two calls: a model is loaded by each.
    for special in (True, False):
        chosen = [(t, ids) for t, ids, s in texts if s == special]
        got = sotto(cli, "tokenize", path, *(["--special"] if special else []), given="".join(t for t, _ in chosen)).split()
        wanted = [i for _, ids in chosen for i in ids]
        if list(map(int, got)) != wanted:
            at = next((i for i, (a, b) in enumerate(zip(map(int, got), wanted)) if a != b), min(len(got), len(wanted)))
            sys.exit(f"Sotto's tokens differ from ours at {at}: {got[at:at + 8]} for {wanted[at:at + 8]}")
    print(f"tokenizer: {len(texts)} texts, {sum(len(t[1]) for t in texts)} tokens, the same in Sotto")


def golden_ids(tokenizer):
    return tokenizer.dialogue(None, GOLDEN)[0][:-1]


def check_logits(cli, path, stored, model, tokenizer, folder):
    again = Llama(len(tokenizer.pieces), model.config)
    with torch.no_grad():
        for name, p in gguf_tensors(again):
            p.copy_(torch.from_numpy(np.ascontiguousarray(stored[name])))
        ids = golden_ids(tokenizer)
        ours = again(torch.tensor([ids]))[0].numpy().astype(np.float32)
    with tempfile.TemporaryDirectory() as temporary:
        out = pathlib.Path(temporary) / "logits.npy"
        sotto(cli, "logits", path, "--ids", ",".join(map(str, ids)), "--out", out)
        theirs = np.load(out)
    error = float(np.abs(ours - theirs).max() / np.abs(ours).max())
    print(f"logits: {len(ids)} tokens, the largest difference is {error:.2e} of the largest logit (bound {BOUND:.0e})")
    if error > BOUND:
        sys.exit("Sotto's logits differ from PyTorch's by more than the bound.")
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "starter_logits.npy", ours)
    (folder / "starter_ids.txt").write_text(",".join(map(str, ids)) + "\n", encoding="utf-8")


def run(model, tokenizer, options, documents):
    path = options.out / "starter.gguf"
    tensors = [(name, p.detach().numpy()) for name, p in gguf_tensors(model)]
    stored = gguf.write(path, metadata(model, tokenizer), tensors)
    size = path.stat().st_size
    print(f"{path.name}: {size} bytes")
    if size > MOST_BYTES:
        sys.exit(f"starter.gguf is larger than {MOST_BYTES} bytes.")
    check_tokenizer(options.cli, path, tokenizer, documents)
    check_logits(options.cli, path, stored, model, tokenizer, options.golden)
    for question in ("Hello", "What is Sotto?", "what is 7 plus 5?", "Tell me a story about a cat."):
        print("> " + question + "\n" + sotto(options.cli, "ask", path, question, "--greedy", "-n", 120).strip())
