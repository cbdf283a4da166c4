import pytest

from customs import jurisdictions
from customs.domain.states import STATES
from customs.jurisdictions.cn import JURISDICTION, codes
from customs.jurisdictions.cn.messages.fields import shapes
from customs.words import MENDED_AT


def test_the_settings_name_of_china_gives_its_jurisdiction():
    assert jurisdictions.named("customs.jurisdictions.cn") is JURISDICTION


def test_a_package_that_declares_something_else_is_not_taken_for_a_jurisdiction(monkeypatch):
    monkeypatch.setattr("customs.jurisdictions.cn.JURISDICTION", "China")

    with pytest.raises(TypeError):
        jurisdictions.named("customs.jurisdictions.cn")


@pytest.mark.parametrize(
    ("list_name", "code", "name"),
    [
        ("units", "122", "罐"),
        ("units", "035", "千克"),
        ("currencies", "142", "人民币"),
        ("trade_modes", "1210", "保税电商"),
        ("wrap_types", "2", "纸箱"),
        ("districts_partial", "3105", "甬保税区"),
    ],
)
def test_the_codes_a_ningbo_parcel_needs_have_their_names(list_name, code, name):
    assert codes.code_list(list_name)[code].name_zh == name


def test_japan_is_116_and_the_united_states_502():
    assert codes.country_codes()["JP"].code == "116"
    assert codes.country_codes()["US"].code == "502"


@pytest.mark.parametrize("list_name", codes.CODE_LISTS)
def test_every_code_names_its_source(list_name):
    assert all(entry.source and entry.name_zh for entry in codes.code_list(list_name).values())


def test_a_code_that_is_not_listed_is_shown_bare():
    assert codes.name_of("districts_partial", "9999") == "9999"
    assert codes.name_of("districts_partial", "3105") == "甬保税区(3105)"


def test_every_return_code_leads_to_a_state_of_a_declaration():
    assert {code.state for code in JURISDICTION.return_codes.values()} <= STATES.states


def test_every_reason_of_refusal_names_the_field_to_mend_and_where():
    (inventory,) = (part for part in shapes()["CEB621"].root.parts if part.name == "Inventory")
    known = {inventory.name} | {field.name for part in inventory.parts for field in part.parts}

    for error in JURISDICTION.error_codes.values():
        assert set(error.fields) <= known, error.code
        assert error.field_zh, error.code
        assert error.field_en, error.code
        assert error.mended_at in {"again", *MENDED_AT}, error.code


def test_the_limit_errors_have_a_remedy_in_both_languages():
    for code in ("-621005", "-621018"):
        assert JURISDICTION.error_codes[code].remedy_zh
        assert JURISDICTION.error_codes[code].remedy_en
