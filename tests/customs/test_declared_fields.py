"""Forms ask for declared values as the tables of fields have them, and add nothing."""

import inspect
from decimal import Decimal
from importlib import import_module

import pytest
from django import forms
from django.utils import translation

from customs import models
from customs.declared_fields import OPEN_TEXT, declared, definition, most_papers
from customs.forms import (
    EntryForm,
    FindForm,
    RefundForm,
    ReturnForm,
    ShareForm,
    SplitForm,
    VehicleForm,
    WithdrawForm,
)
from customs.models import ConsumerOrder, DeclarationLine
from customs.zone_queries import SharedGoods

MODULES = ("customs.forms", "customs.shortage_views")
NOT_DECLARED = {
    "GrantForm": {"office", "days"},
    "GradeForm": {"grade", "source"},
    "JudgeForm": {"reason"},
    "StatedForm": {"amount", "because"},
}
"""What no message carries: who may look in, credit, what a case found out, a stated tax."""

LIMITS = ("max_length", "min_length", "max_digits", "decimal_places")


def every_form():
    for name in MODULES:
        for _, found in inspect.getmembers(import_module(name), inspect.isclass):
            if issubclass(found, forms.Form) and found.__module__ == name:
                yield found


def states_a_limit(field):
    has_choices = type(field) in (forms.ChoiceField, forms.TypedChoiceField)
    return has_choices or any(getattr(field, name, None) is not None for name in LIMITS)


def test_no_form_states_a_length_or_a_choice_of_a_declared_value_of_its_own():
    own = {
        (form.__name__, name)
        for form in every_form()
        for name, field in form.base_fields.items()
        if states_a_limit(field)
        and not hasattr(field, "definition")
        and name not in NOT_DECLARED.get(form.__name__, ())
    }

    assert own == set()


def test_every_declared_text_is_as_long_as_its_definition_lets_it_be():
    found = {
        field.definition.name: field.max_length
        for form in (EntryForm, FindForm, SplitForm, VehicleForm, WithdrawForm)
        for field in form.base_fields.values()
        if isinstance(field, forms.CharField) and hasattr(field, "definition")
    }

    assert found == {
        "entryNo": 18,
        "copNo": 20,
        "payTransactionId": 60,
        "VehicleNo": OPEN_TEXT,
        "VehicleIcNo": OPEN_TEXT,
        "DclErConc": OPEN_TEXT,
        "reason": 1_000,
    }


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("0.01", True), ("0", False), ("0.001", False), ("9" * 16 + ".99", True), ("9" * 17, False)],
)
def test_an_amount_has_the_decimals_of_its_currency_and_the_digits_of_a_column(given, is_taken):
    assert RefundForm({"amount": given}).is_valid() is is_taken


def test_a_weight_goes_to_the_gram_and_is_above_zero():
    said = {"plate": "浙B00000", "weight_kg": "0.001", "frame_kg": ""}

    assert VehicleForm(said).is_valid()
    assert VehicleForm(said | {"weight_kg": "0"}).errors.keys() == {"weight_kg"}
    assert VehicleForm(said | {"weight_kg": "1.0001"}).errors.keys() == {"weight_kg"}
    assert VehicleForm(said | {"plate": ""}).errors.keys() == {"plate"}


def test_what_is_entered_is_judged_by_the_validator_of_the_message():
    form = FindForm({"number": "ＤＥＣ-1"})

    (said,) = form.errors["number"]
    assert said == (
        "copNo has characters other than plain letters, digits and signs. "
        "Type it with half-width characters."
    )


def test_a_code_is_chosen_from_the_list_of_its_field_in_the_readers_language():
    field = declared("CEB621", "InventoryList", "unit", label="Unit")

    with translation.override("zh-hans"):
        told = dict(field.choices)
    assert told["035"] == "035 千克"
    assert len(told) == 123
    with pytest.raises(forms.ValidationError):
        field.clean("999")


def test_what_stands_below_a_field_comes_from_its_definition():
    told = WithdrawForm()["reason"].help_text

    assert str(told) == (
        "Customs reads it; name no person. At most 1000 characters; field reason of CEB623."
    )
    with translation.override("zh-hans"):
        assert "1000" in str(told)
        assert str(told) != str(WithdrawForm.base_fields["reason"].label)


def test_units_are_whole_and_no_more_than_are_left():
    goods = [SharedGoods(1, "奶粉", 100, 40)]
    vehicle = {"plate": "A", "weight_kg": "1"}

    taken = ShareForm(vehicle | {"line_1": "40"}, goods=goods)
    assert (taken.is_valid(), taken.units) == (True, {1: 40})
    assert str(taken["line_1"].help_text) == (
        "At most 40 units; none if empty. Field DclQty of PassPortMessage."
    )
    for wrong in ("41", "0.5", "-1"):
        assert not ShareForm(vehicle | {"line_1": wrong}, goods=goods).is_valid()
    line = DeclarationLine(line_no=1, name_zh="奶粉", units=3, returned_units=1)
    form = ReturnForm({"line_1": "2", "reason": "x"}, lines=[line])
    assert (form.is_valid(), form.units) == (True, {1: 2})


def test_a_field_that_no_table_has_is_an_error():
    with pytest.raises(KeyError):
        definition("CEB621", "InventoryList", "buyerName")


STORED = {
    (models.ConsumerOrder, "order_no"): ("CEB311", "OrderHead", "orderNo"),
    (models.PaymentRecord, "transaction_no"): ("CEB411", "PaymentHead", "payTransactionId"),
    (models.Waybill, "waybill_no"): ("CEB511", "LogisticsHead", "logisticsNo"),
    (models.Declaration, "cop_no"): ("CEB621", "InventoryHead", "copNo"),
    (models.Declaration, "pre_no"): ("CEB621", "InventoryHead", "preNo"),
    (models.Declaration, "invt_no"): ("CEB621", "InventoryHead", "invtNo"),
    (models.DeclarationLine, "record_no"): ("CEB621", "InventoryList", "itemRecordNo"),
    (models.DeclarationLine, "hs_code"): ("CEB621", "InventoryList", "gcode"),
    (models.DeclarationLine, "name_zh"): ("CEB621", "InventoryList", "gname"),
    (models.DeclarationLine, "specification"): ("CEB621", "InventoryList", "gmodel"),
    (models.DeclarationLine, "unit"): ("CEB621", "InventoryList", "unit"),
    (models.DeclarationLine, "statutory_unit"): ("CEB621", "InventoryList", "unit1"),
    (models.DeclarationLine, "second_unit"): ("CEB621", "InventoryList", "unit2"),
    (models.Correction, "reason"): ("CEB623", "InvtCancel", "reason"),
}


@pytest.mark.parametrize(("column", "field"), STORED.items())
def test_a_column_holds_as_much_as_its_field_declares(column, field):
    model, name = column

    assert model._meta.get_field(name).max_length == definition(*field).length.most


def test_quantities_have_the_digits_of_their_fields():
    column = DeclarationLine._meta.get_field("statutory_quantity")
    length = definition("CEB621", "InventoryList", "qty1").length

    assert (column.max_digits, column.decimal_places) == (length.most, length.decimals)
    assert Decimal(1).scaleb(-column.decimal_places) == Decimal("0.00001")
    assert most_papers("CEB311") == 100
    assert ConsumerOrder._meta.get_field("order_no").max_length == 60
