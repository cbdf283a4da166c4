"""The tariff table as it is loaded."""

import pytest
from django.core.management import call_command

from imports import queries, services
from imports.domain.tariffs import Case, Trust
from imports.models import TariffRow

pytestmark = pytest.mark.django_db


def test_the_table_is_loaded_once_however_often_the_command_runs(capsys):
    call_command("load_costs")
    TariffRow.objects.filter(key="KCN_THC_40").update(price=1)
    call_command("load_costs")

    assert TariffRow.objects.count() == 150
    assert TariffRow.objects.get(key="KCN_THC_40").price == 1_250
    assert capsys.readouterr().out.split() == ["150", "tariffs", "150", "tariffs"]


def test_rows_of_the_database_read_like_rows_of_the_file(tariffs, django_assert_num_queries):
    with django_assert_num_queries(2):
        book = queries.tariff_book()

    air = book["AIR_INTO_CN_DEMO"]
    assert [(str(start), str(price)) for start, price in air.breaks] == [
        ("45", "2.78"),
        ("100", "2.44"),
        ("300", "2.16"),
    ]
    assert air.trust is Trust.ASSUMED
    assert book["INS_SEA"].price_at(Case.LIKELY) * 100 == 20
    assert book["INS_SEA"].is_midpoint
    assert book["LCL_DEST_CFS_DEMO"].minimum_quantity == 1


def test_every_assumed_price_says_so_and_every_other_names_its_source(tariffs):
    rows = TariffRow.objects.values_list("key", "trust", "source")

    assert [key for key, trust, source in rows if trust != "assumed" and not source] == []


def test_a_row_that_cannot_be_read_changes_nothing(tariffs, tmp_path):
    table = tmp_path / "tariffs.csv"
    lines = services.tariffs.TABLE.read_text(encoding="utf-8").splitlines()
    wrong = lines[1].replace("list-price", "hearsay")
    table.write_text("\n".join([lines[0], wrong]), encoding="utf-8")

    with pytest.raises(ValueError, match="hearsay"):
        services.load_tariffs(table)
    assert TariffRow.objects.count() == 150
