"""Every answer the prove stage can give has words, in both languages."""

import pytest
from django.utils import translation

from tests.traceability import story
from traceability import words
from traceability.domain.epcis import KINDS_OF_FACT, Kind
from traceability.domain.verdict import Rule, Verdict

SAID = [
    *(text for said in words.VERDICTS.values() for text in (said.title, said.advice)),
    *words.RULES.values(),
    *words.STEPS.values(),
]


def test_every_verdict_and_every_suspicion_has_words():
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.RULES) == set(Rule)


def test_every_step_of_the_way_is_told_but_whose_the_goods_were_in_between():
    assert set(Kind) - set(words.STEPS) == {
        Kind.OWNED, Kind.TRANSFERRED, Kind.SOLD, Kind.COUNTED, Kind.RETURNED, Kind.RESTOCKED,
        Kind.SET_ASIDE, Kind.RECALLED, Kind.WITHDRAWN, Kind.LOADED, Kind.UNLOADED, Kind.SAMPLED,
        Kind.JUDGED,
    }  # fmt: skip


def test_every_fact_of_the_way_is_told_in_the_tests_story():
    assert {name for name, _, _ in story.STORY} == set(KINDS_OF_FACT)


def test_only_what_a_buyer_may_rely_on_is_green():
    green = {verdict for verdict, said in words.VERDICTS.items() if said.tone == "ok"}

    assert green == {Verdict.GENUINE_FIRST, Verdict.GENUINE_REPEAT}


@pytest.mark.parametrize("text", SAID)
def test_every_answer_is_said_in_chinese(text):
    with translation.override("zh-hans"):
        in_chinese = str(text)
    with translation.override("en"):
        in_english = str(text)

    assert in_chinese != in_english
    assert any("\u4e00" <= character <= "\u9fff" for character in in_chinese)
