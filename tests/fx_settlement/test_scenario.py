"""A pool's own payments played again over rates on record or in a file."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from core import rates
from fx_settlement import queries, services

MONDAY = date(2024, 1, 1)


@pytest.fixture
def replayed(owed):
    """1 USD = 7.2 CNY, and 7.272 from 28 March 2024 on: the pool's order comes on 10 March."""
    for number in range(660):
        day = MONDAY + timedelta(days=number)
        if day.weekday() < 5:
            is_late = day.year == 2024 and day >= date(2024, 3, 28)
            rates.load(
                [("USD", day, Decimal(1)), ("CNY", day, Decimal("7.272" if is_late else "7.2"))]
            )
    return owed


def played(*more):
    out = io.StringIO()
    call_command("settle_scenario", *more, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_the_command_plays_the_pools_own_obligations_over_rates_on_record(replayed):
    said = played("--from", "2024-01-01", "--to", "2025-06-30")

    # 783.33 + 391.67 USD on 10 (a Sunday, so 11) March 2024, and again on 10 March 2025
    assert (said["pool"], said["orders"], said["left_out"]) == (replayed.pool.code, 4, 0)
    by = {(each["convert"], each["pay"]): each for each in said["choices"]}
    assert by["each", "each"]["value_minor"] == 2 * 8_460_00
    assert [by["each", "each"][name] for name in ("wires", "fee_minor")] == [4, 4 * 200_00]
    # both importers' orders in one wire a year; 2024's at 7.272: CNY 84.60 more, and its margin
    monthly = by["monthly", "monthly"]
    assert [monthly[name] for name in ("wires", "fee_minor", "drift_minor")] == [2, 400_00, 84_60]
    assert (monthly["worst_month"], monthly["worst_month_drift_bps"]) == ("2024-03", "100.0")
    assert by["daily", "monthly"]["drift_minor"] == 0
    assert monthly["saved_minor"] == 800_00 + 84_60 - 400_00 - 85_02


@pytest.mark.django_db
def test_the_command_reads_a_file_and_refuses_by_name_what_it_cannot_play(
    replayed, tmp_path, capsys
):
    file = tmp_path / "rates.csv"
    days = [date(2010, 1, 4) + timedelta(days=number) for number in range(200)]
    file.write_text("Date,USD,CNY\n" + "".join(f"{day},1,6.8\n" for day in days))

    said = played("--rates", str(file), "--convert", "weekly", "--pay", "monthly")

    assert said["choices"][-1]["convert"] == "weekly"
    assert said["choices"][0]["value_minor"] == 7_990_00
    with pytest.raises(SystemExit):
        call_command("settle_scenario", "--pool", "nowhere", "--json")
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no-such-pool"
    with pytest.raises(SystemExit):
        call_command("settle_scenario", "--convert", "monthly", "--pay", "daily")
    assert "monthly" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_credit_note_is_taken_off_and_the_cost_of_reading_does_not_grow(
    replayed, django_assert_max_num_queries
):
    owed = queries.owed_by_day(replayed.pool)

    assert {each.importer: each.amount_minor for each in owed} == {
        replayed.a.pk: 783_33,
        replayed.b.pk: 391_67,
    }
    with django_assert_max_num_queries(5):
        services.play_scenario(replayed.pool, date(2024, 1, 1), date(2025, 6, 30))


def test_the_operators_page_shows_the_certain_apart_from_the_drift(replayed, maker, client):
    client.force_login(maker)

    page = client.get("/settlement/scenario/?first=2024-01-01&last=2025-06-30").content.decode()

    assert page.count('<svg class="chart"') == 2
    assert "CN¥484.58" not in page
    assert "CN¥399.58" in page
    assert "CN¥84.60" in page
    assert client.get("/settlement/scenario/?first=2025-01-01&last=2024-01-01").status_code == 422
    empty = client.get("/settlement/scenario/?first=2024-06-01&last=2024-06-30").content.decode()
    assert "nothing-to-replay" in empty
