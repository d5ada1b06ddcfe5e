"""Frames: ways to say one thing in a story, each put together of a few parts.

A category is a pair of lists: the frames of training, and those held out of it. What is held out is
said in words that training has in other frames. Slots: N a name, p and p2 its
pronoun (small, capital), F a friend, I the things, W a ware, a, b and k numbers.
"""
import itertools
import random
import re

NAMES = [("Tom", "he"), ("Mia", "she"), ("Sam", "he"), ("Ann", "she"), ("Ben", "he"),
         ("Lena", "she"), ("Max", "he"), ("Eva", "she"), ("Paul", "he"), ("Nina", "she"),
         ("Leo", "he"), ("Ida", "she"), ("Jack", "he"), ("Rosa", "she"), ("Omar", "he"),
         ("Lucy", "she"), ("Finn", "he"), ("Kate", "she"), ("Hugo", "he"), ("Zoe", "she")]
THINGS = ["apples", "stickers", "marbles", "pencils", "cards", "shells", "cookies", "books",
          "stamps", "buttons", "coins", "beads", "flowers", "balloons", "eggs", "stones", "nuts",
          "pictures", "candles", "cups"]
WARES = ["pen", "ball", "cake", "hat", "toy", "lamp", "ticket", "cup", "kite", "book"]


def ways(*parts):
    """All sentences made of one of each part."""
    return ["".join(choice) for choice in itertools.product(*parts)]


def told(verbs, objects, times=("Then", "Later", "On Monday", "At noon", "In the evening")):
    """{N} or a pronoun does something, perhaps at a time."""
    return ways(("{N} ", "{p2} "), verbs, objects) + ways(times, (" {N} ", " {p} "), verbs, objects)


def wording(frame):
    """The frame without who is who and which number is which: what two categories may share."""
    return re.sub("{F}", "{N}", re.sub("{[abk]}", "{a}", frame))


def by_name(frame):
    """The frame with the name where it has a pronoun, as it is told where that would be unclear."""
    return frame.replace("{p2}", "{N}").replace("{p}", "{N}")


def parted(name, *lists):
    """A category: what training has of the frames, and one of eight that it does not have."""
    frames = sorted(set(itertools.chain(*lists)))
    held = set(random.Random(f"frames/{name}").sample(frames, max(1, len(frames) // 8)))
    return [f for f in frames if f not in held], sorted(held)


SOME = (" {b} {I}.", " {b} of them.")
MORE_OF = (" {b} {I}.", " {b} more.", " {b} more {I}.")
DOLLARS = " {b} dollars"

STARTS = parted(
    "starts",
    ways(("", "At first ", "In the morning ", "On Monday "), ("{N} ",),
         ("has", "owns", "counts", "finds", "keeps", "carries", "brings"), (" {a} {I}.",)),
    ways(("{N} ",), ("finds", "keeps", "has"), (" {a} {I}",),
         (" at home.", " in a bag.", " in a box.")),
    ways(("{N} ",), ("brings", "takes", "carries"), (" {a} {I} home.", " {a} {I} to school.")),
    ["{N} carries {a} {I} in a bag.", "{N} carries {a} {I} in a box."],
    ways(("There are {a} {I} in {N}'s", "{a} {I} are in {N}'s"),
         (" box.", " bag.", " room.", " basket.")))
GROUPS = parted(
    "groups",
    ways(("{N} ",), ("has", "fills", "buys", "finds", "opens", "brings"),
         (" {k} boxes", " {k} bags", " {k} baskets"), (" with", " of"), (" {a} {I} each.",)),
    ways(("There are", "{N} sees"), (" {k} boxes", " {k} bags", " {k} rows"),
         (" with {a} {I} in each.",)),
    ways(("{N} puts {a} {I} into each of {k}", "There are {a} {I} in each of {k}"),
         (" boxes.", " bags.", " baskets.", " rows.")),
    ways(("{N} ",), ("makes", "finds", "gets", "collects"),
         (" {a} {I} a day for {k} days.", " {a} {I} on each of {k} days.")),
    ways(("{N} ",), ("buys", "gets", "receives"), (" {a} {I} from each of {k} friends.",)),
    ways(("For {k} days {N} ",), ("makes", "finds", "gets", "collects"), (" {a} {I} a day.",)),
    ways(("On each of {k} days {N} ",), ("makes", "finds", "gets", "collects"), (" {a} {I}.",)))
GAINS = parted(
    "gains",
    told(("buys", "finds", "collects", "gets", "receives", "picks up", "makes", "wins"), MORE_OF),
    told(("gets", "receives", "buys"), (" {b} {I} from {F}.", " {b} more from {F}.")),
    ways(("", "Then ", "Later ", "At noon "), ("{F} ",), ("gives", "brings", "hands", "sends"),
         (" {N}",), MORE_OF),
    ways(("Then ", "Later ", "On Monday "), ("{b} more", "{b} more {I}"),
         (" arrive.", " are added.")))
LOSSES = parted(
    "losses",
    told(("gives away", "loses", "uses", "throws away", "sells", "drops", "leaves behind",
          "forgets"), SOME),
    told(("gives", "hands", "lends", "sells"), (" {b} {I} to {F}.", " {b} of them to {F}.",
                                               " {b} to {F}.")),
    told(("leaves", "forgets"), (" {b} {I} at school.", " {b} of them at home.")),
    ways(("", "Then ", "Later ", "At noon "), ("{F} ",), ("takes", "borrows", "breaks"), SOME),
    ways(("Then ", "Later ", "On Monday "), ("{b} {I}", "{b} of them"), (" get lost.", " break.")))
GROWTHS = parted(
    "growths",
    ways(("Soon ", "Then ", "After a week "), ("{N} has", "{p} has", "there are"),
         (" {k} times as many.", " {k} times as many {I}.")))
HALVINGS = parted(
    "halvings",
    ways(("Then ", "Later "), ("{N} ", "{p} "), ("gives away", "loses", "sells", "keeps only"),
         (" half of them.", " half of the {I}.")),
    ways(("{F} takes", "{N} gives {F}"), (" half of them.", " half of the {I}.")))
QUESTIONS = parted(
    "questions",
    ways(("How many {I} does {N} have", "How many {I} does {p} have", "How many {I} are there",
          "How many {I} is that", "How many {I} are left", "How many does {N} have"),
         (" now?", " in the end?", " then?", "?")),
    ["How many?", "How many {I}?", "How many is that?", "How many are left?", "How many are there?",
     "How many does {p} have?"])
SHARES = parted(
    "shares",
    ways(("{N} shares", "{p2} shares", "{N} divides", "{p2} divides"),
         (" the {I}", " all {I}", " them"), (" equally",),
         (" among {k} friends. How many does each friend get?",
          " among {k} children. How many does each child get?")),
    ways(("{N} puts", "{p2} puts", "{N} packs"), (" the {I}", " all {I}", " them"),
         (" into {k} equal bags. How many {I} are in each bag?",
          " into {k} equal rows. How many {I} are in each row?",
          " into {k} equal boxes. How many {I} are in each box?")))
PAYMENTS = parted(
    "payments",
    ways(("A {W} costs", "Each {W} costs", "One {W} costs", "A {W} is"), (" {a} dollars. ",),
         ("{N} buys", "{N} takes", "{N} orders"), (" {k}", " {k} of them")),
    ways(("{N} buys", "{N} takes", "{N} orders", "{N} wants"), (" {k} {W}s",),
         (" for {a} dollars each", " at {a} dollars each",
          " that cost {a} dollars each")),
    ["{N} pays {a} dollars for each of {k} {W}s", "{N} spends {a} dollars on each of {k} {W}s"])
WAGES = parted(
    "wages",
    ways(("{N} earns", "{N} gets", "{N} saves", "{N} makes"),
         (" {a} dollars a day for {k} days.", " {a} dollars a week for {k} weeks.",
          " {a} dollars on each of {k} days.")),
    ways(("{N} earns", "{N} gets", "{N} makes"), (" {a} dollars an hour for {k} hours.",)),
    ways(("For {k} hours {N}",), (" earns", " gets"), (" {a} dollars an hour.",)),
    ways(("For {k} days {N}",), (" earns", " gets", " saves"), (" {a} dollars a day.",)),
    ways(("For {k} weeks {N}",), (" earns", " gets", " saves"), (" {a} dollars a week.",)),
    ways(("{N} works {k}",), (" hours for {a} dollars an hour.", " days for {a} dollars a day.",
                              " hours at {a} dollars an hour.", " days at {a} dollars a day.")))
SPENDINGS = parted(
    "spendings",
    told(("spends", "loses", "gives away", "pays"), (DOLLARS + ".",)),
    told(("pays",), (DOLLARS + " for a {W}.",)),
    told(("spends",), (DOLLARS + " on a {W}.",)),
    told(("gives", "lends", "pays", "hands"), (DOLLARS + " to {F}.", " {F}" + DOLLARS + ".")),
    told(("buys a {W} for",), (DOLLARS + ".",)))
INCOMES = parted(
    "incomes",
    told(("gets", "finds", "wins", "earns", "receives"), (DOLLARS + ".", DOLLARS + " more.")),
    told(("gets", "receives"), (DOLLARS + " from {F}.", DOLLARS + " as a gift.")),
    ways(("{N} also ", "{p2} also "), ("gets", "finds", "wins", "earns"), (DOLLARS + ".",)),
    ways(("", "Then ", "Later "), ("{F} gives {N}", "{F} pays {N}", "{F} hands {N}"),
         (DOLLARS + ".", DOLLARS + " more.")))
TIMES = parted(
    "times",
    ways(("{N} ",), ("runs", "swims", "paints", "plays", "walks"),
         (" for {a} minutes on {k} days", " for {a} minutes on each of {k} days",
          " {a} minutes a day for {k} days")),
    ways(("On each of {k} days {N} ",), ("runs", "swims", "paints", "plays", "walks"),
         (" for {a} minutes", " {a} minutes")),
    ways(("{N} sees {k} films", "{N} reads {k} stories", "{N} has {k} lessons"),
         (" of {a} minutes each", " that take {a} minutes each")))
PAGES = parted(
    "pages",
    ways(("{N} reads {a} pages",), (" a day for {k} days.", " on each of {k} days.",
                                   " a week for {k} weeks.", " in each of {k} weeks.")),
    ways(("For {k} days",), (" {N} reads {a} pages a day.", " {N} finishes {a} pages a day.")),
    ways(("For {k} weeks",), (" {N} reads {a} pages a week.", " {N} finishes {a} pages a week.")),
    ways(("On each of {k} days", "In each of {k} weeks"),
         (" {N} reads {a} pages.", " {N} finishes {a} pages.")),
    ways(("{N} reads {k}", "{N} finishes {k}"), (" chapters of {a} pages each.",
                                                 " stories of {a} pages each.")))
MORE = parted(
    "more",
    ways(("{F} has", "{F} owns", "{F} counts"),
         (" {b} more {I} than", " {b} {I} more than", " {b} more than"), (" {N}.", " {N} has.")))
FEWER = parted(
    "fewer",
    ways(("{F} has", "{F} owns", "{F} counts"),
         (" {b} fewer {I} than", " {b} {I} fewer than", " {b} fewer than"), (" {N}.", " {N} has.")),
    ways(("{N} has", "{N} owns", "{N} counts"),
         (" {b} more {I} than", " {b} {I} more than", " {b} more than"), (" {F}.",)))
MULTIPLE = parted(
    "multiple",
    ways(("{F} has", "{F} owns", "{F} counts"), (" {k} times",),
         (" as many {I} as {N}.", " as many as {N}.", " the {I} of {N}.")))
SECRETS = parted(
    "secrets",
    told(("gets", "finds", "buys", "adds", "receives"), (" the secret number of {I}.",)),
    ways(("", "Then ", "Later "), ("{F} gives {N}", "{F} brings {N}", "{F} hands {N}"),
         (" the secret number of {I}.",)),
    told(("gets", "finds"), (" as many more as the secret number says.",)))
SUMS = parted(
    "sums",
    ways(("", "What is ", "How much is "), ("{a}",), (" {sign} ", "{sign}", " {word} "), ("{b}?",)),
    ways(("{a} {sign} {b}", "{a}{sign}{b}"), (" =", "=", "")))
CATEGORIES = (STARTS, GROUPS, GAINS, LOSSES, GROWTHS, HALVINGS, QUESTIONS, SHARES, PAYMENTS, WAGES,
              SPENDINGS, INCOMES, TIMES, PAGES, MORE, FEWER, MULTIPLE, SECRETS, SUMS)


def drop_what_training_says(categories):
    """Take out of what is held what training says after all: in another category with the people
    changed, or with a name where its frame has a pronoun. It is used nowhere."""
    said = {wording(told) for seen, _ in categories for frame in seen
            for told in (frame, by_name(frame))}
    for _, held in categories:
        held[:] = [frame for frame in held if wording(frame) not in said]


drop_what_training_says(CATEGORIES)
