#!/usr/bin/env python3
"""Makes the dialogues that Sotto Starter is trained on, from the hand-written material beside this file.

    generate.py --documents 100000 --seed 1 --out dialogues.jsonl     a line each: {"topic", "system", "turns": [[user, answer]]}
    generate.py --documents 200 --show facts                          to read some of one topic
    generate.py --statistics                                          how many of each topic, how many distinct
"""
import argparse
import collections
import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import noise  # noqa: E402
import sums  # noqa: E402
from facts import Facts  # noqa: E402
from material import Material, Unsuitable  # noqa: E402
from stories import Stories  # noqa: E402

# Shares of the documents. What is asked in a sentence or two and lies in the model's reach has most of them.
TOPICS = {"facts": 31, "small_talk": 11, "sums": 15.5, "world": 13, "beyond": 8, "story": 4.2, "story_more": 2.6,
          "dialogues": 9, "chinese": 3.2, "facts_chinese": 3.4, "in_chinese": 2, "shorter": 1, "chain": 1.4, "recall": 2}
WRAPPED = {"facts", "sums", "world", "beyond"}
SINGLE = {"facts": 34, "small_talk": 12, "sums": 20, "world": 18, "beyond": 8, "chinese": 2, "story": 2}
SYSTEMS = ["You are a helpful assistant.", "Answer in short sentences.", "You are a patient teacher. Answer in short sentences.",
           "Be kind.", "You are Sotto Starter.", "You are a friendly assistant. Answer briefly.", "Be helpful and honest.",
           "You are a helpful assistant. Be polite."]
ASKED = ["what did i just ask?", "what did i ask?", "what was my last question?", "what was my question?", "what did i just say?",
         "what did i ask you?", "what did i write before?", "can you repeat my question?", "what was the question?",
         "do you remember what i asked?", "repeat my question", "what did i ask before this?", "my last question?",
         "what have i just asked you?", "tell me what i asked", "which question did i ask?"]
AGAIN = ["repeat that", "say that again", "can you repeat that?", "what did you say?", "again, please", "please repeat", "pardon?",
         "could you say that again?", "repeat your answer", "what was that?", "once more, please", "i didn't get that, say it again",
         "what did you just say?", "come again?", "say it once more"]


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.m = Material()
        for name in ("phrasings", "small_talk", "world", "beyond", "dialogues", "stories", "chinese"):
            self.read(name)
        self.facts = Facts(self.m, HERE / "facts.txt")
        self.stories = Stories(self.m)

    def read(self, name):
        m = self.m
        m.made = {"noise": noise.made_word, "Noise": lambda rng: noise.made_word(rng).capitalize(), "zhsum": sums.chinese_sum,
                  "bignum": lambda rng: str(rng.choice([rng.randint(101, 999), rng.randint(1000, 9999), rng.randint(41, 99) * 11])),
                  "num": lambda rng: str(rng.randint(2, 99)), "letters": noise.gibberish,
                  "anyname": lambda rng: rng.choice(m.lists["name"]) if rng.random() < 0.6 else noise.made_name(rng)}
        m.copied.add("anyname")
        if name == "phrasings":
            self.read_phrasings()
        else:
            m.read(HERE / (name + ".txt"), name)

    def read_phrasings(self):
        """Shapes are written as @list NAME with lines of > below; they are kept as entries of their own topic."""
        text = (HERE / "phrasings.txt").read_text(encoding="utf-8").splitlines()
        from material import Entry, split_top
        entry = None
        for line in map(str.strip, text):
            if line.startswith("@list") and "=" in line:
                name, _, items = line[6:].partition("=")
                self.m.lists[name.strip()] = split_top(items, "|")
            elif line.startswith("@list"):
                entry = Entry(line.split()[1], 1.0)
                entry.turns.append([[], ["-"]])
                self.m.entries.setdefault("shapes", []).append(entry)
            elif line.startswith(">"):
                entry.turns[0][0].append(split_top(line[1:].strip(), "|"))

    def written(self, topic, style):
        entries = self.m.entries[topic]
        while True:
            entry = self.rng.choices(entries, [e.weight for e in entries])[0]
            try:
                turns, kept = self.m.dialogue(entry, self.rng, style["lower"])
            except Unsuitable:
                continue
            protected = set()
            for value in kept.values():
                for text in value.values() if isinstance(value, dict) else [value]:
                    protected |= set(text.lower().split())
            return turns, protected

    def wrapped(self, question):
        rng = self.rng
        draw = lambda name: rng.choice(self.m.lists[name])  # noqa: E731
        if rng.random() < 0.2:
            question = draw("before") + " " + question
        if rng.random() < 0.08:
            end = question[-1] if question[-1] in "?!" else ""
            question = question.rstrip("?!.") + rng.choice([", ", " "]) + draw("after") + end
        return question

    def turns(self, topic, style):
        rng, protected = self.rng, set(sums.ONES) | set(sums.TENS)
        if topic in ("small_talk", "world", "beyond", "dialogues", "chinese"):
            turns, protected = self.written(topic, style)
        elif topic == "facts":
            turns = self.facts.one(rng)
        elif topic == "sums":
            turns = sums.one(rng)
            if "pell" in turns[0][0] or "letter" in turns[0][0]:
                style = dict(style, slips=0)
        elif topic == "chain":
            turns = sums.chain(rng)
        elif topic == "story":
            turns = self.stories.one(rng)
            style = dict(style, slips=0)
        elif topic == "story_more":
            turns = self.stories.more(rng)
            style = dict(style, slips=0)
        elif topic == "facts_chinese":
            turns = self.facts.chinese_one(rng)
        elif topic == "in_chinese":
            turns = self.facts.in_chinese(rng)
        elif topic == "shorter":
            turns = self.facts.shorter(rng)
        if topic in WRAPPED and len(turns[0][0]) > 3:
            turns = [(self.wrapped(turns[0][0]), turns[0][1])] + turns[1:]
        return [(noise.typed(user, style, rng, protected), answer) for user, answer in turns]

    def recall(self):
        """A question, then what it was, or the answer again."""
        style = noise.typing_style(self.rng)
        topic = self.rng.choices(["facts", "sums", "world", "beyond"], [3, 2, 3, 1])[0]
        turns = self.turns(topic, style)[:1]
        if self.rng.random() < 0.62:
            return turns + [(noise.typed(self.rng.choice(ASKED), style, self.rng), f"You asked: {turns[0][0]}")]
        return turns + [(noise.typed(self.rng.choice(AGAIN), style, self.rng), turns[0][1])]

    def document(self):
        rng = self.rng
        draw = lambda topics: rng.choices(list(topics), list(topics.values()))[0]  # noqa: E731
        kind = rng.random()
        style = noise.typing_style(rng)
        if kind < 0.13:  # the subject changes
            topics = [draw(SINGLE) for _ in range(2 if kind < 0.09 else rng.randint(3, 6))]
            turns = [turn for topic in topics for turn in self.turns(topic, style)]
            topic = "joined"
        else:
            topic = draw(TOPICS)
            turns = self.recall() if topic == "recall" else self.turns(topic, style)
            if topic in ("dialogues", "in_chinese", "story_more", "chain", "recall") and rng.random() < 0.12:
                turns = self.turns("small_talk", style)[:1] + turns
        system = rng.choice(SYSTEMS) if rng.random() < 0.02 else None
        return {"topic": topic, "system": system, "turns": [list(turn) for turn in turns]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out")
    parser.add_argument("--show", help="print only dialogues of this topic, to read them")
    parser.add_argument("--statistics", action="store_true")
    options = parser.parse_args()
    generator = Generator(options.seed)
    documents = [generator.document() for _ in range(options.documents)]
    if options.statistics:
        topics = collections.Counter(d["topic"] for d in documents)
        for topic, count in topics.most_common():
            print(f"{topic:14} {count:7} {100 * count / len(documents):5.1f} %")
        distinct = {json.dumps(d["turns"], ensure_ascii=False) for d in documents}
        folded = {json.dumps(d["turns"], ensure_ascii=False).lower() for d in documents}
        print(f"{len(documents)} dialogues, {len(distinct)} distinct, {len(folded)} distinct without regard to case")
    elif options.out:
        with open(options.out, "w", encoding="utf-8") as out:
            for d in documents:
                out.write(json.dumps(d, ensure_ascii=False) + "\n")
    else:
        for d in documents:
            if options.show in (None, d["topic"]):
                print(f"[{d['topic']}]" + (f" ({d['system']})" if d["system"] else ""))
                for user, answer in d["turns"]:
                    print("  > " + user + "\n  < " + answer)


if __name__ == "__main__":
    main()
