"""Short stories about any hero, and what is asked after them."""
IRREGULAR = {"mouse": "mice", "wolf": "wolves", "child": "children", "fish": "fish", "deer": "deer", "sheep": "sheep",
             "goose": "geese", "leaf": "leaves", "ox": "oxen", "thief": "thieves", "knife": "knives", "dwarf": "dwarfs"}


def article(noun):
    return ("an " if noun[0] in "aeiou" and not noun.startswith(("unicorn", "euro")) else "a ") + noun


def plural(noun):
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


class Stories:
    def __init__(self, material):
        self.m = material

    def hero(self, rng):
        return rng.choice(self.m.lists["hero"]) if rng.random() < 0.92 else self.m.made["noise"](rng)

    def say(self, name, rng, hero):
        return self.m.expand(rng.choice(self.m.lists[name]), rng, {"h": hero})

    def story(self, hero, rng, short=False):
        """(text, the hero's name or None)"""
        adj = self.say("adj", rng, hero)
        name = self.say("hname", rng, hero) if rng.random() < 0.35 else None
        if rng.random() < 0.5:
            text = f"Once there was {article(adj + ' ' + hero)}" + (f" called {name}" if name else "") + f" that {self.say('wish', rng, hero)}."
        else:
            text = f"{self.say('where', rng, hero).capitalize()} there lived {article(adj + ' ' + hero)}" + \
                (f" called {name}" if name else "") + f". It {self.say('wish', rng, hero)}."
        if not short:
            text += " " + self.say("middle", rng, hero)
            if rng.random() < 0.75:
                text += " " + self.say("deed", rng, hero)
        return text + " " + self.say("end", rng, hero), name

    def about(self, hero, rng):
        """The hero as people ask for it."""
        kind = rng.random()
        if kind < 0.6:
            return article(hero)
        if kind < 0.78:
            return plural(hero)
        if kind < 0.9:
            return article(self.say("adj", rng, hero) + " " + hero)
        return "the " + hero

    def ask(self, shape, hero, rng):
        return self.m.expand(rng.choice(self.m.lists[shape]), rng, {"o": self.about(hero, rng)})

    def one(self, rng):
        hero = self.hero(rng)
        if rng.random() < 0.2:
            return [(self.m.expand(rng.choice(self.m.lists["ask_any"]), rng, {}),
                     self.story(rng.choice(["owl", "mouse", "fox", "cat", "bear", "star"]), rng)[0])]
        return [(self.ask("ask_story", hero, rng), self.story(hero, rng)[0])]

    def more(self, rng):
        """A story and a wish that follows it."""
        hero = self.hero(rng)
        question = self.ask("ask_story", hero, rng)
        if rng.random() < 0.25:
            hero = rng.choice(["owl", "mouse", "fox", "cat", "bear", "star"])
            question = self.m.expand(rng.choice(self.m.lists["ask_any"]), rng, {})
        text, name = self.story(hero, rng)
        first = (question, text)
        kind = rng.random()
        if kind < 0.3:
            return [first, (self.m.expand(rng.choice(self.m.lists["again"]), rng, {}), self.story(hero, rng)[0])]
        if kind < 0.55:
            return [first, (self.m.expand(rng.choice(self.m.lists["shorter"]), rng, {}), self.story(hero, rng, short=True)[0])]
        if kind < 0.75:
            other = self.hero(rng)
            return [first, (self.ask("about_also", other, rng), self.story(other, rng)[0])]
        if name and kind < 0.9:
            ask = rng.choice([f"what was the {hero} called?", f"what is the name of the {hero}?", "what was its name?",
                              f"how was the {hero} called?", "what was the name?", f"the {hero}'s name?", "who was it about?"])
            return [first, (ask, f"The {hero} was called {name}.")]
        ask = rng.choice(["what was the story about?", "who was it about?", "who was in the story?", "what did you tell me about?",
                          "what animal was it?" if hero in ("owl", "cat", "fox", "bear", "mouse") else "what was it about?",
                          "who is the hero of the story?", "remind me, what was the story about?"])
        return [first, (ask, f"The story was about {article(hero)}.")]
