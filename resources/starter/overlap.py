#!/usr/bin/env python3
"""How many of an exam's questions the corpus asks letter for letter, but for capitals and punctuation.

usage: resources/starter/overlap.py QUESTIONS.json [DIALOGUES]     DIALOGUES: how many are drawn, 200000
"""
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus"))
from generate import Corpus


def bare(text):
    return " ".join(re.sub(r"[^\w+*/=-]", " ", text.lower()).split())


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        exam = json.load(file)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 200000
    corpus, rng = Corpus(), random.Random(20261127)
    asked = {bare(question) for _ in range(count) for question, _ in corpus.dialogue(rng)}
    same = [each for each in exam if bare(each["turns"][-1]) in asked]
    topics = {}
    for each in same:
        topics[each["topic"]] = topics.get(each["topic"], 0) + 1
    print(f"{len(same)} of {len(exam)}: " + ", ".join(f"{topic} {n}" for topic, n in sorted(topics.items())))


if __name__ == "__main__":
    main()
