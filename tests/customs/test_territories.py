"""What every customs territory keeps, whichever it is."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from core.domain.errors import Refusal
from customs.domain.assessment import OverOrderLimit, OverPersonYearLimit
from customs.domain.states import STATES
from customs.message_book import message_book
from customs.rulebook import rulebook
from customs.territories import TERRITORIES, of

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
