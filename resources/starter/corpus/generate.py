#!/usr/bin/env python3
"""Dialogues for the starter model: reads the entries beside it, adds what is computed (sums, days, spelling, stories,
memory of the turn before), and draws as many dialogues as are asked for, each from a seed.

usage: generate.py [--count N] [--seed S]     prints dialogues, for reading
"""
import argparse
import os
import random
import re

HERE = os.path.dirname(os.path.abspath(__file__))

# How those write who press the shift key; countries, people and languages are capitalised, too.
PROPER = {"sotto": "Sotto", "gguf": "GGUF", "ggufs": "GGUFs", "kv cache": "KV cache", "kv-cache": "KV-cache", "kv": "KV", "ctrl+n": "Ctrl+N",
          "ctrl+o": "Ctrl+O", "ctrl+k": "Ctrl+K", "ctrl+e": "Ctrl+E", "ctrl+b": "Ctrl+B", "ctrl+l": "Ctrl+L", "ctrl+f": "Ctrl+F", "ctrl": "Ctrl",
          "esc": "Esc", "f2": "F2", "balanced": "Balanced", "precise": "Precise", "creative": "Creative", "deterministic": "Deterministic",
          "markdown": "Markdown", "json": "JSON", "llama": "Llama", "tinyllama": "TinyLlama", "mistral": "Mistral", "linux": "Linux",
          "debian": "Debian", "ubuntu": "Ubuntu", "windows": "Windows", "mac": "Mac", "macos": "macOS", "android": "Android", "gpu": "GPU",
          "cpu": "CPU", "ram": "RAM", "pdf": "PDF", "ai": "AI", "llm": "LLM", "llms": "LLMs", "api": "API", "chatgpt": "ChatGPT", "qt": "Qt",
          "gpt-2": "GPT-2", "gpt-neox": "GPT-NeoX", "gpt-oss": "gpt-oss", "mpt": "MPT", "olmo 2": "OLMo 2", "olmoe": "OLMoE", "smollm": "SmolLM",
          "smollm3": "SmolLM3", "internlm2": "InternLM2", "stablelm": "StableLM", "starcoder": "StarCoder", "starcoder2": "StarCoder2",
          "deepseek": "DeepSeek", "deepseek v3": "DeepSeek V3", "glm": "GLM", "chatglm": "ChatGLM", "bert": "BERT", "t5": "T5", "llava": "LLaVA",
          "rwkv": "RWKV", "dbrx": "DBRX", "lfm2": "LFM2", "qwen3": "Qwen3", "lora": "LoRA", "cuda": "CUDA", "latex": "LaTeX", "onnx": "ONNX",
          "html": "HTML", "csv": "CSV", "f1": "F1", "alt+down": "Alt+Down", "alt+up": "Alt+Up", "mxfp4": "MXFP4", "english": "English", "chinese": "Chinese", "python": "Python", "java": "Java", "christmas": "Christmas", "q4_k": "Q4_K"}
NUMBERS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
           "seventeen eighteen nineteen twenty").split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November December").split()
MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
SEASONS = "spring summer autumn winter".split()
OPPOSITES = """hot cold|big small|large little|tall short|long short|up down|left right|day night|black white|good bad|happy sad
old new|old young|fast slow|quick slow|hard soft|hard easy|easy difficult|light dark|light heavy|open closed|in out|on off|full empty|wet dry
early late|first last|high low|loud quiet|rich poor|strong weak|thick thin|wide narrow|clean dirty|near far|true false
begin end|start stop|come go|give take|win lose|love hate|buy sell|push pull|laugh cry|front back|inside outside
above below|before after|always never|more less|many few|yes no|friend enemy|man woman|boy girl|king queen|north south
east west|summer winter|morning evening|sweet sour|sharp blunt|deep shallow|smooth rough|brave afraid|awake asleep
alive dead|right wrong|cheap expensive|beautiful ugly|kind cruel|polite rude|simple complex|top bottom|ask answer
remember forget|find lose|war peace|question answer|noisy silent|warm cool|safe dangerous|fat thin|near distant
heaven hell|entrance exit|question reply|sit stand|arrive leave|fill empty|accept refuse|float sink|tight loose|lazy busy
sick healthy|full hungry|public private|input output|increase decrease|import export|maximum minimum|positive negative""".replace("\n", "|")
COLOURS = {
    "the sky": "blue", "the sea": "blue", "grass": "green", "a leaf": "green", "a frog": "green", "a cucumber": "green",
    "a banana": "yellow", "a lemon": "yellow", "the sun": "yellow", "snow": "white", "milk": "white", "a swan": "white",
    "coal": "black", "the night": "black", "a raven": "black", "blood": "red", "a tomato": "red", "a strawberry": "red",
    "a cherry": "red", "a fire engine": "red", "a carrot": "orange", "an orange": "orange", "a pumpkin": "orange",
    "chocolate": "brown", "wood": "brown", "a bear": "brown", "earth": "brown", "a pig": "pink", "a flamingo": "pink",
    "an elephant": "grey", "a mouse": "grey", "a stone": "grey", "a plum": "purple", "lavender": "purple",
    "a polar bear": "white", "salt": "white", "sugar": "white", "paper": "white", "coffee": "brown", "honey": "yellow",
    "a lime": "green", "spinach": "green", "a pea": "green", "a rose": "red", "an apple": "red or green", "corn": "yellow",
    "a duckling": "yellow", "a cloud": "white", "a potato": "brown", "a crow": "black", "rice": "white", "a sunflower": "yellow",
    "a cactus": "green", "an aubergine": "purple", "ketchup": "red", "mustard": "yellow", "a crocodile": "green", "a tree": "green",
    "a heart": "red", "gold": "yellow", "silver": "grey", "a violet": "purple", "cheese": "yellow", "broccoli": "green"}
MIXES = [("red", "yellow", "orange"), ("blue", "yellow", "green"), ("red", "blue", "purple"), ("black", "white", "grey"),
         ("red", "white", "pink"), ("red", "green", "brown")]
SOUNDS = {"dog": "woof", "cat": "meow", "cow": "moo", "sheep": "baa", "duck": "quack", "pig": "oink", "hen": "cluck",
          "horse": "neigh", "lion": "roar", "bee": "buzz", "mouse": "squeak", "frog": "croak", "owl": "hoot",
          "snake": "hiss", "bird": "tweet", "goat": "baa", "rooster": "cock-a-doodle-doo", "wolf": "howl", "donkey": "hee-haw"}
YOUNG = {"dog": "puppy", "cat": "kitten", "cow": "calf", "sheep": "lamb", "horse": "foal", "hen": "chick", "duck": "duckling",
         "pig": "piglet", "goat": "kid", "lion": "cub", "bear": "cub", "frog": "tadpole", "swan": "cygnet"}
LEGS = {"dog": 4, "cat": 4, "bird": 2, "spider": 8, "ant": 6, "fish": 0, "horse": 4, "bee": 6, "snake": 0, "duck": 2,
        "cow": 4, "hen": 2, "butterfly": 6, "table": 4, "human": 2, "chair": 4, "elephant": 4, "mouse": 4, "fly": 6, "pig": 4}
COUNTS = {"days in a week": 7, "months in a year": 12, "hours in a day": 24, "minutes in an hour": 60,
          "seconds in a minute": 60, "seasons in a year": 4, "days in a year": 365, "weeks in a year": 52,
          "letters in the alphabet": 26, "fingers on a hand": 5, "fingers on two hands": 10, "wheels on a bicycle": 2,
          "wheels on a car": 4, "sides in a triangle": 3, "sides in a square": 4, "things in a dozen": 12,
          "toes on a foot": 5, "eyes in a face": 2, "corners in a square": 4, "corners in a triangle": 3,
          "days at a weekend": 2, "ears on a head": 2, "wheels on a tricycle": 3, "colours in the rainbow": 7,
          "legs on a spider": 8, "legs on an insect": 6, "years in a century": 100, "years in a decade": 10}
SPELL = """cat dog house tree water apple bread milk book school friend mother father sister brother flower garden window
table chair yellow green orange purple black white brown happy birthday summer winter monday tuesday friday sunday january
night light right write read paper pencil letter number word computer model token sotto chat name phone music dance
horse mouse rabbit tiger lion monkey elephant bird fish duck sheep snake spider butter cheese sugar banana lemon cherry
tomato potato carrot kitchen bathroom bedroom garden street city village river mountain island ocean beach cloud rain snow
wind storm star moon sun earth world people child children man woman boy girl baby king queen doctor teacher farmer baker
hand foot head heart nose mouth ear eye hair finger arm leg knee red blue grey pink one two three four five six seven eight
nine ten eleven twelve twenty hundred love peace hope dream story time week month year today tomorrow yesterday morning
evening hello goodbye please thanks sorry good bad big small long short hot cold new old fast slow open close start stop
train plane boat car bus bicycle bridge road ship train clock door wall floor roof lamp bed cup plate spoon fork knife
soup cake pizza rice egg meat salt pepper tea coffee juice orange pear grape plum ball game team play jump run walk swim
think speak listen laugh smile cry sleep work help give take bring send find keep make build paint draw sing learn know
language grammar question answer reason because beautiful different important necessary tongue knight castle dragon
friendship science history language library hospital station airport market shop money dollar euro penny price""".split()

STORY_ENDS = ["From that day on {they} was never alone again.", "And so {they} came home, tired and happy.",
              "That night {they} slept well and smiled.", "And they lived happily ever after.",
              "Since then they meet every day.", "It was the best day of all."]
STORY_FRIENDS = ["an old owl", "a kind mouse", "a small bird", "a wise turtle", "a friendly fox", "a little girl", "a brave ant",
                 "a merry frog", "a white horse", "a quiet cat"]


SYLLABLES = ("ba be bi bo da de do fa fi ga go ka ki ko la le li lo ma me mi mo na ne ni no pa po ra re ri ro sa se si ta te ti to va vi "
             "za zo zu bra tri sto gra plu").split()
WORD_ENDS = "n r s l x m k ra na ko mi do lin rus ton vel dan rick bert".split()


def bare(text):
    """A question without capitals and punctuation."""
    return " ".join(re.sub(r"[^\w+*/=-]", " ", text.lower()).split())


def is_word(text):
    return len(text) <= 3 if re.search(r"[\u4e00-\u9fff]", text) else " " not in text


def made_word(rng):
    """A word that nobody has seen: what is copied must not be known by heart."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([1, 2, 2]))) + rng.choice(WORD_ENDS)


MARKS = {"?": "", "~": "{howto} ", "=": "{whatis} "}  # what stands before a question
HAS = ["(does|can) (sotto|it|this|this program) (have|support|offer|do|use) ({})", "(is|are) there ({}) [in sotto|here]", "can i (have|use|get) ({}) [here|in sotto]",
       "has sotto [got] ({})", "(is|are) ({}) (supported|possible|there|available) [in sotto|here]"]
KEYS = re.compile(r"\b(?:ctrl|alt|shift)(?:\+[\w/]+)+|\bf\d+\b")


def read_entries(name):
    """The entries of a file, those of them that are in Chinese, and its "% name: text"."""
    entries, chinese, texts = [], [], {}
    for line in open(os.path.join(HERE, name), encoding="utf-8"):
        mark, text = line[0], line[1:].strip()
        if line.startswith("== "):
            entry = {"name": line[3:].strip(), "questions": [], "answers": [], "called": None, "then": []}
            translated = {"name": "zh-" + entry["name"], "questions": [], "answers": []}
            if any(entry["name"] == each["name"] for each in entries):
                raise SystemExit(f"{name}: two entries are called {entry['name']}")
            entries.append(entry)
            chinese.append(translated)
        elif mark in MARKS:
            entry["questions"].append(MARKS[mark] + text)
        elif mark == "^":
            entry["questions"] += [form.format(text) for form in HAS]
        elif mark == "!":
            entry["answers"].append(text)
        elif mark == "？":
            translated["questions"].append(text)
        elif mark == "！":
            translated["answers"].append(text)
        elif mark == "&":
            entry["called"] = text
        elif mark == "*":
            entry["share"] = int(text)
        elif mark == "+":
            target, question = text.split(": ", 1)
            entry["then"].append((question, target))
        elif mark == "%":
            key, value = text.split(": ", 1)
            texts[key] = value.split("|")
        elif mark not in "#\n":
            raise SystemExit(f"{name}: what is this: {line}")
    return entries, [each for each in chinese if each["questions"]], texts


def read_lists(name):
    lists = {}
    for line in open(os.path.join(HERE, name), encoding="utf-8"):
        if line.strip():
            key, values = line.rstrip("\n").split(": ", 1)
            lists[key] = values.split("|")
    return lists


class Corpus:
    """held_out: dialogues, each a list of questions, of which none is drawn: those of an exam. Single words remain: there is no
    other way to write "hello"."""

    def __init__(self, held_out=()):
        self.held_out = {tuple(map(bare, turns)) for turns in held_out if len(turns) > 1 or not is_word(bare(turns[0]))}
        self.lists = read_lists("lists.txt")
        self.facts, facts_in_chinese, texts = read_entries("facts.txt")
        self.lists.update(texts)
        self.talk = read_entries("talk.txt")[0]
        self.beyond = read_entries("beyond.txt")[0]
        self.chinese = read_entries("chinese.txt")[0] + facts_in_chinese
        self.shares = {id(e): e.get("share", min(14, 4 + len(e["questions"]))) for e in self.facts + self.talk + self.chinese}
        self.by_name = {e["name"]: e for e in self.facts + self.talk}
        self.keys = [e for e in self.facts if e["name"].startswith("key-")]
        self.called = [e for e in self.facts if e["called"]]
        self.followed = [e for e in self.facts if e["then"]]
        self.pairs = [p.split() for p in OPPOSITES.split("|")]
        names = [n for key in ("country", "person", "lang", "runs", "runs_not", "runs_perhaps") for n in self.lists[key]]
        self.proper = re.compile(r"\b(" + "|".join(sorted(map(re.escape, [*PROPER, *names]), key=len, reverse=True)) + r")\b", re.IGNORECASE)

    # --- (a|b), [a], {list} -----------------------------------------------------------------------------------------

    def expand(self, text, rng):
        while re.search(r"\{\w+\}", text):
            text = re.sub(r"\{(\w+)\}", lambda m: self.listed(m.group(1), rng), text)
        while True:
            inner = re.search(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]", text)
            if inner is None:
                break
            body = inner.group(1) if inner.group(1) is not None else inner.group(2)
            choice = rng.choice(body.split("|"))
            if inner.group(2) is not None and rng.random() < 0.5:
                choice = ""
            text = text[:inner.start()] + choice + text[inner.end():]
        return re.sub(r" +", " ", text).replace(" ,", ",").strip()

    def listed(self, name, rng):
        if name == "noise":
            return made_word(rng)
        return str(self.big(rng)) if name == "bignumber" else rng.choice(self.lists[name])

    # --- how people type --------------------------------------------------------------------------------------------

    def typed(self, text, rng, question=True):
        text = text.strip()
        if rng.random() < 0.6:
            text = self.proper.sub(lambda m: PROPER.get(m.group(0), m.group(0).title()), text)
            text = KEYS.sub(lambda m: "+".join(part.capitalize() for part in m.group(0).split("+")), text)
        if re.search(r"[\u4e00-\u9fff]", text):
            return text
        if rng.random() < 0.07:
            hello = rng.choice(["hello", "hi", "hey", "hello", "hi there", "good morning", "hello sotto", "hey there", "good evening", "hello again"])
            stop = rng.choice([", ", "! ", ". ", " ", ", "])
            text = hello + stop + (text[:1].upper() + text[1:] if stop in ("! ", ". ") and rng.random() < 0.7 else text)
        elif rng.random() < 0.12:
            text = rng.choice(["please ", "hey, ", "hi, ", "hello, ", "so ", "and ", "ok, ", "well, ", "sorry, ", "sotto, ",
                               "um, ", "quick question: ", "excuse me, ", "hey sotto, ", "one more thing: "]) + text
        if rng.random() < 0.08:
            text += rng.choice([" please", ", please", " thanks", " now", " here", " then", " exactly", " again", " in sotto",
                                " in this program", " for me", " btw"])
        if rng.random() < 0.10:
            text = self.typo(text, rng)
        if rng.random() < 0.08:
            words = text.split(" ")
            small = [i for i, w in enumerate(words) if i > 0 and w in ("a", "the", "to", "do", "is", "of", "i", "my", "an", "does", "are", "you")]
            if small and len(words) > 3:
                del words[rng.choice(small)]
                text = " ".join(words)
        style = rng.random()
        asks = question and re.match(r"(how|what|whats|who|where|why|when|which|can|could|do|does|is|are|will|may|should|did)\b", text)
        mark = "?" if asks or question and rng.random() < 0.3 else rng.choice([".", "!", "."])
        if style < 0.55:
            text = text[:1].upper() + text[1:]
            text = re.sub(r"\bi\b", "I", text)
            return text + (mark if rng.random() < 0.85 else "")
        if style < 0.75:
            return text + mark
        if style < 0.82:
            return text.lower()
        return text

    def typo(self, text, rng):
        words = text.split(" ")
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) < 4 or not word.isalpha():
            return text
        i = rng.randrange(1, len(word) - 1)
        kind = rng.randrange(3)
        if kind == 0:
            word = word[:i] + word[i + 1:]
        elif kind == 1:
            word = word[:i] + word[i + 1] + word[i] + word[i + 2:]
        else:
            word = word[:i] + word[i] + word[i:]
        words[at] = word
        return " ".join(words)

    def any(self, entries, rng):
        """One of the entries; what people ask in more ways is asked more often."""
        return self.entry(rng.choices(entries, [self.shares[id(e)] for e in entries])[0], rng)

    def entry(self, entry, rng):
        return self.typed(self.expand(rng.choice(entry["questions"]), rng), rng), self.answer(entry, rng)

    def answer(self, entry, rng):
        return self.expand(rng.choice(entry["answers"]), rng)

    # --- sums and numbers -------------------------------------------------------------------------------------------

    def number(self, n, rng):
        if 0 <= n <= 20 and rng.random() < 0.35:
            return NUMBERS[n]
        if 20 < n < 100 and rng.random() < 0.1:
            return TENS[n // 10] + ("-" + NUMBERS[n % 10] if n % 10 else "")
        return str(n)

    def big(self, rng):
        """A number with which sums are beyond so small a model."""
        return rng.choice([rng.randrange(21, 100), rng.randrange(21, 100), rng.randrange(100, 1000), rng.randrange(1000, 100000)])

    def big_sum(self, rng):
        a, b = self.big(rng), rng.choice([self.big(rng), rng.randrange(0, 21)])
        if rng.random() < 0.3:
            a, b = b, a
        op = rng.choice("++-**/")
        if op == "*" and rng.random() < 0.3:
            a, b = rng.randrange(11, 21), rng.randrange(3, 21)
        return a, op, b

    def sum_of(self, rng):
        kind = rng.random()
        if kind < 0.45:
            a = rng.randrange(0, 21)
            b = rng.randrange(0, 21 - a) if rng.random() < 0.8 else rng.randrange(0, 21)
            return a, "+", b, a + b
        if kind < 0.78:
            a = rng.randrange(0, 21)
            b = rng.randrange(0, a + 1)
            return a, "-", b, a - b
        if kind < 0.82:
            b = rng.randrange(1, 11)
            result = rng.randrange(0, 20 // b + 1)
            return result * b, "/", b, result
        a = rng.randrange(0, 11)
        b = rng.randrange(0, 11)
        return a, "*", b, a * b

    def arithmetic(self, rng):
        a, op, b, *known = self.big_sum(rng) if rng.random() < 0.12 else self.sum_of(rng)
        answer = f"{a} {op} {b} = {known[0]}." if known else self.answer(self.beyond[0], rng)
        x, y = self.number(a, rng), self.number(b, rng)
        word = {"+": ["plus", "and", "added to", "+"], "-": ["minus", "-", "take away", "less"],
                "*": ["times", "multiplied by", "*", "x"], "/": ["divided by", "/", "over", "divided by"]}[op]
        forms = [f"what is {x} {rng.choice(word)} {y}", f"how much is {x} {rng.choice(word)} {y}", f"{x} {rng.choice(word)} {y}",
                 f"{x} {rng.choice(word)} {y} is", f"calculate {x} {rng.choice(word)} {y}", f"{a}{op}{b}", f"{a} {op} {b} =", f"{a}{op}{b}=",
                 f"what's {x} {rng.choice(word)} {y}", f"what does {x} {rng.choice(word)} {y} make", f"can you add up {a} {op} {b}",
                 f"compute {a} {op} {b}", f"solve {a} {op} {b}", f"tell me {x} {rng.choice(word)} {y}", f"{x} {rng.choice(word)} {y} equals",
                 f"what do you get for {x} {rng.choice(word)} {y}", f"please work out {x} {rng.choice(word)} {y}", f"how many is {x} {rng.choice(word)} {y}"]
        if op == "+":
            forms += [f"add {x} and {y}", f"what is the sum of {x} and {y}", f"i have {x} apples and get {y} more. how many do i have",
                      f"if i have {x} books and buy {y}, how many are there", f"what do {x} and {y} make together", f"add {y} to {x}",
                      f"there are {x} birds and {y} more come. how many birds are there", f"the sum of {x} and {y}"]
        if op == "-":
            forms += [f"subtract {y} from {x}", f"take {y} from {x}", f"what is the difference between {x} and {y}",
                      f"i have {x} apples and eat {y}. how many are left", f"if i have {x} coins and lose {y}, how many are left",
                      f"there were {x} birds and {y} flew away. how many are left", f"what is left of {x} without {y}"]
        if op == "*":
            forms += [f"multiply {x} by {y}", f"what is the product of {x} and {y}", f"multiply {x} and {y}"]
            if a == 2:
                forms += [f"what is twice {y}", f"double {y}"]
        if op == "/":
            forms += [f"divide {x} by {y}", f"share {x} apples among {y} children. how many does each get"]
        return self.typed(rng.choice(forms), rng), answer

    def numbers(self, rng):
        kind = rng.randrange(9)
        n = rng.randrange(1, 30 if rng.random() < 0.7 else 99)
        x = self.number(n, rng)
        if kind == 0:
            return self.typed(rng.choice([f"what number comes after {x}", f"which number follows {x}", f"what comes after {x}",
                                          f"the number after {x}", f"what is the next number after {x}"]), rng), f"After {n} comes {n + 1}."
        if kind == 1:
            return self.typed(rng.choice([f"what number comes before {x}", f"which number is before {x}", f"what comes before {x}",
                                          f"the number before {x}"]), rng), f"Before {n} comes {n - 1}."
        if kind in (2, 3):
            top = rng.randrange(3, 21)
            y = self.number(top, rng)
            if rng.random() < 0.2:
                return (self.typed(rng.choice([f"count backwards from {y}", f"count down from {y}", f"count back from {y} to 1",
                                               f"do a countdown from {y}"]), rng),
                        ", ".join(str(i) for i in range(top, 0, -1)) + ".")
            low = rng.randrange(2, top) if rng.random() < 0.35 else 1
            forms = [f"count from {self.number(low, rng)} to {y}", f"count from {low} up to {top}", f"list the numbers from {low} to {top}",
                     f"say the numbers from {low} to {top}"]
            if low == 1:
                forms += [f"count to {y}", f"count up to {y}", f"can you count to {y}", f"please count to {y}", f"i want you to count to {y}"]
            return self.typed(rng.choice(forms), rng), ", ".join(str(i) for i in range(low, top + 1)) + "."
        if kind == 4:
            a, b = rng.sample(range(0, 31 if rng.random() < 0.7 else 100), 2)
            big = rng.random() < 0.6
            words = rng.choice(["bigger", "larger", "greater", "more", "higher"] if big else ["smaller", "less", "lower"])
            answer = max(a, b) if big else min(a, b)
            other = min(a, b) if big else max(a, b)
            return (self.typed(rng.choice([f"which is {words}, {a} or {b}", f"what is {words}: {a} or {b}", f"which number is {words}, {a} or {b}",
                                           f"is {a} {words} than {b}", f"{a} or {b}, which is {words}"]), rng),
                    f"{answer} is {'bigger' if big else 'smaller'} than {other}.")
        if kind == 5:
            return (self.typed(rng.choice([f"is {x} even or odd", f"is {x} an even number", f"is {x} odd", f"is {n} even"]), rng),
                    f"{n} is {'even' if n % 2 == 0 else 'odd'}.")
        if kind == 6:
            m = rng.randrange(0, 11)
            y = self.number(2 * m, rng)
            return self.typed(rng.choice([f"what is half of {y}", f"half of {y}", f"what is the half of {y}", f"divide {y} by two",
                                          f"what is {y} divided by 2"]), rng), f"Half of {2 * m} is {m}."
        if kind == 7:
            m = rng.randrange(0, 11)
            y = self.number(m, rng)
            return self.typed(rng.choice([f"what is the double of {y}", f"double {y}", f"twice {y}", f"what is twice {y}",
                                          f"what is two times {y}"]), rng), f"2 * {m} = {2 * m}."
        what = rng.choice(list(COUNTS))
        noun, rest = what.split(" ", 1)
        owner = rest.split(" ", 1)[1].replace("the ", "a ")  # "hours in a day": a day
        return (self.typed(rng.choice([f"how many {what} are there", f"how many {what}", f"what is the number of {what}",
                                       f"how many {noun} {'does ' + owner + ' have' if rest.split(' ')[0] in ('in', 'on') else 'are there ' + rest}",
                                       f"tell me how many {what} there are", f"do you know how many {what} there are"]), rng),
                f"There are {COUNTS[what]} {what}.")

    # --- words ------------------------------------------------------------------------------------------------------

    def opposite(self, rng):
        pair = list(rng.choice(self.pairs))
        if rng.random() < 0.5:
            pair.reverse()
        word = pair[0]
        answers = sorted({q if p == word else p for p, q in self.pairs if word in (p, q)})
        other = pair[1] if len(answers) == 1 else answers[0]
        return (self.typed(rng.choice([f"what is the opposite of {word}", f"the opposite of {word}", f"opposite of {word}",
                                       f"what's the opposite of {word}", f"give me the opposite of {word}", f"which word is the opposite of {word}",
                                       f"{word} and its opposite", f"what is the contrary of {word}", f"name the opposite of {word}",
                                       f"tell me the antonym of {word}", f"what word means the opposite of {word}", f"not {word} but",
                                       f"if it is not {word}, it is", f"antonym of {word}"]), rng),
                f"The opposite of {word} is {other}.")

    def spelling(self, rng):
        word = rng.choice(SPELL) if rng.random() < 0.75 else rng.choice(self.lists["name"] + self.lists["thing"]).split(" ")[-1]
        shown = "-".join(word.upper())
        if rng.random() < 0.15:
            return (self.typed(rng.choice([f"how many letters does {word} have", f"how many letters are in {word}", f"how long is the word {word}",
                                           f"how many letters has the word {word}"]), rng), f"{shown}: {len(word)} letters.")
        if rng.random() < 0.12:
            last = rng.random() < 0.5
            return (self.typed(rng.choice([f"what is the {'last' if last else 'first'} letter of {word}", f"which letter does {word} {'end' if last else 'begin'} with",
                                           f"{word} {'ends' if last else 'starts'} with which letter"]), rng),
                    f"{word.capitalize()} {'ends' if last else 'begins'} with {word[-1 if last else 0].upper()}.")
        return (self.typed(rng.choice([f"spell {word}", f"how do you spell {word}", f"how is {word} spelled", f"spell the word {word}",
                                       f"can you spell {word}", f"please spell {word} for me", f"how do i spell {word}", f"spelling of {word}",
                                       f"how is the word {word} written", f"how to spell {word}", f"how do you write {word}", f"what is the spelling of {word}",
                                       f"which letters are in {word}", f"give me the letters of {word}"]), rng), f"{shown}.")

    def colours(self, rng):
        kind = rng.random()
        if kind < 0.65:
            thing = rng.choice(list(COLOURS))
            bare = re.sub(r"^(a|an|the) ", "", thing)
            c = rng.choice(["colour", "color"])
            verb = "is"
            forms = [f"what {c} is {thing}", f"which {c} is {thing}", f"which {c} has {thing}", f"what {c} does {thing} have",
                     f"tell me the {c} of {thing}", f"the {c} of {thing}", f"what is the {c} of {thing}", f"what {c} do you see in {thing}",
                     f"{bare}: what {c}", f"in which {c} is {thing}", f"what {c} is usually {thing}", f"what's the {c} of {thing}"]
            return self.typed(rng.choice(forms), rng), f"{thing[0].upper() + thing[1:]} {verb} {COLOURS[thing]}."
        if kind < 0.9:
            a, b, c = rng.choice(MIXES)
            if rng.random() < 0.5:
                a, b = b, a
            return (self.typed(rng.choice([f"what do {a} and {b} make", f"what colour do {a} and {b} make", f"mix {a} and {b}", f"what is {a} plus {b}",
                                           f"which colour do i get from {a} and {b}", f"if i mix {a} and {b} what do i get", f"what happens when i mix {a} with {b}",
                                           f"how do i get {c} paint", f"how do i mix {c}", f"what gives {c}"]), rng),
                    f"{a.capitalize()} and {b} make {c}.")
        return (self.typed(rng.choice(["name some colours", "tell me some colours", "which colours are there", "list three colours", "name three colours",
                                       "what colours do you know", "list some colors", "what colors are there"]), rng),
                "Red, yellow, green, blue, black and white.")

    def calendar(self, rng):
        kind = rng.randrange(11)
        d = rng.randrange(7)
        m = rng.randrange(12)
        day, month = DAYS[d], MONTHS[m]
        if kind == 0:
            return (self.typed(rng.choice([f"what day comes after {day}", f"which day follows {day}", f"what is the day after {day}", f"what comes after {day}",
                                           f"if today is {day}, what day is tomorrow", f"today is {day}, so tomorrow is", f"the day after {day}",
                                           f"which day is next after {day}", f"what day is it the day after {day}", f"name the day after {day}"]), rng),
                    f"After {day} comes {DAYS[(d + 1) % 7]}.")
        if kind == 1:
            return (self.typed(rng.choice([f"what day comes before {day}", f"which day is before {day}", f"what is the day before {day}",
                                           f"if today is {day}, what day was yesterday", f"today is {day}, so yesterday was", f"the day before {day}",
                                           f"what comes before {day}", f"name the day before {day}"]), rng),
                    f"Before {day} comes {DAYS[(d - 1) % 7]}.")
        if kind == 2:
            return (self.typed(rng.choice([f"what month comes after {month}", f"which month follows {month}", f"what is the month after {month}",
                                           f"what comes after {month}", f"the month after {month}", f"which month is next after {month}", f"name the month after {month}"]), rng),
                    f"After {month} comes {MONTHS[(m + 1) % 12]}.")
        if kind == 3:
            return (self.typed(rng.choice([f"what month comes before {month}", f"which month is before {month}", f"what is the month before {month}",
                                           f"the month before {month}", f"what comes before {month}", f"name the month before {month}"]), rng),
                    f"Before {month} comes {MONTHS[(m - 1) % 12]}.")
        if kind == 4:
            return (self.typed(rng.choice([f"what is the {ORDINALS[m]} month", f"which month is the {ORDINALS[m]}", f"name the {ORDINALS[m]} month of the year",
                                           f"what is month number {m + 1}", f"the {ORDINALS[m]} month of the year"]), rng),
                    f"The {ORDINALS[m]} month is {month}.")
        if kind == 5:
            return (self.typed(rng.choice([f"how many days does {month} have", f"how many days are in {month}", f"how long is {month}",
                                           f"how many days has {month}", f"how many days are there in {month}"]), rng), f"{month} has {MONTH_DAYS[m]} days.")
        if kind == 6:
            return (self.typed(rng.choice(["name the days of the week", "list the days of the week", "which days are there", "what are the days of the week",
                                           "tell me all days of the week", "say the days of the week", "what are the weekdays", "list all the days"]), rng),
                    ", ".join(DAYS[:6]) + " and Sunday.")
        if kind == 7:
            return (self.typed(rng.choice(["name the months", "list the months of the year", "which months are there", "what are the months of the year",
                                           "tell me all months", "say the twelve months", "list all the months"]), rng),
                    ", ".join(MONTHS[:11]) + " and December.")
        if kind == 8:
            return (self.typed(rng.choice(["what are the seasons", "name the seasons", "which seasons are there", "list the four seasons", "what seasons does a year have"]), rng),
                    "Spring, summer, autumn and winter.")
        if kind == 9:
            s = rng.randrange(4)
            after = rng.random() < 0.6
            return (self.typed(rng.choice([f"what season comes {'after' if after else 'before'} {SEASONS[s]}", f"which season {'follows' if after else 'is before'} {SEASONS[s]}",
                                           f"what comes {'after' if after else 'before'} {SEASONS[s]}"]), rng),
                    f"{'After' if after else 'Before'} {SEASONS[s]} comes {SEASONS[(s + (1 if after else -1)) % 4]}.")
        forms = {"first day": (["what is the first day of the week", "which day starts the week", "with which day does the week begin"], "The first day of the week is Monday."),
                 "last day": (["what is the last day of the week", "which day ends the week"], "The last day of the week is Sunday."),
                 "weekend": (["which days are the weekend", "what days are at the weekend", "when is the weekend", "name the weekend days"], "The weekend is Saturday and Sunday."),
                 "first month": (["what is the first month of the year", "with which month does the year begin", "in which month does the year start"], "The first month is January."),
                 "last month": (["what is the last month of the year", "which month ends the year", "in which month does the year end"], "The last month is December."),
                 "christmas": (["in which month is christmas", "when is christmas"], "Christmas is in December."),
                 "shortest": (["which is the shortest month", "what month is the shortest"], "The shortest month is February.")}
        questions, answer = forms[rng.choice(list(forms))]
        return self.typed(rng.choice(questions), rng), answer

    def animals(self, rng):
        kind = rng.random()
        if kind < 0.4:
            a = rng.choice(list(SOUNDS))
            return (self.typed(rng.choice([f"what sound does a {a} make", f"what does a {a} say", f"how does a {a} sound", f"which noise does a {a} make",
                                           f"what does the {a} say", f"the sound of a {a}"]), rng), f"A {a} says {SOUNDS[a]}.".replace("A owl", "An owl"))
        if kind < 0.65:
            a = rng.choice(list(YOUNG))
            return (self.typed(rng.choice([f"what is a baby {a} called", f"what is a young {a}", f"how do you call a baby {a}", f"the baby of a {a} is a",
                                           f"what do you call the young of a {a}"]), rng), f"A young {a} is a {YOUNG[a]}.")
        a = rng.choice(list(LEGS))
        return (self.typed(rng.choice([f"how many legs does a {a} have", f"how many legs has a {a}", f"number of legs of a {a}", f"how many legs are on a {a}"]), rng),
                f"A {a} has {LEGS[a] if LEGS[a] else 'no'} legs.".replace("A a", "An a").replace("A e", "An e"))

    # --- stories ----------------------------------------------------------------------------------------------------

    def article(self, noun):
        return ("an " if noun[0] in "aeiou" else "a ") + noun

    def story_text(self, thing, rng):
        a = self.article(thing)
        name = rng.choice(self.lists["name"])
        place = rng.choice(self.lists["place"])
        wish = rng.choice(self.lists["wish"])
        friend = rng.choice(STORY_FRIENDS)
        colour = rng.choice(["little", "small", "young", "old", "brave", "kind", "lonely", "curious", "clever", "happy"])
        begin = rng.choice([f"Once upon a time there was {self.article(colour)} {thing} called {name}.", f"There once was {a} called {name}."])
        middle = rng.choice([
            f"The {thing} lived {place} and wanted to {wish}.", f"It lived {place}. Every day the {thing} wished to {wish}.",
            f"One day the {thing} left its home {place} to {wish}."])
        meet = rng.choice([f"On the way it met {friend}.", f"Then {friend} came by and said: I will help you.", f"In the evening it met {friend}, and they became friends."])
        then = rng.choice(["Together they walked for a long time.", "They went on together, through rain and sun.", "They looked everywhere and did not give up."])
        end = rng.choice(STORY_ENDS).format(they="the " + thing)
        return f"{begin} {middle} {meet} {then} {end}"

    def story(self, rng):
        thing = rng.choice(self.lists["thing"])
        a = self.article(thing)
        if rng.random() < 0.12:
            question = rng.choice(["tell me a story", "a story please", "tell a story", "i want to hear a story", "can you tell me a story", "do you know a story",
                                   "tell me something nice", "read me a story", "a bedtime story please", "once upon a time", "story time", "make up a story"])
        else:
            s = rng.choice(["story", "short story", "little story", "tale", "fairy tale", "bedtime story", "story"])
            about = rng.choice(["about", "about", "with", "of"])
            x = rng.choice([a, a, thing + "s", "the " + thing, f"a {rng.choice(['little', 'brave', 'small', 'old', 'funny', 'red', 'lost', 'sleepy'])} {thing}"])
            question = rng.choice([f"tell me a {s} {about} {x}", f"a {s} {about} {x}", f"can you tell me a {s} {about} {x}", f"i want a {s} {about} {x}",
                                   f"write a {s} {about} {x}", f"write me a {s} {about} {x}", f"make up a {s} {about} {x}", f"please tell a {s} {about} {x}",
                                   f"do you know a {s} {about} {x}", f"could you write a {s} {about} {x}", f"i would like to hear a {s} {about} {x}",
                                   f"give me a {s} {about} {x}", f"tell my child a {s} {about} {x}", f"invent a {s} {about} {x}", f"{s} {about} {x}",
                                   f"let me hear a {s} {about} {x}"])
        return self.typed(question, rng), self.story_text(thing, rng)

    # --- keys -------------------------------------------------------------------------------------------------------

    def key(self, rng):
        """What a key does, or that it does nothing: as often."""
        if rng.random() < 0.5:
            return self.entry(rng.choice(self.keys), rng)
        key = rng.choice(self.lists["idle"])
        question = rng.choice([f"what does {key} do", f"what is {key}", f"what is {key} for", f"what happens with {key}", f"what does the key {key} do", key,
                               f"explain {key}", f"what does {key.replace('+', ' ')} do", f"does {key} do anything", f"is {key} a shortcut", f"what is the shortcut {key} for"])
        shown = "+".join(part.capitalize() for part in key.split("+"))
        return self.typed(question, rng), self.lists["idle_answer"][0].replace("{key}", shown)

    # --- more than one turn -----------------------------------------------------------------------------------------

    def name(self, rng):
        return rng.choice(self.lists["name"]) if rng.random() < 0.6 else made_word(rng).capitalize()

    def memory(self, rng):
        name, colour = self.name(rng), rng.choice(self.lists["colour"])
        job, thing, spot, word = (rng.choice(self.lists[key]) for key in ("job", "object", "spot", "likes"))
        word, are = word if rng.random() < 0.5 else made_word(rng), "are" if thing.endswith(("glasses", "shoes")) else "is"
        pet, food, city = rng.choice(self.lists["pet"]), rng.choice(self.lists["food"]), rng.choice(self.lists["city"])
        age, who = rng.randrange(6, 91), rng.choice("friend brother sister mother father son daughter aunt uncle neighbour teacher wife husband".split())
        kinds = [
            ([f"my name is {name}", f"i am {name}", f"i'm {name}", f"call me {name}", f"hi, i am {name}", f"hello, my name is {name}", f"the name is {name}",
              f"you can call me {name}", f"{name} is my name", f"people call me {name}", f"hello, this is {name}", f"i am called {name}"],
             [f"Hello {name}! Nice to meet you.", f"Nice to meet you, {name}!"],
             ["what is my name", "what's my name", "do you know my name", "who am i", "do you remember my name", "how am i called", "say my name",
              "tell me my name", "can you remember my name", "what did i say my name was", "so what am i called"], f"Your name is {name}."),
            ([f"my favourite colour is {colour}", f"i like {colour}", f"my favorite color is {colour}", f"i love the colour {colour}", f"{colour} is my favourite colour",
              f"the colour i like most is {colour}"],
             [f"{colour.capitalize()} is a nice colour.", f"I like {colour}, too."],
             ["what is my favourite colour", "which colour do i like", "what's my favorite color", "do you remember my favourite colour", "which color do i like best",
              "what colour did i say"], f"Your favourite colour is {colour}."),
            ([f"i have a {pet}", f"i have got a {pet} at home", f"my pet is a {pet}", f"we have a {pet}", f"i own a {pet}"],
             [f"How nice, a {pet}!", f"A {pet} is a good friend."],
             ["what pet do i have", "which animal do i have", "what is my pet", "do you remember my pet", "what animal do i have at home", "which pet have i got"], f"You have a {pet}."),
            ([f"my {pet} is called {name}", f"i have a {pet} called {name}", f"my {pet}'s name is {name}", f"i have a {pet} named {name}"],
             [f"{name} is a good name for a {pet}."],
             [f"what is my {pet} called", f"what is the name of my {pet}", f"how is my {pet} called", f"what's my {pet}'s name", "do you remember the name of my pet"], f"Your {pet} is called {name}."),
            ([f"i like {food}", f"my favourite food is {food}", f"i love {food}", f"i like to eat {food}", f"i eat {food} every day"],
             [f"Enjoy your {food}!", f"{food.capitalize()}, how tasty!"],
             ["what do i like to eat", "what is my favourite food", "what food do i like", "what do i eat", "which food did i name"], f"You like {food}."),
            ([f"i live in {city}", f"i am from {city}", f"my home is {city}", f"i come from {city}", f"i was born in {city}"],
             [f"{city} is a nice city.", f"I hope you like it in {city}."],
             ["where do i live", "where am i from", "which city do i live in", "what city am i from", "do you know where i live", "where is my home"], f"You told me {city}."),
            ([f"i am {age} years old", f"i'm {age}", f"my age is {age}", f"i turned {age} today", f"i am {age}"],
             ["That is a fine age.", f"{age} is a fine age."],
             ["how old am i", "what is my age", "do you remember how old i am", "what age did i say", "my age?"], f"You are {age} years old."),
            ([f"i am a {job}", f"i work as a {job}", f"my job is {job}", f"i'm a {job}", f"i am a {job} by profession"],
             ["That sounds interesting!"],
             ["what is my job", "what do i do for a living", "what do i work as", "do you remember my job", "what's my profession", "what am i by profession",
              "what work do i do"], f"You are a {job}."),
            ([f"{thing} {are} {spot}", f"i put {thing} {spot}", f"i left {thing} {spot}", f"remember: {thing} {are} {spot}", f"{thing} {are} {spot}, remember that"],
             ["All right, I will remember that."],
             [f"where {are} {thing}", f"where did i put {thing}", f"where can i find {thing}", f"do you know where {thing} {are}", f"where have i left {thing}"],
             f"You said: {spot}."),
            ([f"remember the word {word}", f"please remember: {word}", f"keep this word in mind: {word}", f"my secret word is {word}", f"the password is {word}",
              f"the code word is {word}"], ["All right, I will remember that."],
             ["what was the word", "which word did i tell you", "what is the secret word", "what is the password", "do you remember the word", "tell me the word",
              "what did i ask you to remember", "what is the code word"], f"The word is {word}."),
            ([f"remember the number {age}", f"please remember the number {age}", f"my number is {age}", f"my lucky number is {age}", f"i am thinking of {age}",
              f"my favourite number is {age}"], ["All right, I will remember that."],
             ["what was the number", "which number did i tell you", "what is my number", "do you remember the number", "tell me the number", "what is my lucky number",
              "what is my favourite number"], f"The number is {age}."),
            ([f"my {who} is called {name}", f"my {who}'s name is {name}", f"i have a {who} called {name}"], [f"{name} is a nice name!"],
             ["what is the name", "what was the name", "which name did i say", f"what is my {who} called", f"what is my {who}'s name", f"what's the name of my {who}",
              f"how is my {who} called"], f"Your {who} is called {name}.")]
        tell, reply, ask, answer = rng.choice(kinds if rng.random() < 0.7 else kinds[:1])
        turns = [(self.typed(rng.choice(tell), rng, False), rng.choice(reply))]
        if rng.random() < 0.35:
            turns.append(self.single(rng))
        turns.append((self.typed(rng.choice(ask), rng), answer))
        if rng.random() < 0.15:
            turns.append(self.single(rng))
        return turns

    def both_told(self, rng):
        name, colour = self.name(rng), rng.choice(self.lists["colour"])
        first = self.typed(f"my name is {name} and i like {colour}", rng, False)
        ask = rng.random() < 0.5
        return [(first, f"Hello {name}! Nice to meet you."),
                (self.typed("what is my name" if ask else "which colour do i like", rng), f"Your name is {name}." if ask else f"Your favourite colour is {colour}.")]

    def again(self, rng):
        kind = rng.randrange(9)
        more = ["another one", "one more", "another", "another one please", "tell me another one", "more", "again", "and another", "one more please", "do you have another one"]
        if kind == 0:
            return [self.story(rng), (self.typed(rng.choice(more + ["tell me another story", "another story"]), rng), self.story_text(rng.choice(self.lists["thing"]), rng))]
        if kind == 1:
            joke = self.by_name["joke"]
            first, second = rng.sample(joke["answers"], 2)
            return [(self.entry(joke, rng)[0], first), (self.typed(rng.choice(more + ["another joke", "tell me another joke"]), rng), second)]
        if kind == 2:
            a, op, b, r = self.sum_of(rng)
            c = rng.randrange(0, 10)
            plus = rng.random() < 0.6 or c > r
            q = rng.choice([f"and plus {c}", f"plus {c}", f"add {c}", f"now add {c}", f"and {c} more", f"plus {c} more"] if plus
                           else [f"and minus {c}", f"minus {c}", f"take away {c}", f"now subtract {c}", f"and take {c} away", f"{c} less"])
            return [(self.typed(f"what is {a} {op} {b}", rng), f"{a} {op} {b} = {r}."), (self.typed(q, rng), f"{r} {'+' if plus else '-'} {c} = {r + c if plus else r - c}.")]
        if kind == 3:
            first = self.opposite(rng)
            q, a = self.opposite(rng)
            word = re.match(r"The opposite of (.*) is", a).group(1)
            return [first, (self.typed(rng.choice([f"and of {word}", f"and {word}", f"what about {word}", f"and the opposite of {word}"]), rng), a)]
        if kind == 4:
            d = rng.randrange(7)
            after = rng.random() < 0.6
            step = 1 if after else -1
            word = "after" if after else "before"
            return [(self.typed(f"what day comes {word} {DAYS[d]}", rng), f"{word.capitalize()} {DAYS[d]} comes {DAYS[(d + step) % 7]}."),
                    (self.typed(rng.choice([f"and {word} that", f"and then", f"what comes {word} that", f"and the day {word} that"] if after else
                                           [f"and {word} that", f"what comes {word} that", f"and the day {word} that"]), rng),
                     f"{word.capitalize()} {DAYS[(d + step) % 7]} comes {DAYS[(d + 2 * step) % 7]}.")]
        if kind == 5:
            word, other = rng.sample(SPELL, 2)
            return [(self.typed(rng.choice([f"spell {word}", f"how do you spell {word}"]), rng), "-".join(word.upper()) + "."),
                    (self.typed(rng.choice([f"and {other}", f"and now {other}", f"what about {other}", f"now {other}"]), rng), "-".join(other.upper()) + ".")]
        if kind == 6:
            first, second = rng.sample(self.called, 2)
            ask = rng.choice(["and {}", "what about {}", "and what is {}", "and what does {} mean", "how about {}"]).format(second["called"])
            return [self.entry(first, rng), (self.typed(ask, rng), self.answer(second, rng))]
        if kind == 7:
            thing, other = rng.sample(list(COLOURS), 2)
            return [(self.typed(f"what colour is {thing}", rng), f"{thing[0].upper() + thing[1:]} is {COLOURS[thing]}."),
                    (self.typed(rng.choice([f"and {other}", f"what about {other}", f"and the colour of {other}"]), rng), f"{other[0].upper() + other[1:]} is {COLOURS[other]}.")]
        first = rng.choice(self.followed)
        question, target = rng.choice(first["then"])
        return [self.entry(first, rng), (self.typed(self.expand(question, rng), rng), self.answer(self.by_name[target], rng))]

    def asked_before(self, rng):
        question, answer = self.single(rng)
        if len(question) > 60:
            return [(question, answer)]
        return [(question, answer), (self.typed(rng.choice(["what did i ask", "what did i just ask", "what was my question", "what did i say", "repeat my question",
                                                            "what was my last question", "what did i just say"]), rng), f"You wrote: {question}")]

    def echo(self, rng):
        """To say again what was said: the model learns to copy, which sums, spelling and names rest on."""
        pick = [lambda: rng.choice(self.lists["thing"]), lambda: rng.choice(self.lists["name"]), lambda: rng.choice(self.lists["colour"]),
                lambda: str(rng.randrange(0, 100)), lambda: rng.choice(SPELL), lambda: made_word(rng), lambda: made_word(rng).capitalize(),
                lambda: rng.choice(self.lists["likes"]), lambda: rng.choice(DAYS), lambda: rng.choice(MONTHS)]
        words = " ".join(rng.choice(pick)() for _ in range(rng.randrange(1, 6)))
        ask = rng.choice(["say {}", "repeat {}", "say: {}", "repeat after me: {}", "please say {}", "write {}", "can you say {}", "repeat: {}", "write down {}",
                          "say the words {}", "echo {}", "say this: {}"])
        return [(self.typed(ask, rng, False).replace("{}", words), words + ".")]

    def small_talk_chain(self, rng):
        chain = [self.entry(self.by_name[rng.choice(["hello", "good-morning", "good-evening", "hello"])], rng), self.entry(self.by_name["how-are-you"], rng)]
        if rng.random() < 0.6:
            chain.append(self.entry(self.by_name[rng.choice(["i-am-fine", "i-am-sad", "i-am-tired", "i-am-bored"])], rng))
        return chain

    # --- Chinese ----------------------------------------------------------------------------------------------------

    def zh(self, rng):
        kind = rng.random()
        if kind < 0.80:
            return [self.any(self.chinese, rng)]
        if kind < 0.88:
            a = rng.randrange(0, 11)
            b = rng.randrange(0, 11)
            plus = rng.random() < 0.6 or b > a
            op = "加" if plus else "减"
            q = rng.choice([f"{a}{op}{b}等于几？", f"{a} {op} {b} 是多少", f"{a}{op}{b}是多少？", f"{a}{op}{b}等于多少", f"请问{a}{op}{b}等于几"])
            return [(q, f"{a} {'+' if plus else '-'} {b} = {a + b if plus else a - b}。")]
        if kind < 0.96:
            name = rng.choice(["小明", "小红", "小华", "李雷", "王芳", "张伟", "小李", "安娜", "小王", "美丽", "李明", "陈静", "大卫", "玛丽", "小林", "丽丽"])
            turns = [(rng.choice([f"我叫{name}。", f"我是{name}", f"我的名字是{name}", f"你好，我叫{name}", f"你可以叫我{name}"]), f"你好，{name}！很高兴认识你。")]
            if rng.random() < 0.25:
                turns.append(self.entry(rng.choice(self.chinese), rng))
            return turns + [(rng.choice(["我叫什么？", "我叫什么名字？", "我是谁？", "你记得我的名字吗？", "你知道我叫什么吗", "我的名字是什么？"]), f"你叫{name}。")]
        colour = rng.choice([("天空", "蓝色"), ("草", "绿色"), ("香蕉", "黄色"), ("雪", "白色"), ("苹果", "红色"), ("煤", "黑色"), ("太阳", "黄色"), ("牛奶", "白色")])
        return [(rng.choice([f"{colour[0]}是什么颜色？", f"{colour[0]}是什么颜色的", f"{colour[0]}的颜色是什么？"]), f"{colour[0]}是{colour[1]}的。")]

    # --- all together -----------------------------------------------------------------------------------------------

    def single(self, rng):
        kind = rng.random()
        if kind < 0.42:
            return self.any(self.facts, rng)
        if kind < 0.45:
            return self.key(rng)
        if kind < 0.61:
            return self.any(self.talk, rng)
        if kind < 0.68:
            return self.entry(rng.choice(self.beyond), rng)
        if kind < 0.785:
            return self.arithmetic(rng)
        if kind < 0.835:
            return self.numbers(rng)
        if kind < 0.88:
            return self.opposite(rng)
        if kind < 0.925:
            return self.spelling(rng)
        if kind < 0.95:
            return self.colours(rng)
        if kind < 0.985:
            return self.calendar(rng)
        return self.animals(rng)

    def holds_out(self, turns):
        questions = [bare(question) for question, _ in turns]
        return any(tuple(questions[at:to]) in self.held_out for at in range(len(questions)) for to in range(at + 1, len(questions) + 1))

    def dialogue(self, rng):
        """A list of (what the user writes, what the model answers)."""
        turns = self.drawn(rng)
        while self.held_out and self.holds_out(turns):
            turns = self.drawn(rng)
        return turns

    def drawn(self, rng):
        kind = rng.random()
        if kind < 0.06:
            return self.echo(rng)
        if kind < 0.575:
            return [self.single(rng)]
        if kind < 0.63:
            return [self.story(rng)]
        if kind < 0.73:
            return self.zh(rng)
        if kind < 0.82:
            return self.memory(rng)
        if kind < 0.91:
            return self.again(rng)
        if kind < 0.925:
            return self.asked_before(rng)
        if kind < 0.94:
            return self.both_told(rng)
        if kind < 0.96:
            return self.small_talk_chain(rng)
        turns = [self.single(rng) for _ in range(rng.choice([2, 2, 3]))]
        return turns if not any("first thing" in answer for _, answer in turns[1:]) else turns[:1]

    def conversation(self, rng):
        """A dialogue; now and then several, one after the other, until a context is full: people chat on, and the positions far
        from the beginning must be trained, too."""
        turns = self.dialogue(rng)
        if rng.random() >= 0.12:
            return turns
        length = rng.randrange(300, 1600)  # characters
        while sum(len(q) + len(a) + 8 for q, a in turns) < length:
            more = self.dialogue(rng)
            if not any("first thing" in answer for _, answer in more) and not self.holds_out(turns[-4:] + more):
                turns = turns + more
        return turns


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    corpus, rng = Corpus(), random.Random(args.seed)
    for _ in range(args.count):
        for question, answer in corpus.conversation(rng):
            print("> " + question)
            print("  " + answer)
        print()


if __name__ == "__main__":
    main()
