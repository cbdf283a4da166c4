"""An officer looks by a signed link for a time: everything but people, and every look recorded."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, facts, links, sheets, tenancy
from core.domain.leaf import leaf_bytes
from core.domain.merkle import leaf_hash
from core.models import Fact, Pool
from customs import inspection_queries, services
from customs.models import Declaration, InspectionGrant
from customs.services import inspecting
from tests.customs.shop import BUYER, ORDERED_AT
from tests.customs.test_views import get, signed_in
from warehouse.models import Lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(take, stocked):
    """One declaration that customs let go after 25 minutes, and one that it refused."""
    orders = [take(2), take(1)]
    services.declare_batch(stocked, orders, request_key="1")
    with tenancy.as_operator("test"):
        made = {row.order_id: row for row in Declaration.objects.all()}
    at = made[orders[0].pk].declared_at
    services.receive_answer(made[orders[0].pk], "800", at + timedelta(minutes=25), invt_no="I1")
    services.receive_answer(made[orders[1].pk], "-621018", at + timedelta(minutes=5))
    return made[orders[0].pk]


@pytest.fixture
def granted(stocked, operator):
    return inspecting.grant(stocked, office="Ningbo customs", days=7, by=operator)


def where(granted, page="overview", *more):
    return reverse(f"inspection:{page}", args=[inspecting.token(granted), *more])


def text(address):
    answered = Client().get(address)
    assert answered.status_code == 200, answered.content.decode()[:300]
    return answered.content.decode()


def looks():
    return list(
        Fact.objects.filter(name="customs.inspection.looked")
        .order_by("pk")
        .values_list("data__page", flat=True)
    )


def test_an_office_sees_stock_declarations_and_trail_and_each_look_is_recorded(granted, released):
    facts.sequence()
    overview = text(where(granted))
    assert all(said in overview for said in ("Ningbo customs", "L3105B25A001", "婴儿配方奶粉"))
    assert '<td class="num">100</td><td class="num">2</td>' in text(where(granted, "stock"))
    assert "DEC-2025-000001" in text(where(granted, "declarations"))
    page = text(where(granted, "declaration", released.pk))
    assert all(said in page for said in ("1901101000", "customs.declaration.released", "800"))
    assert '<td class="num">25</td>' in text(where(granted, "times"))

    assert looks()[:4] == ["overview", "stock", "declarations", "declaration"]
    assert BUYER.id_number not in page + overview


def test_a_link_ends_with_its_time_or_when_it_is_withdrawn(granted, operator_user):
    other = inspecting.token(granted)[:-2] + "xx"
    assert Client().get(reverse("inspection:overview", args=[other])).status_code != 200
    with pytest.raises(links.LinkNotValid):
        inspecting.look(other, "overview")

    signed = inspecting.token(granted)
    with clock.at(ORDERED_AT + timedelta(days=8)), pytest.raises(inspecting.GrantEnded):
        inspecting.look(signed, "overview")
    signed_in(operator_user).post(reverse("customs:end-inspection", args=[granted.pk]))
    with pytest.raises(inspecting.GrantEnded):
        inspecting.look(signed, "overview")
    assert looks() == []
    assert Fact.objects.filter(name="customs.inspection.ended").count() == 1


@pytest.mark.parametrize("days", [0, 31])
def test_a_grant_lasts_a_month_at_most(stocked, operator, days):
    with pytest.raises(inspecting.GrantTooLong):
        inspecting.grant(stocked, office="x", days=days, by=operator)

    assert not InspectionGrant.objects.exists()


def test_the_evidence_proves_itself_and_names_nobody(granted, released):
    facts.sequence()
    answered = Client().get(where(granted, "evidence") + "?first=2025-05-01&last=2025-05-01")

    with zipfile.ZipFile(io.BytesIO(answered.content)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    rows = list(csv.DictReader(io.StringIO(files["declarations.csv"].decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["released", "refused"]
    told = [json.loads(line) for line in files["facts.jsonl"].splitlines()]
    assert "customs.declaration.released" in {fact["name"] for fact in told}
    for fact in told:
        said = {key: fact[key] for key in ("name", "at", "subject", "actor", "data")}
        leaf = leaf_bytes(**said, salt=bytes.fromhex(fact["salt"]))
        assert leaf_hash(leaf).hex() == fact["leaf_sha256"]
    assert all(BUYER.name.encode() not in content for content in files.values())
    assert all(BUYER.id_number.encode() not in content for content in files.values())


def test_a_pack_takes_no_more_than_it_can_hold(granted, released, monkeypatch):
    monkeypatch.setattr(inspecting, "MOST_IN_A_PACK", 1)
    day = clock.today()

    with tenancy.as_operator("test"), pytest.raises(inspecting.PackTooLarge):
        inspecting.evidence(granted.pool, day, day)


def test_the_operator_makes_a_link_and_reads_release_times(stocked, released, operator_user):
    made = signed_in(operator_user).post(
        reverse("customs:inspections"), {"pool": stocked.pk, "office": "Auditor", "days": "3"}
    )
    assert made.status_code == 302
    page = get(operator_user, "inspections").content.decode()
    assert all(said in page for said in ("Auditor", "/inspection/", "Withdraw"))
    file = get(operator_user, "times-file", "xlsx")
    sheet = sheets.read("t.xlsx", file.content)
    row = dict(zip(sheet.headings, sheet.rows[0], strict=True))
    assert (row["HS code"], row["Declared"], row["Released"], row["Usual, minutes"]) == (
        "1901101000",
        "2",
        "1",
        "25",
    )


def test_release_times_cost_one_query(stocked, released, django_assert_num_queries):
    with tenancy.as_operator("test"), django_assert_num_queries(1):
        (told,) = inspection_queries.times([stocked])

    assert (told.declared, told.released, told.refused, told.usual_minutes) == (2, 1, 1, 25)


@pytest.fixture
def another(pool, operator):
    """A pool in which nothing was declared, and a link to it."""
    other = Pool.objects.create(
        code="other-2025",
        year=2025,
        operator=operator,
        keeper=operator,
        broker=operator,
        port="CNNGB",
    )
    return inspecting.grant(other, office="Elsewhere", days=1, by=operator)


def test_a_link_to_one_pool_shows_nothing_of_another(released, another):
    with tenancy.as_operator("test"):
        lot = Lot.objects.order_by("pk").first()
    closed = [
        where(another, "declaration", released.pk),
        where(another, "lot", lot.pk),
    ]

    assert [Client().get(address).status_code for address in closed] == [404, 404]
    assert "DEC-2025-000001" not in text(where(another, "declarations"))
    found = text(where(another, "declarations") + "?number=DEC-2025-000001")
    assert "No declaration." in found
    assert lot.number not in text(where(another, "stock"))
    pack = Client().get(where(another, "evidence") + "?first=2025-05-01&last=2025-05-31")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as files:
        assert files.read("facts.jsonl") == b""
        assert b"DEC-2025" not in files.read("declarations.csv")


def test_days_that_are_none_give_no_evidence(granted):
    for query in ("", "?first=2025-05-01", "?first=x&last=y"):
        assert Client().get(where(granted, "evidence") + query).status_code == 404


def test_another_operator_neither_sees_nor_ends_a_grant(granted, stranger_user, operator_user):
    for user in (stranger_user,):
        assert get(user, "inspections").status_code == 404
        ended = signed_in(user).post(reverse("customs:end-inspection", args=[granted.pk]))
        assert ended.status_code == 404
    granted.refresh_from_db()
    assert granted.ended_at is None
