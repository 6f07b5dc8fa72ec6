"""Numbers: sums, differences, small products, counting, comparing, spelling and letters."""
ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen").split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ZH = "零一二三四五六七八九"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
THINGS = "apples pears eggs books coins marbles cookies pencils stamps cards flowers cups balls euros dollars chairs".split()
WORDS = ("cat dog house tree water apple bread milk sun moon star book school friend happy yellow green blue red black white "
         "orange banana cherry flower garden window door table chair kitchen mother father sister brother baby child people "
         "animal horse mouse bird fish snake tiger lion bear rabbit monkey elephant spider butterfly summer winter spring "
         "autumn monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
         "september october november december one two three four five six seven eight nine ten eleven twelve twenty hundred "
         "hello goodbye please thanks sorry yes no computer keyboard screen model token temperature sotto sampling chat "
         "message answer question music song dance paper pencil letter word name night morning evening day week month year "
         "time clock hour minute second world earth sky cloud rain snow wind storm river sea mountain island forest beach "
         "ship boat train car bus bicycle plane street city village country king queen knight dragon robot story game ball "
         "doll hand foot head eye ear nose mouth tooth heart finger love peace dream light dark big small old new hot cold "
         "good bad fast slow beautiful because friend tomorrow yesterday today family birthday chocolate coffee tea cheese "
         "butter sugar salt pepper potato tomato carrot lemon egg cake soup dinner breakfast lunch doctor teacher farmer "
         "office letter money number colour color circle square triangle purple pink brown grey language machine engine "
         "knife spoon fork plate glass bottle box key lamp bed room wall roof shoe hat coat shirt dress").split()
WORDS = sorted(set(WORDS))


def word(n):
    if n < 20:
        return ONES[n]
    if n == 100:
        return "one hundred"
    return TENS[n // 10] + ("-" + ONES[n % 10] if n % 10 else "")


def chinese(n):
    if n < 10:
        return ZH[n]
    return ("" if n < 20 else ZH[n // 10]) + "十" + ("" if n % 10 == 0 else ZH[n % 10])


def chinese_sum(rng):
    a = rng.randint(1, 10)
    b = rng.randint(1, 10)
    return {"a": chinese(a), "b": chinese(b), "c": chinese(a + b)}


PLUS = ("what is {a} plus {b}?|what's {a} plus {b}?|{a} plus {b}|{a} plus {b}?|{a} + {b}|{a}+{b}|{a} + {b} =|{a}+{b}=|{a}+{b}?|"
        "what is {a}+{b}?|what is {a} + {b}?|how much is {a} plus {b}?|how much is {a} and {b}?|add {a} and {b}|add {b} to {a}|"
        "{a} and {b} is|{a} and {b} make|calculate {a} plus {b}|calculate {a} + {b}|the sum of {a} and {b}|"
        "what is the sum of {a} and {b}?|what do {a} and {b} make?|what do you get when you add {a} and {b}?|"
        "tell me what {a} plus {b} is|can you add {a} and {b}?|how many is {a} plus {b}?|{a} plus {b} equals|"
        "what does {a} plus {b} make?|do you know what {a} plus {b} is?|compute {a} + {b}|work out {a} plus {b}|"
        "{a} added to {b}|what is {a} added to {b}?|{a} plus {b} makes what?|solve {a} + {b}|if i add {b} to {a}, what do i get?|"
        "please add {a} and {b}|give me the sum of {a} and {b}|the result of {a} plus {b}|what does {a} + {b} equal?|"
        "{a} and {b} together?|what are {a} and {b} together?|what number is {a} plus {b}?").split("|")
MINUS = ("what is {a} minus {b}?|what's {a} minus {b}?|{a} minus {b}|{a} minus {b}?|{a} - {b}|{a}-{b}|{a} - {b} =|{a}-{b}=|{a}-{b}?|"
         "what is {a}-{b}?|what is {a} - {b}?|how much is {a} minus {b}?|subtract {b} from {a}|take {b} from {a}|take {b} away from {a}|"
         "calculate {a} minus {b}|calculate {a} - {b}|{a} less {b}|what is {a} less {b}?|what is left if i take {b} from {a}?|"
         "the difference of {a} and {b}|what is the difference between {a} and {b}?|tell me what {a} minus {b} is|"
         "can you subtract {b} from {a}?|{a} minus {b} equals|{a} take away {b}|compute {a} - {b}|work out {a} minus {b}|"
         "what remains of {a} after taking {b} away?|how much is left when {b} is taken from {a}?|solve {a} - {b}|"
         "if i subtract {b} from {a}, what do i get?|do you know what {a} minus {b} is?|the result of {a} minus {b}|"
         "what do you get when you take {b} from {a}?|what does {a} - {b} equal?|what number is {a} minus {b}?").split("|")
TIMES = ("what is {a} times {b}?|what's {a} times {b}?|{a} times {b}|{a} times {b}?|{a} * {b}|{a}*{b}|{a} x {b}|{a}x{b}|"
         "what is {a} * {b}?|what is {a} x {b}?|how much is {a} times {b}?|multiply {a} by {b}|multiply {a} and {b}|"
         "what is {a} multiplied by {b}?|{a} multiplied by {b}|the product of {a} and {b}|what is the product of {a} and {b}?|"
         "calculate {a} times {b}|tell me what {a} times {b} is|{a} times {b} equals|{a} * {b} =|can you multiply {a} by {b}?|"
         "work out {a} times {b}|do you know what {a} times {b} is?|if i multiply {a} by {b}, what do i get?|"
         "what do you get when you multiply {a} by {b}?|the result of {a} times {b}|what number is {a} times {b}?").split("|")
DIVIDED = ("what is {a} divided by {b}?|{a} divided by {b}|{a} / {b}|{a}/{b}|divide {a} by {b}|how much is {a} divided by {b}?|"
           "what is {a} / {b}?|how often does {b} go into {a}?|how many times does {b} fit into {a}?|calculate {a} divided by {b}").split("|")
SIGN = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}


def calculation(rng, name=None):
    """(operation, a, b, result)"""
    if name is None:
        name = rng.choices(list(SIGN), [9, 7, 4.5, 1])[0]
    if name == "plus":
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        if a + b > 20 and rng.random() < 0.7:  # sums up to 20 matter most
            a = rng.randint(0, 20)
            b = rng.randint(0, 20 - a)
        return name, a, b, a + b
    if name == "minus":
        a = rng.randint(0, 20)
        b = rng.randint(0, a)
        return name, a, b, a - b
    top = 10 if rng.random() < 0.5 else 5
    a, b = rng.randint(1, 10), rng.randint(1, top)
    if rng.random() < 0.5:
        a, b = b, a
    return (name, a, b, a * b) if name == "times" else (name, a * b, b, a)


def asked(rng, name, a, b):
    shapes = {"plus": PLUS, "minus": MINUS, "times": TIMES, "divided by": DIVIDED}[name]
    return rng.choice(shapes), a, b


def operation(rng):
    name, a, b, c = calculation(rng)
    shape, _, _ = asked(rng, name, a, b)
    signs = any(sign in shape for sign in "+-*/") or "}x{" in shape or " x " in shape
    if not signs and rng.random() < 0.35:
        return shape.format(a=word(a), b=word(b)), f"{word(a).capitalize()} {name} {word(b)} is {word(c)}."
    if signs and rng.random() < 0.8:
        return shape.format(a=a, b=b), f"{a} {SIGN[name]} {b} = {c}."
    return shape.format(a=a, b=b), f"{a} {name} {b} is {c}."


def number(rng, n):
    return word(n) if rng.random() < 0.3 else str(n)


def tale(rng):
    """A sum as a little tale."""
    thing = rng.choice(THINGS)
    if rng.random() < 0.5:
        _, a, b, c = calculation(rng, "plus")
        a, b = max(a, 2), max(b, 2)
        c = a + b
        text = rng.choice(["i have {a} {t} and get {b} more. how many do i have?", "if i have {a} {t} and buy {b} more, how many are there?",
                           "there are {a} {t} here and {b} there. how many are there together?",
                           "anna has {a} {t} and ben has {b}. how many do they have together?",
                           "{a} {t} and {b} {t}, how many {t}?", "i had {a} {t} and found {b} more, how many {t} do i have now?"])
        answer = f"{a} plus {b} is {c}, so {c} {thing}."
    else:
        a = rng.randint(3, 20)
        b = rng.randint(1, a - 1)
        text = rng.choice(["i have {a} {t} and give away {b}. how many are left?", "if i have {a} {t} and lose {b}, how many remain?",
                           "there are {a} {t}; {b} are taken away. how many are left?", "i had {a} {t} and ate {b}, how many are left?",
                           "from {a} {t} i sell {b}. how many do i keep?", "ben has {a} {t} and gives {b} to anna. how many has he now?"])
        if thing not in ("apples", "pears", "eggs", "cookies"):
            text = text.replace("ate", "lost")
        answer = f"{a} minus {b} is {a - b}, so {a - b} {thing}."
    return text.format(a=number(rng, a), b=number(rng, b), t=thing), answer


def chain(rng):
    """A sum that goes on with its result, or another sum asked in short."""
    _, a, b, c = calculation(rng, "plus")
    shape = rng.choice(PLUS)
    first = (shape.format(a=a, b=b), f"{a} plus {b} is {c}.")
    d = rng.randint(1, 10)
    if rng.random() < 0.4:
        more = rng.choice(["and plus {d}?", "plus {d}?", "add {d} to that", "and {d} more?", "now add {d}", "plus {d}", "and if i add {d}?"])
        return [first, (more.format(d=d), f"{c} plus {d} is {c + d}.")]
    if rng.random() < 0.4 and c > 1:
        d = rng.randint(1, c)
        more = rng.choice(["minus {d}?", "and minus {d}?", "take {d} away", "now subtract {d}", "minus {d}", "and {d} less?"])
        return [first, (more.format(d=d), f"{c} minus {d} is {c - d}.")]
    name, e, f, g = calculation(rng)
    more = rng.choice(["and {e} {o} {f}?", "what about {e} {o} {f}?", "and what is {e} {o} {f}?", "now {e} {o} {f}", "{e} {o} {f}?"])
    return [first, (more.format(e=e, f=f, o=name), f"{e} {name} {f} is {g}.")]


def pick(rng, shapes, **values):
    return rng.choice(shapes.split("|")).format(**values)


def half_double(rng):
    n = rng.randint(1, 10)
    if rng.random() < 0.5:
        return pick(rng, "what is half of {n}?|half of {n}?|half of {n}|what's the half of {n}?|how much is half of {n}?|tell me half of {n}",
                    n=number(rng, 2 * n)), f"Half of {2 * n} is {n}."
    return pick(rng, "what is double {n}?|double {n}|twice {n}?|what is twice {n}?|what is the double of {n}?|two times {n}, please|tell me twice {n}",
                n=number(rng, n)), f"Twice {n} is {2 * n}."


def neighbours(rng):
    n = rng.randint(0, 19)
    if rng.random() < 0.5:
        return pick(rng, "what number comes after {n}?|which number comes after {n}?|what number follows {n}?|the number after {n}?|after {n} comes|"
                    "next number after {n}|what comes after {n}?|what is the next number after {n}?|{n} is followed by which number?|"
                    "which number is one more than {n}?|what is one more than {n}?", n=number(rng, n)), \
            f"After {n} comes {n + 1}."
    n += 1
    return pick(rng, "what number comes before {n}?|which number comes before {n}?|the number before {n}?|before {n} comes|what comes before {n}?|"
                "which number is just before {n}?|what is one less than {n}?|which number is one less than {n}?|what number precedes {n}?",
                n=number(rng, n)), f"Before {n} comes {n - 1}."


def compare(rng):
    a, b = rng.sample(range(0, 21), 2)
    big, small = max(a, b), min(a, b)
    if rng.random() < 0.6:
        return pick(rng, "which is bigger, {a} or {b}?|what is bigger, {a} or {b}?|which number is larger, {a} or {b}?|is {a} or {b} bigger?|"
                    "what is more, {a} or {b}?|is {a} bigger than {b}?|{a} or {b}, which is greater?|which is greater: {a} or {b}?|"
                    "is {a} more than {b}?", a=number(rng, a), b=number(rng, b)), f"{big} is bigger than {small}."
    return pick(rng, "which is smaller, {a} or {b}?|what is less, {a} or {b}?|which number is smaller, {a} or {b}?|is {a} smaller than {b}?|is {a} less than {b}?",
                a=number(rng, a), b=number(rng, b)), f"{small} is smaller than {big}."


def even(rng):
    n = rng.randint(1, 20)
    kind = "even" if n % 2 == 0 else "odd"
    return pick(rng, "is {n} even or odd?|is {n} an even number?|is {n} odd?|is {n} even?|{n}: even or odd?|is {n} an odd number?", n=number(rng, n)), \
        f"{n} is {'an' if kind[0] in 'eo' else 'a'} {kind} number."


def counting(rng):
    kind = rng.random()
    row = lambda numbers: ", ".join(map(str, numbers)) + "."  # noqa: E731
    if kind < 0.45:
        n = rng.choice([3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 10, 12, 15, 20])
        return pick(rng, "count to {n}|count to {n}, please|can you count to {n}?|please count to {n}|count up to {n}|count from 1 to {n}|count from one to {n}|"
                    "say the numbers from 1 to {n}|list the numbers from 1 to {n}|let me hear you count to {n}|numbers from 1 to {n}|name the first {n} numbers|"
                    "i want you to count to {n}|start counting and stop at {n}|show me how you count to {n}",
                    n=number(rng, n)), row(range(1, n + 1))
    if kind < 0.65:
        a = rng.randint(2, 12)
        b = a + rng.randint(2, 8)
        return pick(rng, "count from {a} to {b}|please count from {a} to {b}|list the numbers from {a} to {b}|say the numbers from {a} to {b}|can you count from {a} to {b}?",
                    a=number(rng, a), b=number(rng, b)), row(range(a, b + 1))
    if kind < 0.85:
        n = rng.choice([3, 4, 5, 5, 6, 7, 8, 10, 10])
        return pick(rng, "count down from {n}|count backwards from {n}|count backwards from {n} to 1|countdown from {n}|count down from {n} to 1|count back from {n}|"
                    "can you count down from {n}?|count in reverse from {n}",
                    n=number(rng, n)), row(range(n, 0, -1))
    if kind < 0.93:
        return pick(rng, "count by twos to 10|count in twos to ten|count to 10 in twos|list the even numbers to 10|even numbers up to 10"), row(range(2, 11, 2))
    a = rng.randint(1, 15)
    return pick(rng, "what comes next: {a}, {b}, {c}?|{a}, {b}, {c}, what is next?|continue: {a}, {b}, {c}|{a} {b} {c} and then?|go on: {a}, {b}, {c}|which number is next: {a}, {b}, {c}",
                a=a, b=a + 1, c=a + 2), f"Next comes {a + 3}."


def in_words(rng):
    n = rng.randint(0, 20)
    if rng.random() < 0.6:
        return pick(rng, "write {n} in words|what is {n} in words?|how do you write {n} as a word?|spell the number {n}|{n} in words|{n} as a word", n=n), \
            f"{n} is {word(n)}."
    return pick(rng, "write {w} as a number|which number is {w}?|what is {w} in digits?|{w} in digits|{w} as a number", w=word(n)), f"{word(n).capitalize()} is {n}."


def spelling(rng):
    w = rng.choice(WORDS)
    spelled = "-".join(w.upper())
    kind = rng.random()
    if kind < 0.72:
        return pick(rng, "how do you spell {w}?|spell {w}|spell the word {w}|how is {w} spelled?|how do i spell {w}?|can you spell {w}?|please spell {w}|spelling of {w}?|"
                    "what is the spelling of {w}?|how do you write {w}?|tell me how to spell {w}|spell \"{w}\"|{w}, how is it spelled?|how is the word {w} written?|could you spell {w} for me?|"
                    "what letters are in {w}?|which letters make {w}?|write {w} letter by letter|i can't spell {w}|give me the letters of {w}|the spelling of {w}|"
                    "how would you spell {w}?|i need to know how {w} is spelled", w=w), \
            f"{w.capitalize()} is spelled {spelled}."
    if kind < 0.84:
        return pick(rng, "how many letters has {w}?|how many letters are in {w}?|number of letters in {w}|how many letters does {w} have?|count the letters of {w}|how long is the word {w}?", w=w), \
            f"{w.capitalize()} has {len(w)} letters: {spelled}."
    if kind < 0.93:
        return pick(rng, "what is the first letter of {w}?|with which letter does {w} begin?|what letter does {w} start with?|first letter of {w}?|{w} starts with which letter?", w=w), \
            f"{w.capitalize()} begins with {w[0].upper()}."
    return pick(rng, "what is the last letter of {w}?|with which letter does {w} end?|what letter does {w} end with?|last letter of {w}?", w=w), \
        f"{w.capitalize()} ends with {w[-1].upper()}."


def letters(rng):
    i = rng.randint(0, 24)
    a, b = LETTERS[i], LETTERS[i + 1]
    if rng.random() < 0.6:
        return pick(rng, "which letter comes after {x}?|what letter comes after {x}?|what comes after {x} in the alphabet?|the letter after {x}?|what letter follows {x}?|next letter after {x}|after the letter {x} comes", x=rng.choice([a, a.lower()])), \
            f"After {a} comes {b}."
    return pick(rng, "which letter comes before {x}?|what letter comes before {x}?|what comes before {x} in the alphabet?|the letter before {x}?|what letter is before {x}?", x=rng.choice([b, b.lower()])), \
        f"Before {b} comes {a}."


KINDS = [(operation, 24), (tale, 2.2), (half_double, 1.2), (neighbours, 2.6), (compare, 2), (even, 1), (counting, 4.5),
         (in_words, 0.8), (spelling, 6.5), (letters, 1.8)]


def one(rng):
    return [rng.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0](rng)]
