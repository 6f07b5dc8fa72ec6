"""From the generator's dialogues to batches: documents of like length together, each attending to itself alone."""
import pathlib
import random
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "corpus"))
from generate import Generator  # noqa: E402

CONTEXT = 512
USER_WEIGHT = 0.1  # of what the user wrote, in the loss; an answer's tokens have 1
WINDOW = 4096      # documents that are sorted by length at a time


def documents(seed, count):
    generator = Generator(seed)
    return [generator.document() for _ in range(count)]


def encoded(tokenizer, docs):
    """[(ids, weights of the loss of each as a target)]"""
    out = []
    for d in docs:
        ids, roles = tokenizer.dialogue(d["system"], d["turns"])
        if len(ids) <= CONTEXT:
            weight = np.array([0.0, USER_WEIGHT, 1.0], np.float32)[np.array(roles)]
            out.append((np.array(ids, np.int64), weight))
    return out


def stream(tokenizer, seed, tokens):
    """Documents with `tokens` tokens in all, made a part at a time."""
    generator, out, total = Generator(seed), [], 0
    while total < tokens:
        part = encoded(tokenizer, [generator.document() for _ in range(2000)])
        for ids, weight in part:
            if total >= tokens:
                break
            out.append((ids, weight))
            total += len(ids)
    return out


def batches(docs, size, seed):
    """Lists of indices; the padded batch has about `size` tokens. Short and long ones in random order."""
    rng = random.Random(seed)
    out = []
    for start in range(0, len(docs), WINDOW):
        window = sorted(range(start, min(start + WINDOW, len(docs))), key=lambda i: len(docs[i][0]))
        parts, part = [], []
        for i in window:
            if part and (len(part) + 1) * len(docs[i][0]) > size:
                parts.append(part)
                part = []
            part.append(i)
        parts.append(part)
        rng.shuffle(parts)
        out += parts
    return out


def padded(docs, batch):
    """inputs, targets and weights [documents, longest - 1]"""
    longest = max(len(docs[i][0]) for i in batch)
    ids = np.zeros((len(batch), longest), np.int64)
    weights = np.zeros((len(batch), longest), np.float32)
    for row, i in enumerate(batch):
        n = len(docs[i][0])
        ids[row, :n], weights[row, :n] = docs[i]
    return ids[:, :-1], ids[:, 1:], weights[:, 1:]
