#!/usr/bin/env python3
"""How many of an exam's dialogues the corpus asks, letter for letter but for capitals and punctuation: as it is written, and as
train draws from it, who leaves those of tests/data/starter_questions*.json out.

usage: resources/starter/overlap.py QUESTIONS.json [DIALOGUES]     DIALOGUES: how many are drawn, 200000
"""
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "corpus"))
from exams import held_out
from generate import Corpus, bare


def overlap(corpus, exam, count):
    """Those dialogues of the exam that the corpus holds."""
    wanted = {tuple(map(bare, each["turns"])): each for each in exam}
    longest, rng, found = max(map(len, wanted)), random.Random(20261127), set()
    for _ in range(count):
        asked = [bare(question) for question, _ in corpus.dialogue(rng)]
        for at in range(len(asked)):
            found |= {tuple(asked[at:at + n]) for n in range(1, longest + 1)} & wanted.keys()
    return [wanted[turns] for turns in found]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        exam = json.load(file)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 200000
    for name, corpus in ("as written", Corpus()), ("as trained on", Corpus(held_out())):
        topics = {}
        same = overlap(corpus, exam, count)
        for each in same:
            topics[each["topic"]] = topics.get(each["topic"], 0) + 1
        print(f"{name}: {len(same)} of {len(exam)} " + ", ".join(f"{topic} {n}" for topic, n in sorted(topics.items())))


if __name__ == "__main__":
    main()
