"""Dialogues about Sotto, from facts.txt and the shapes of questions in phrasings.txt."""
from material import split_top

FACETS = {"is": 3.0, "up": 0.9, "down": 0.9, "where": 0.9, "set": 0.7}


def read_facts(path):
    sections = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            head, _, rest = line[1:].partition("]")
            kind, name = head.split()
            section = {"kind": kind, "name": name, "w": float(rest.replace("w:", "").strip() or 1)}
            sections.append(section)
        else:
            key, colon, text = line.partition(":")
            if not colon or key in section:
                raise ValueError(f"{path.name}:{number}: {line}")
            section[key] = text.strip()
    return sections


def key_names(key, rng):
    """A shortcut as people type it."""
    plain = key.lower()
    return rng.choice([key, key, plain, plain.replace("+", " "), plain.replace("+", " + "), plain.replace("+", "-"),
                       plain.replace("ctrl", "control"), plain.replace("ctrl", "control").replace("+", " "),
                       key.replace("+", " + ")])


class Facts:
    def __init__(self, material, path):
        self.material = material
        self.sections = read_facts(path)
        self.weights = [s["w"] for s in self.sections]
        self.chinese = [s for s in self.sections if "zhq" in s]

    def ask(self, section, rng):
        """(question, answer)"""
        m, kept = self.material, {}
        choose = lambda text: m.expand(rng.choice(split_top(text, "|")), rng, kept)  # noqa: E731
        if section["kind"] == "ask":
            return choose(section["q"]), rng.choice(split_top(section["a"], "|"))
        if section["kind"] == "thing":
            facets = [f for f in FACETS if f in section]
            facet = rng.choices(facets, [FACETS[f] for f in facets])[0]
            kept["x"] = choose(section["aka"])
            return self.shaped(facet, rng, kept), section[facet]
        facets = {"how": 4.0}
        if "key" in section:
            facets |= {"keyfor": 1.4, "keydoes": 1.2}
        facet = rng.choices(list(facets), list(facets.values()))[0]
        if facet == "keydoes":
            kept["key"] = key_names(section["key"], rng)
            return self.shaped(facet, rng, kept), section["keydo"]
        kept["do"] = choose(section["do"])
        return self.shaped(facet, rng, kept), section["how"]

    def shaped(self, shape, rng, kept):
        lines = next(e for e in self.material.entries["shapes"] if e.name == shape).turns[0][0]
        return self.material.expand(rng.choice(rng.choice(lines)), rng, kept)

    def one(self, rng):
        return [self.ask(rng.choices(self.sections, self.weights)[0], rng)]

    def chinese_one(self, rng):
        section = rng.choices(self.chinese, [s["w"] for s in self.chinese])[0]
        question = self.material.expand(rng.choice(split_top(section["zhq"], "|")), rng, {})
        turns = [(question, section["zha"])]
        return turns

    def in_chinese(self, rng):
        """An English question, then the same in Chinese; sometimes the other way round."""
        section = rng.choices(self.chinese, [s["w"] for s in self.chinese])[0]
        main = {"ask": "a", "thing": "is", "action": "how"}[section["kind"]]
        for _ in range(30):
            question, answer = self.ask(section, rng)
            if answer == section[main]:
                break
        else:
            return self.chinese_one(rng)
        if rng.random() < 0.2:
            zh = self.chinese_one(rng)[0]
            for _ in range(30):
                if zh[1] == section["zha"]:
                    back = rng.choice(["and in English?", "in english please", "说英文", "用英文说", "say it in english",
                                       "i don't understand, in english please", "english?", "can you say that in english?"])
                    return [zh, (back, section[main])]
                zh = self.chinese_one(rng)[0]
        more = rng.choice(["and in chinese?", "in chinese?", "in chinese please", "say that in chinese", "用中文说", "中文呢？",
                           "can you say that in chinese?", "the same in chinese, please", "now in chinese", "请用中文",
                           "how do you say that in chinese?", "chinese please", "could you repeat that in chinese?",
                           "translate that into chinese", "and what is that in chinese?"])
        return [(question, answer), (more, section["zha"])]

    def shorter(self, rng):
        """A question, then its answer in fewer words: the first clause."""
        for _ in range(30):
            question, answer = self.one(rng)[0]
            cuts = [answer.find(mark) for mark in (": ", "; ", ", ", ". ") if answer.find(mark) > 24]
            if cuts:
                more = rng.choice(["shorter", "shorter, please", "in short?", "can you say that shorter?", "too long",
                                   "make it shorter", "in a few words?", "briefly?", "shorter please", "say it shorter",
                                   "keep it short", "in fewer words", "and in short?"])
                return [(question, answer), (more, answer[:min(cuts)] + ".")]
        return [(question, answer)]
