"""What every customs territory keeps, whichever it is."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from core.domain.errors import Refusal
from customs import services, words
from customs.domain.assessment import GoodsLine, OverOrderLimit, OverPersonYearLimit, TaxCase
from customs.domain.states import STATES
from customs.message_book import bonded_book, message_book
from customs.rulebook import rulebook
from customs.services import OrderedLine
from customs.territories import TERRITORIES, of
from tests.customs.declarations import declaration

EVERY = pytest.mark.parametrize("territory", TERRITORIES.values(), ids=list(TERRITORIES))
RULE_MARK = re.compile(r'mark\.rule\("([a-z-]+)"\)')


def proven() -> set[str]:
    """Codes of the rules that tests name."""
    tests = Path(__file__).parent.rglob("test_*.py")
    return {code for path in tests for code in RULE_MARK.findall(path.read_text("utf-8"))}


def test_the_settings_list_the_territories_in_use():
    assert len(TERRITORIES) == len(settings.JURISDICTIONS)


@pytest.mark.django_db
def test_a_pool_is_in_the_territory_of_its_port(pool):
    assert of(pool).code == "cn"


@EVERY
def test_every_rule_is_proven_by_a_test_that_names_it(territory):
    assert {rule.code for rule in territory.rules} - proven() == set()


def test_both_limits_are_proven_by_tests_that_name_them():
    assert {OverOrderLimit.code, OverPersonYearLimit.code} <= proven()


@EVERY
def test_every_rule_is_a_refusal_of_its_own_with_source_and_remedy(territory):
    codes = [rule.code for rule in territory.rules]

    assert len(set(codes)) == len(codes)
    for rule in territory.rules:
        assert Refusal.registry[rule.code] is rule.refusal
        assert rule.source
        assert rule.refusal.remedy != Refusal.remedy


@EVERY
def test_every_answer_leads_to_a_state_that_a_declaration_can_have(territory):
    assert {code.state for code in territory.return_codes.values()} <= STATES.states


@EVERY
def test_every_figure_has_a_source_a_trust_and_days_in_force(territory):
    rows = [row for table in territory.figures.values() for row in table]

    assert all(row["source"] and row["trust"] and row["valid_from"] for row in rows)


@EVERY
def test_the_rules_in_the_documents_are_those_of_the_code(territory):
    written = Path(settings.BASE_DIR) / "docs" / "rules" / f"{territory.code}.md"

    assert written.read_text("utf-8") == rulebook(territory)


def test_the_messages_in_the_documents_are_those_of_the_code():
    written = Path(settings.BASE_DIR) / "docs" / "rules" / "ceb-messages.md"

    assert written.read_text("utf-8") == message_book()


def test_the_bonded_messages_in_the_documents_are_those_of_the_code():
    written = Path(settings.BASE_DIR) / "docs" / "rules" / "bonded-messages.md"

    assert written.read_text("utf-8") == bonded_book()


@EVERY
def test_a_territory_assesses_an_order_and_tells_how(territory):
    line = GoodsLine(1, "4901990000", 2, 5_000, net_weight_g=300)

    found = territory.assess(TaxCase((line,), freight_minor=500), date(2026, 5, 1))

    assert found.jurisdiction == territory.code
    assert found.dutiable_minor == 5_500
    assert {step.line_no for step in found.steps} <= {0, 1}
    assert all(step.source for step in found.steps if step.code != "consumption-tax")
    assert len(words.steps(found.as_json())) == len(found.steps)


@EVERY
def test_every_code_list_of_a_territory_has_entries_with_names_and_sources(territory):
    lists = {name: territory.code_lists(name) for name in territory.code_list_names}

    assert all(lists.values())
    assert all(
        entry.name_zh and entry.source for entries in lists.values() for entry in entries.values()
    )


@EVERY
def test_the_form_of_a_territory_is_filled_by_its_sheet(territory):
    sheet = territory.sheet(declaration(lines=2))
    form = territory.layouts[sheet.form]

    assert len(sheet.lines) == 2
    assert {len(line) for line in sheet.lines} == {len(form.columns)}
    assert set(sheet.values) <= set(form.fields)


@EVERY
def test_a_territory_reads_messages_hardened_or_says_why_it_has_none(territory):
    assert territory.documents
    if territory.messages is None:
        assert territory.why_no_messages
        return
    for content in (b"", b"<x/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        with pytest.raises(Refusal):
            territory.messages.read(content)


@pytest.mark.django_db
def test_a_pool_at_a_british_port_quotes_british_taxes(pool, formula):
    pool.port = "GBLGP"

    found = services.quote(pool, [OrderedLine(formula, 1, 10_000)])

    assert (found.jurisdiction, found.duty_minor, found.vat_minor) == ("gb", 0, 0)
