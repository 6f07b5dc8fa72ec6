"""The dialogues that the starter model is examined with: training leaves them out."""
import glob
import json
import os

PATTERN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "data", "starter_questions*.json")


def held_out():
    dialogues = []
    for path in sorted(glob.glob(PATTERN)):
        with open(path, encoding="utf-8") as file:
            dialogues += [each["turns"] for each in json.load(file)]
    if not dialogues:
        raise SystemExit(f"There are no questions to leave out: {PATTERN}")
    return dialogues
