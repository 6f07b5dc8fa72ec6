"""Reads the hand-written material: lists, tables and dialogues in a small notation, and expands it.

A text may hold (a|b|), one of which is taken, and references in braces: {name} expands a list; {x:list} takes an item of
a list or a row of a table and keeps it as x; {x}, {x.column} give what was kept, {X} with a capital. An entry is
"== id w=weight", then turns: lines of > (what the user may say), lines of < (what is answered), then >> and << and so on.
A line "! p.a != q.a" (or a word) is a condition on what was kept.
"""
import re
from functools import lru_cache

REFERENCE = re.compile(r"([A-Za-z]+)(?::(\w+))?(?:\.(\w+))?$")


def split_top(text, separator):
    """Splits at separators that are in no parentheses."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "({") - (c in ")}")
        if c == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [part.strip() for part in parts]


def closing(text, i):
    depth = 0
    for j in range(i, len(text)):
        depth += (text[j] == text[i]) - (text[j] == {"(": ")", "{": "}"}[text[i]])
        if depth == 0:
            return j
    raise ValueError("no closing bracket: " + text)


@lru_cache(maxsize=None)
def parse(text):
    """A text as a list of strings, ("any", [parsed...]) and ("ref", name)."""
    parts, i, plain = [], 0, ""
    while i < len(text):
        c = text[i]
        if c == "\\":
            plain += text[i + 1]
            i += 2
        elif c in "({":
            j = closing(text, i)
            if plain:
                parts.append(plain)
                plain = ""
            inner = text[i + 1:j]
            if c == "(":
                depth, start, choices = 0, 0, []
                for k, d in enumerate(inner + "|"):
                    depth += (d in "({") - (d in ")}")
                    if d == "|" and depth == 0:
                        choices.append(parse(inner[start:k]))
                        start = k + 1
                parts.append(("any", choices))
            else:
                parts.append(("ref", inner))
            i = j + 1
        else:
            plain += c
            i += 1
    if plain:
        parts.append(plain)
    return tuple(parts)


def capital(text):
    return text[:1].upper() + text[1:]


class Unsuitable(Exception):
    """A condition of an entry does not hold for what was drawn."""


class Entry:
    def __init__(self, name, weight):
        self.name, self.weight = name, weight
        self.turns = []  # [user alternatives, answer alternatives] each
        self.conditions = []


class Material:
    def __init__(self):
        self.lists, self.tables, self.entries, self.copied, self.made = {}, {}, {}, set(), {}

    def read(self, path, topic):
        entry, table = None, None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("@list ") or line.startswith("@copy "):
                name, _, items = line[6:].partition("=")
                self.lists[name.strip()] = split_top(items, "|")
                if line.startswith("@copy"):
                    self.copied.add(name.strip())
            elif line.startswith("@table "):
                words = line.split()
                table = (words[1], [w for w in words[2:] if w != "both"], "both" in words)
                self.tables[table[0]] = []
            elif line.startswith("=="):
                words = line[2:].split()
                weight = float(words[1][2:]) if len(words) > 1 else 1.0
                entry, table = Entry(words[0], weight), None
                self.entries.setdefault(topic, []).append(entry)
            elif line.startswith("!"):
                entry.conditions.append(line[1:].split(None, 2))
            elif line.startswith(">"):
                new = not entry.turns or entry.turns[-1][1]
                if new:
                    entry.turns.append([[], []])
                entry.turns[-1][0].append(split_top(line.lstrip(">").strip(), "|"))
            elif line.startswith("<"):
                entry.turns[-1][1] += split_top(line.lstrip("<").strip(), "|")
            elif table:
                name, columns, both = table
                for row in line.split("|"):
                    cells = [cell.strip() for cell in row.split("/")]
                    if len(cells) != len(columns):
                        raise ValueError(f"{path.name}:{number}: {row}")
                    self.tables[name].append(dict(zip(columns, cells)))
                    if both:
                        self.tables[name].append(dict(zip(columns, reversed(cells))))
            else:
                raise ValueError(f"{path.name}:{number}: {line}")

    def draw(self, source, rng, kept, lower):
        if source in self.tables:
            return rng.choice(self.tables[source])
        if source in self.made:
            item = self.made[source](rng)
        else:
            item = self.expand(rng.choice(self.lists[source]), rng, kept, lower)
        return item.lower() if lower and source in self.copied else item

    def expand(self, text, rng, kept, lower=False):
        return "".join(self._parts(parse(text), rng, kept, lower))

    def _parts(self, parts, rng, kept, lower):
        for part in parts:
            if isinstance(part, str):
                yield part
            elif part[0] == "any":
                yield from self._parts(rng.choice(part[1]), rng, kept, lower)
            else:
                yield self._reference(part[1], rng, kept, lower)

    def _reference(self, reference, rng, kept, lower):
        name, source, column = REFERENCE.match(reference).groups()
        source = source or kept.get("", {}).get(name.lower() if len(name) == 1 else name)
        if len(name) == 1 and name.isupper() and source:  # {X} before {x}
            self._reference(name.lower() + ":" + source, rng, kept, lower)
            source = None
        if source:
            if name not in kept:
                kept[name] = self.draw(source, rng, kept, lower)
            value = kept[name]
        elif name in kept:
            value = kept[name]
        elif len(name) == 1 and name.lower() in kept:
            value = kept[name.lower()]
            value = value[column] if column else value
            return capital(value)
        else:
            return self.draw(name, rng, kept, lower)
        return value[column] if column else value

    def holds(self, entry, kept):
        def value(word):
            match = REFERENCE.match(word)
            if match and match.group(1) in kept:
                kept_value = kept[match.group(1)]
                return kept_value[match.group(3)] if match.group(3) else kept_value
            return word

        return all((value(a) == value(b)) == (op == "==") for a, op, b in entry.conditions)

    def dialogue(self, entry, rng, lower=False):
        """[(user, answer), ...] and what was kept."""
        sources = {m.group(1): m.group(2) for users, _ in entry.turns for line in users for text in line
                   for m in re.finditer(r"\{(\w+):(\w+)", text)}
        for _ in range(20):
            kept = {"": sources}
            turns = []
            for users, answers in entry.turns:
                user = self.expand(rng.choice(rng.choice(users)), rng, kept, lower)
                turns.append((user, self.expand(rng.choice(answers), rng, kept, lower)))
            if self.holds(entry, kept):
                del kept[""]
                return turns, kept
        raise Unsuitable(entry.name)
