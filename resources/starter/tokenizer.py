"""The starter model's own tokenizer: SentencePiece-style BPE with byte fallback, trained on the corpus.

Text is cut into units (a word with the blank before it, one digit, one sign) and pairs are merged within units only, the
pair that is most frequent first (Sennrich et al. 2016). A piece's score is minus its rank, so that the `llama` tokenizer of
GGUF, which merges the pair of the best score, arrives at the same pieces.
"""
import collections
import re

UNIT = re.compile(r"▁?[A-Za-z']+|▁?[一-鿿]+|▁?[0-9]|\n|▁?[^A-Za-z'0-9一-鿿\n▁]|▁")
CONTROL = ["<|im_start|>", "<|im_end|>"]
BLANK = "▁"


class Tokenizer:
    def __init__(self, pieces, ranks):
        self.pieces = pieces
        self.ranks = ranks  # of merged pieces
        self.ids = {p: i for i, p in enumerate(pieces)}
        self.cache = {}
        self.start, self.end = self.ids[CONTROL[0]], self.ids[CONTROL[1]]

    @staticmethod
    def train(texts, size):
        counts = collections.Counter()
        for text in texts:
            counts.update(UNIT.findall(text.replace(" ", BLANK)))
        characters = collections.Counter()
        for unit, n in counts.items():
            for c in unit:
                characters[c] += n
        base = ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % b for b in range(256)] + CONTROL
        letters = sorted(set(characters) | set("".join(chr(c) for c in range(33, 127))) | {BLANK, "\n"})
        pieces = base + letters
        words = {unit: list(unit) for unit in counts}
        pairs, where = collections.Counter(), collections.defaultdict(set)
        for unit, parts in words.items():
            for a, b in zip(parts, parts[1:]):
                pairs[a, b] += counts[unit]
                where[a, b].add(unit)
        ranks = {}
        while len(pieces) < size and pairs:
            (a, b), n = max(pairs.items(), key=lambda item: (item[1], item[0]))
            if n < 2:
                break
            merged = a + b
            if merged not in ranks:
                ranks[merged] = len(ranks)
                pieces.append(merged)
            for unit in list(where[a, b]):
                parts = words[unit]
                for x, y in zip(parts, parts[1:]):
                    pairs[x, y] -= counts[unit]
                    if pairs[x, y] <= 0:
                        del pairs[x, y]
                new, i = [], 0
                while i < len(parts):
                    if i + 1 < len(parts) and parts[i] == a and parts[i + 1] == b:
                        new.append(merged)
                        i += 2
                    else:
                        new.append(parts[i])
                        i += 1
                words[unit] = new
                for x, y in zip(new, new[1:]):
                    pairs[x, y] += counts[unit]
                    where[x, y].add(unit)
            pairs.pop((a, b), None)
        return Tokenizer(pieces, ranks)

    def unit(self, unit):
        if unit in self.cache:
            return self.cache[unit]
        parts = list(unit)
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda i: self.ranks.get(parts[i] + parts[i + 1], 1 << 30))
            if parts[best] + parts[best + 1] not in self.ranks:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        ids = []
        for part in parts:
            if part in self.ids:
                ids.append(self.ids[part])
            else:
                ids += [self.ids["<0x%02X>" % b] for b in part.encode()]
        self.cache[unit] = ids
        return ids

    def encode(self, text):
        return [i for unit in UNIT.findall(text.replace(" ", BLANK)) for i in self.unit(unit)]

    def dialogue(self, turns):
        """Ids of a ChatML dialogue, and 1 where the model is to learn to write the id."""
        ids, learn = [], []

        def add(new, answer):
            ids.extend(new)
            learn.extend([answer] * len(new))
        newline = self.encode("\n")
        for question, answer in turns:
            add([self.start] + self.encode("user\n" + question) + [self.end] + newline, 0)
            add([self.start] + self.encode("assistant\n"), 0)
            add(self.encode(answer) + [self.end], 1)
            add(newline, 0)
        return ids[:-1], learn[:-1]

    def scores(self):
        return [-float(self.ranks[p]) if p in self.ranks else 0.0 if i < 259 + len(CONTROL) else -1e6
                for i, p in enumerate(self.pieces)]

    def types(self):
        """As in GGUF: 1 normal, 2 unknown, 3 control, 6 byte."""
        return [2 if i == 0 else 3 if i in (1, 2) or p in CONTROL else 6 if re.fullmatch("<0x[0-9A-F]{2}>", p) else 1
                for i, p in enumerate(self.pieces)]
