"""How people type: lower case, no punctuation, missing apostrophes, slips of the finger."""
import re

NEIGHBOURS = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
              "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
              "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}
CHINESE = re.compile("[\u4e00-\u9fff]")
SYLLABLES = "ba be bi bo da de do fa fi ga go ka ki ko la le li lo ma me mi mo na ne ni no pa po ra re ri ro sa se si ta te ti to va vi za zo zu".split()
ENDS = "n r s l x m k ra na ko mi do lin rus ton vel dan rick bert".split()


def typing_style(rng):
    """lower: all in lower case; bare: no full stop or question mark; slips: how many mistakes."""
    return {"lower": rng.random() < 0.5, "bare": rng.random() < 0.42, "slips": rng.choices([0, 1, 2], [0.88, 0.09, 0.03])[0],
            "upper": rng.random() < 0.006, "plain": rng.random() < 0.35}


def slip(word, rng):
    i = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind == 1:
        return word[:i] + word[i + 1:]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    return word[:i] + rng.choice(NEIGHBOURS.get(word[i], word[i])) + word[i + 1:]


def typed(text, style, rng, protected=()):
    if CHINESE.search(text):
        return text.rstrip("？。！") if style["bare"] else text
    if style["slips"]:
        words = text.split(" ")
        fit = [i for i, w in enumerate(words) if len(w) >= 4 and w.isalpha() and w.lower() not in protected]
        for i in rng.sample(fit, min(style["slips"], len(fit))):
            words[i] = slip(words[i], rng)
        text = " ".join(words)
    if style["bare"]:
        text = text.rstrip("?!.") or text
    if style["plain"]:
        text = text.replace("'", "")
    if style["upper"]:
        return text.upper()
    if style["lower"]:
        return text.lower()
    text = re.sub(r"\bi\b(?!\.)", "I", text)
    return text[:1].upper() + text[1:]


def made_name(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 2))).capitalize() + rng.choice(ENDS)


def made_word(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3))) + rng.choice(ENDS)


def gibberish(rng):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
