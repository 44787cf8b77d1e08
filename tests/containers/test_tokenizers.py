"""Texts to tokens and back."""

import pickle
import random

import pytest

from sktsgan.containers._tokenizers import make_tokenizer

SENTENCES = [
    "A man riding a wave.",
    'It\'s 3,000 miles (2.5 of them) from "here" - or so they say.',
    "“Don't!” he said; a black-and-white cat & a dog/puppy: $5, 50% off @ 10:30 a.m.",
    "ab... cd?! «quote» don’t",
    "' a ' b 'c' ((d)) -- e--f",
    "naïve café 3.5mm U.S.A. o'clock rock'n'roll's #tag",
    '("x") [y], {z}!',
    "(glued)to,this: and 'that'.",
    "already split , as some corpora are .",
    "日本 語。 snake_case 1st",
]


@pytest.mark.parametrize("analyzer", ["word", "char"])
@pytest.mark.parametrize("text", SENTENCES)
def test_round_trip(analyzer, text):
    tokenizer = make_tokenizer(analyzer, lowercase=False)
    assert tokenizer.join(tokenizer.split(text)) == text


def test_round_trip_of_anything():
    rng = random.Random(0)
    tokenizer = make_tokenizer("word", lowercase=False)
    for _ in range(5000):
        text = "".join(
            rng.choices("abA1_ .,:;'’\"()-!\t\n\u00a0é\u0301字🙂²", k=rng.randint(1, 12))
        )
        assert tokenizer.join(tokenizer.split(text)) == " ".join(text.split())


@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_lower_case(analyzer):
    tokenizer = make_tokenizer(analyzer, lowercase=True)
    assert tokenizer.join(tokenizer.split("A Man.")) == "a man."


def test_words_and_marks():
    split = make_tokenizer("word", lowercase=False).split
    assert split("I'm a 3,000 m (2.5 km) man-eater, no?") == [
        *(
            "I",
            "'m ",
            "a",
            "3,000",
            "m",
            " (",
            "2.5",
            "km",
            ") ",
            "man",
            "-",
            "eater",
            ", ",
            "no",
            "? ",
        ),
    ]
    assert split("") == split(" \n") == []


def test_whitespace_becomes_one_space():
    words, characters = (make_tokenizer(analyzer, True) for analyzer in ("word", "char"))
    assert words.join(words.split("  a \t man\n")) == "a man"
    assert characters.join(characters.split("a  man")) == "a man"


@pytest.mark.parametrize(
    ("beginning", "added", "text"),
    [
        ("A man", ["riding", ". "], "A man riding."),
        ("A man ", ["riding"], "A man riding"),
        ("A man", [", ", "who"], "A man, who"),
        ("A man (", ["x", ") "], "A man (x)"),
        ("A man, ", ["who"], "A man, who"),
        ("A man", [], "A man"),
    ],
)
def test_words_go_on(beginning, added, text):
    tokenizer = make_tokenizer("word", lowercase=True)
    last = {"(": " (", ",": ", "}.get(beginning.strip()[-1], "man")
    assert tokenizer.extend(beginning, last, added) == text


def test_characters_go_on():
    tokenizer = make_tokenizer("char", lowercase=True)
    assert tokenizer.extend("A m", "m", list("an")) == "A man"


def test_spacings_of_a_mark():
    spacings = make_tokenizer("word", lowercase=True).spacings
    assert spacings(" (", same_before=True) == [" ( ", " ("]
    assert spacings(" (", same_before=False) == ["( ", "("]
    assert spacings(", ", same_before=True) == [", ", ","]
    assert spacings("man", same_before=True) == []


def test_callable():
    tokenizer = make_tokenizer(str.split, lowercase=True)
    assert tokenizer.split("A man .") == ["A", "man", "."]
    assert tokenizer.join(["A", "man", "."]) == "A man ."
    assert tokenizer.extend("A man", "man", ["."]) == "A man ."
    with pytest.raises(ValueError, match="analyzer must return strings, got 1 for 'a'"):
        make_tokenizer(lambda text: [1], lowercase=True).split("a")


@pytest.mark.parametrize("analyzer", ["word", "char", str.split])
def test_pickled(analyzer):
    tokenizer = make_tokenizer(analyzer, lowercase=True)
    tokens = tokenizer.split("a man.")
    assert pickle.loads(pickle.dumps(tokenizer)).split("a man.") == tokens
