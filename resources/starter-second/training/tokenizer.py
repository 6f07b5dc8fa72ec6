"""A small SentencePiece-style BPE: trained by merging the most frequent neighbours (Sennrich et al. 2016), applied by
scores as SentencePiece does: of all neighbours whose join is a piece, the best scored merge first, the leftmost of equals.
Characters that have no piece become bytes. Digits stay single; letters do not merge with punctuation."""
import collections
import heapq
import re

SPACE = "\u2581"
UNKNOWN, BOS, EOS, START, END = range(5)
SPECIAL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
NORMAL, UNKNOWN_TYPE, CONTROL, BYTE = 1, 2, 3, 6  # as in GGUF's tokenizer.ggml.token_type
WORD = re.compile(SPACE + "*[^" + SPACE + "]*")
HEADERS = ("user\n", "assistant\n", "system\n")
LONGEST = 16


def words_of(text):
    return [w for w in WORD.findall(text.replace(" ", SPACE)) if w]


def kind(c):
    if c == SPACE:
        return "space"
    if c.isdigit():
        return "digit"
    if "\u4e00" <= c <= "\u9fff":
        return "han"
    return "letter" if c.isalpha() or c == "'" else "mark"


def may_be_piece(text):
    """Whether a merge may give this piece."""
    if text in HEADERS:
        return True
    body = text.lstrip(SPACE)
    kinds = {kind(c) for c in body}
    if len(text) > LONGEST or "\n" in text or "digit" in kinds or len(kinds) > 1 or len(text) - len(body) > 1:
        return False
    return not ("han" in kinds and len(text) > 2)


def train(texts, size):
    """The pieces of a vocabulary of `size`: special ones, 256 bytes, characters and merges, in the order of their ids."""
    counts = collections.Counter(word for text in texts for word in words_of(text))
    characters = collections.Counter()
    for word, n in counts.items():
        for c in word:
            characters[c] += n
    singles = sorted((c for c, n in characters.items() if n >= 3), key=lambda c: (-characters[c], c))
    symbols = {word: list(word) for word in counts}
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for word, parts in symbols.items():
        for pair in zip(parts, parts[1:]):
            if may_be_piece(pair[0] + pair[1]):
                pairs[pair] += counts[word]
                where[pair].add(word)
    heap = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(heap)
    merges, known = [], set(singles)
    while len(SPECIAL) + 256 + len(singles) + len(merges) < size and heap:
        n, pair = heapq.heappop(heap)
        if pairs[pair] != -n or n == 0:
            continue
        joined = pair[0] + pair[1]
        if joined not in known:
            known.add(joined)
            merges.append(joined)
        touched = set()
        for word in sorted(where[pair]):
            parts, new, i = symbols[word], [], 0
            for old in zip(parts, parts[1:]):
                if may_be_piece(old[0] + old[1]):
                    pairs[old] -= counts[word]
                    touched.add(old)
            while i < len(parts):
                if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
                    new.append(joined)
                    i += 2
                else:
                    new.append(parts[i])
                    i += 1
            symbols[word] = new
            for fresh in zip(new, new[1:]):
                if may_be_piece(fresh[0] + fresh[1]):
                    pairs[fresh] += counts[word]
                    where[fresh].add(word)
                    touched.add(fresh)
        del where[pair]
        pairs[pair] = 0
        for changed in touched:
            if pairs[changed] > 0:
                heapq.heappush(heap, (-pairs[changed], changed))
    pieces = SPECIAL + [f"<0x{b:02X}>" for b in range(256)] + merges + singles
    return pieces


class Tokenizer:
    def __init__(self, pieces):
        self.pieces = pieces
        self.first = len(SPECIAL) + 256
        self.ids = {piece: i for i, piece in enumerate(pieces) if i >= self.first}
        self.cache = {}

    def types(self):
        return [UNKNOWN_TYPE] + [CONTROL] * (len(SPECIAL) - 1) + [BYTE] * 256 + [NORMAL] * (len(self.pieces) - self.first)

    def scores(self):
        """Earlier merges score higher; single characters come last, as they are never the result of a merge."""
        return [0.0] * self.first + [-float(i) for i in range(len(self.pieces) - self.first)]

    def encode_word(self, word):
        parts = list(word)
        while len(parts) > 1:
            best, at = None, -1
            for i in range(len(parts) - 1):
                rank = self.ids.get(parts[i] + parts[i + 1])
                if rank is not None and (best is None or rank < best):
                    best, at = rank, i
            if best is None:
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        out = []
        for part in parts:
            token = self.ids.get(part)
            out += [token] if token is not None else [len(SPECIAL) + b for b in part.encode("utf-8")]
        return out

    def encode(self, text):
        out = []
        for word in words_of(text):
            if word not in self.cache:
                self.cache[word] = self.encode_word(word)
            out += self.cache[word]
        return out

    def decode(self, ids):
        data = b""
        for token in ids:
            if len(SPECIAL) <= token < self.first:
                data += bytes([token - len(SPECIAL)])
            elif token >= self.first:
                data += self.pieces[token].replace(SPACE, " ").encode("utf-8")
            else:
                data += self.pieces[token].encode()
        return data.decode("utf-8", "replace")

    def dialogue(self, system, turns):
        """Token ids as Sotto's ChatML gives them, and for each what it is: 0 markup, 1 what a user wrote, 2 an answer."""
        ids, roles = [], []

        def add(tokens, role):
            ids.extend(tokens)
            roles.extend([role] * len(tokens))

        def part(name, text, role, open_end=False):
            add([START], 0)
            header = len(self.encode(name + "\n"))
            tokens = self.encode(name + "\n" + text)
            add(tokens[:header], 0)
            add(tokens[header:], role)
            add([END], 2 if role == 2 else 0)

        parts = ([("system", system, 0)] if system else []) + \
            [p for user, answer in turns for p in (("user", user, 1), ("assistant", answer, 2))]
        for i, (name, text, role) in enumerate(parts):
            if i:
                add(self.encode("\n"), 0)
            part(name, text, role)
        return ids, roles
