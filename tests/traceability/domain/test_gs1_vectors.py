"""The GS1 syntax engine's own vectors, in its default state, and rules by hand."""

import json
import re

import pytest

from tests.shared_data import oracle
from traceability.domain.gs1 import elements, link
from traceability.domain.gs1.linters import LINTERS

_FOLDER = oracle("trace", "gs1-syntax", "vectors")


def _vectors(name):
    return json.loads((_FOLDER / f"{name}_vectors.json").read_text(encoding="utf-8"))


def _default(name):
    return [v for v in _vectors(name) if not v["state"]]


def _try(act, *args):
    try:
        return act(*args)
    except elements.BadElement:
        return None


@pytest.mark.parametrize("vector", _default("dl_parse"), ids=lambda v: v["uri"])
def test_a_digital_link_is_read_or_refused_as_gs1_does(vector):
    found = _try(link.parse, vector["uri"])
    assert (found and elements.to_caret(found)) == (vector["elements_caret"] or None)


@pytest.mark.parametrize("vector", _default("dl_generate"), ids=lambda v: v["ai_bracketed"])
def test_elements_become_the_digital_link_that_gs1_writes(vector):
    def write():
        return link.build(elements.from_bracketed(vector["ai_bracketed"]), vector["stem"])

    assert _try(write) == (vector["uri"] or None)


@pytest.mark.parametrize("vector", _default("ai_parse"), ids=lambda v: v["ai_bracketed"])
def test_bracketed_elements_are_read_or_refused_as_gs1_does(vector):
    found = _try(elements.from_bracketed, vector["ai_bracketed"])
    assert (found and elements.to_caret(found)) == (vector["elements_caret"] or None)


@pytest.mark.parametrize("vector", _default("ai_process"), ids=lambda v: v["elements_caret"])
def test_an_element_string_is_read_or_refused_as_gs1_does(vector):
    assert (_try(elements.from_caret, vector["elements_caret"]) is not None) == vector["valid"]


def test_escapes_of_path_and_query_are_undone_as_gs1_does():
    for v in _vectors("dl_unescape"):
        assert link.unescape(v["input"], query=False) == v["path"]
        assert link.unescape(v["input"], query=True) == v["query"]
    for plain, path, query in _vectors("dl_escape"):
        assert link.escape(plain, query=False) == path
        assert link.escape(plain, query=True) == query


def test_every_content_rule_decides_as_gs1_does():
    wrong = [
        (v["linter"], v["value"])
        for v in _vectors("linter")
        if v["error"] != "GS1_LINTER_GCP_DATASOURCE_OFFLINE"
        and (LINTERS[v["linter"]](v["value"]) is None) != v["ok"]
    ]
    assert wrong == []


def _fit_together(text):
    pairs = re.findall(r"\((\d+)\)([^(]+)", text)
    try:
        elements.check_together(pairs)
    except elements.BadElement:
        return False
    return True


@pytest.mark.parametrize("vector", _vectors("ai_validate"), ids=lambda v: v["ai_bracketed"])
def test_elements_that_contradict_exclude_or_miss_one_another_are_refused_as_gs1_does(vector):
    assert _fit_together(vector["ai_bracketed"]) == vector["valid"]
