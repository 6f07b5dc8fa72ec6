#!/usr/bin/env python3
"""Trains small SentencePiece models on the project's own texts and prints, as JSON, their vocabularies and what they make of
some lines: what the test engine_sentencepiece compares Sotto's tokenizers with. Needs python3-sentencepiece.

usage: sentencepiece_reference.py ROOT FOLDER
"""
import glob
import json
import os
import random
import sys

import sentencepiece


def fields(data):
    """The fields of a protobuf message: (number, value), bytes or numbers."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        elif kind == 2:
            size = varint()
            yield key >> 3, data[at:at + size]
            at += size
        else:
            at += 4 if kind == 5 else 8


def charsmap(model):
    normalizer = dict(fields(model)).get(3, b"")
    return dict(fields(normalizer)).get(2, b"").hex()


def lines(root):
    made = ["", " ", "Hello world", "  two  blanks   and a tab\t.", "ＡＢＣ１２３ ﬁne ½ ™ Å", "中文字符，标点。日本語カタカナ", "🎉 naïve café e\u0301", "\u00a0\u3000x\u200b",
            "don't stop", "12345 67,890.12", "line\nfeed\r\nand\n\n", "ўъΩ≈ç√∫˜µ≤≥÷", "a" * 300, "▁under▁bar", "trailing  "]
    rng = random.Random(5)
    letters = "ab the in. ,AB12\n\té中🎉ﬁＡ½"
    made += ["".join(rng.choice(letters) for _ in range(rng.randrange(1, 60))) for _ in range(300)]
    with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
        made += file.read().split("\n")
    return made


def main():
    root, folder = sys.argv[1:]
    text = os.path.join(folder, "text.txt")
    with open(text, "w", encoding="utf-8") as out:
        for name in sorted(glob.glob(os.path.join(root, "*.md")) + glob.glob(os.path.join(root, "resources/starter/corpus/*.txt"))):
            with open(name, encoding="utf-8") as file:
                out.write(file.read())
    result = []
    for name, options in {
            "unigram": dict(model_type="unigram", vocab_size=1200),
            "unigram without normalisation, with bytes": dict(model_type="unigram", vocab_size=1500, byte_fallback=True,
                                                              normalization_rule_name="identity", remove_extra_whitespaces=False),
            "unigram without a space before": dict(model_type="unigram", vocab_size=1200, add_dummy_prefix=False),
            "bpe with bytes": dict(model_type="bpe", vocab_size=1500, byte_fallback=True, normalization_rule_name="identity",
                                   remove_extra_whitespaces=False)}.items():
        prefix = os.path.join(folder, "model")
        sentencepiece.SentencePieceTrainer.train(input=text, model_prefix=prefix, user_defined_symbols=["<box>"],
                                                 character_coverage=0.9995, minloglevel=3, num_threads=2, **options)
        model = sentencepiece.SentencePieceProcessor(model_file=prefix + ".model")
        with open(prefix + ".model", "rb") as file:
            proto = file.read()
        pieces = range(model.get_piece_size())
        kinds = [6 if model.is_byte(i) else 3 if model.is_control(i) else 2 if model.is_unknown(i) else 5 if model.is_unused(i) else
                 4 if model.id_to_piece(i) == "<box>" else 1 for i in pieces]
        asked = [line for line in lines(root) if "<box>" not in line]
        result.append({"name": name, "kind": options["model_type"], "prefix": options.get("add_dummy_prefix", True),
                       "merge": options.get("remove_extra_whitespaces", True), "pieces": [model.id_to_piece(i) for i in pieces],
                       "scores": [model.get_score(i) for i in pieces], "types": kinds, "charsmap": charsmap(proto),
                       "lines": asked, "ids": model.encode(asked)})
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
