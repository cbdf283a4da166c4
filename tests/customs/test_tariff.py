import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customs import services
from customs.domain.assessment import GoodsLine, Regime, TaxCase
from customs.domain.tariff_files import Defaults, TariffNotRead, read
from customs.jurisdictions.cn import JURISDICTION as CHINA
from customs.jurisdictions.cn import rates
from customs.models import TariffMeasure
from tests.customs.shop import TODAY
from tests.shared_data import oracle

HEADINGS = (
    "hs_prefix,kind,expression,origins,excluded,certificate,quota,valid_from,valid_before,source"
)
DRUMS = "950450,mfn,10 % + 2 CNY / KGM,,,,,2026-01-01,,Tariff 2026"


def cells(*lines, headings=HEADINGS):
    reader = csv.DictReader([headings, *lines])
    return list(reader.fieldnames), list(reader)


def faults(*lines):
    return [
        (fault.row, fault.column, fault.value)
        for fault in read(*cells(*lines), groups=frozenset({"FTA22"})).faults
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("950,mfn,1 %,,,,,2026-01-01,,T", (2, "hs_prefix", "950")),
        ("950450,duty,1 %,,,,,2026-01-01,,T", (2, "kind", "duty")),
        ("950450,mfn,ten,,,,,2026-01-01,,T", (2, "expression", "ten")),
        (
            "950450,vat,9 % MIN 1 CNY / KGM,,,,,2026-01-01,,T",
            (2, "expression", "9 % MIN 1 CNY / KGM"),
        ),
        ("950450,mfn,1 %,Japan,,,,2026-01-01,,T", (2, "origins", "Japan")),
        ("950450,mfn,1 %,FTA22,JPN,,,2026-01-01,,T", (2, "excluded", "JPN")),
        ("950450,mfn,1 %,,,,,01.01.2026,,T", (2, "valid_from", "01.01.2026")),
        ("950450,mfn,1 %,,,,,2026-01-01,2026-01-01,T", (2, "valid_before", "2026-01-01")),
        ("950450,mfn,1 %,,,,,2026-01-01,,", (2, "source", "")),
        ("950450,mfn,1 %,,,,,2026-01-01,,T,more", (2, "last column", "")),
    ],
)
def test_a_fault_names_row_column_and_value(line, fault):
    assert faults(line) == [fault]


def test_all_faults_of_a_file_are_named_and_each_has_a_remedy():
    tariff = read(*cells("95,mfn,x,,,,,2026-01-01,,", DRUMS, DRUMS))

    assert [(fault.row, fault.column) for fault in tariff.faults] == [
        (2, "expression"),
        (2, "source"),
        (4, "hs_prefix"),
    ]
    assert all(fault.remedy for fault in tariff.faults)
    assert str(tariff.faults[1]) == "row 2, source “”: Say where the row comes from."


def test_headings_of_something_else_are_refused():
    with pytest.raises(TariffNotRead):
        read(["name", "price"], [])


def test_the_parameter_table_of_customs_gives_duty_vat_and_consumption_tax():
    headings = "CODE_T,CODE_S,G_NAME,LOW_RATE,HIGH_RATE,TAX_RATE,REG_RATE"
    rows = cells("33049900,10,护肤品,1,100,13,15", headings=headings)

    tariff = read(*rows, defaults=Defaults("2026-01-01", "COMPLEX"))

    assert [(m.hs_prefix, m.kind, m.expression) for _, m in tariff.measures] == [
        ("3304990010", "mfn", "1 %"),
        ("3304990010", "vat", "13 %"),
        ("3304990010", "consumption_tax", "15 %"),
    ]


def test_the_transcribed_tariff_book_is_read_and_agrees_with_the_table_that_ships():
    path = oracle("customs", "china", "tariff_2026_mfn_partial.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        tariff = read(reader.fieldnames, list(reader), defaults=Defaults("2026-01-01", "book"))

    assert tariff.faults == ()
    held = {(m.hs_prefix, m.kind): m.expression for _, m in tariff.measures}
    shipped = {
        (row["hs_code"], kind): f"{row[column]} %"
        for row in rates.table("duty_mfn_2026")
        for kind, column in (("mfn", "mfn_percent"), ("provisional", "provisional_percent"))
        if row[column]
    }
    assert held == shipped


@pytest.mark.django_db
def test_rows_are_taken_once_and_may_only_be_ended():
    first = services.load_tariff(CHINA, *cells(DRUMS))
    again = services.load_tariff(CHINA, *cells(DRUMS))
    ended = services.load_tariff(CHINA, *cells(DRUMS.replace(",,Tariff", ",2027-01-01,Tariff")))
    other = services.load_tariff(CHINA, *cells(DRUMS.replace("10 %", "12 %")))

    assert (first.new, again.known, ended.ended) == (1, 1, 1)
    assert [(fault.row, fault.column) for fault in other.faults] == [(2, "valid_before")]
    row = TariffMeasure.objects.get()
    assert (row.expression, row.valid_before) == ("10 % + 2 CNY / KGM", date(2027, 1, 1))


@pytest.mark.django_db
def test_one_fault_keeps_the_whole_file_out(tmp_path):
    path = tmp_path / "tariff.csv"
    path.write_text("\n".join([HEADINGS, DRUMS, "99,mfn,x,,,,,2026-01-01,,T"]), "utf-8")
    told = StringIO()

    with pytest.raises(CommandError, match="1 faults; nothing was loaded"):
        call_command("load_tariff", path, stderr=told)

    assert told.getvalue().startswith("row 3, expression “x”: Write it like")
    assert not TariffMeasure.objects.exists()


@pytest.mark.django_db
def test_a_loaded_file_says_how_many_rows_it_had(tmp_path):
    path = tmp_path / "tariff.csv"
    path.write_text("\n".join([HEADINGS, DRUMS]), "utf-8-sig")
    told = StringIO()

    call_command("load_tariff", path, stdout=told)

    assert told.getvalue() == "1 new, 0 known, 0 ended\n"


def measures_of(*lines):
    tariff = read(*cells(*lines), groups=frozenset({"FTA10"}))
    return tuple(measure for _, measure in tariff.measures)


def test_a_loaded_duty_by_value_and_weight_is_charged_on_one_dear_item():
    line = GoodsLine(1, "9504501100", 1, 600_000, net_weight_g=3_000)

    found = CHINA.assess(TaxCase((line,), measures=measures_of(DRUMS)), date(2026, 5, 1))

    # 10 % of 6,000.00 and 2.00 for each of 3 kg; VAT 13 % on 6,606.00
    assert found.regime is Regime.FULL
    assert (found.duty_minor, found.vat_minor) == (60_600, 85_878)
    assert found.steps[2].figures["rate_percent"] == "10 % + 2 CNY / KGM"


def test_loaded_consumption_tax_by_value_and_litre_is_levied_at_seventy_percent():
    spirits = "2208,consumption_tax,20 % + 1 CNY / LTR,,,,,2019-01-01,,Book"
    line = GoodsLine(1, "2208300000", 2, 20_000, quantities=(("LTR", 2),))

    found = CHINA.assess(TaxCase((line,), measures=measures_of(spirits)), date(2026, 5, 1))

    # K = (200.00 + 2.00) / 0.8 = 252.50; tax 50.50 + 2.00 at 70 %; VAT 13 % of 252.50 at 70 %
    assert found.consumption_tax_minor == 3_675
    assert found.vat_minor == 2_298


def test_a_preference_by_origin_lowers_full_duty_only_with_its_certificate():
    rows = measures_of(
        "1901,mfn,15 %,,,,,2026-01-01,,T", "1901,preference,0 %,FTA10,,Y10,,2026-01-01,,T"
    )

    def duty(**more):
        line = GoodsLine(1, "1901101000", 1, 600_000, **more)
        return CHINA.assess(TaxCase((line,), measures=rows), date(2026, 5, 1)).duty_minor

    assert duty(origin="NZ") == 90_000
    assert duty(origin="NZ", certificates=frozenset({"Y10"})) == 0
    assert duty(origin="DE", certificates=frozenset({"Y10"})) == 90_000


def test_an_order_is_assessed_again_by_the_rows_of_another_day(take):
    order = take(units=2, price_minor=25_000)

    assert services.assess_again(order.declaration, TODAY).vat_minor == 4_550
    assert services.assess_again(order.declaration, date(2019, 3, 31)).vat_minor == 5_600

    services.load_tariff(CHINA, *cells("1901,vat,9 %,,,,,2020-01-01,,T"))
    assert services.assess_again(order.declaration, TODAY).vat_minor == 3_150
    assert services.assess_again(order.declaration, date(2019, 12, 31)).vat_minor == 4_550
    assert order.declaration.vat_minor == 4_550
