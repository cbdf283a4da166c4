"""Labels in batches: issued by a job, printed from the key, applied, void; and their panels."""

import csv
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from core import clock, facts, jobs, keys
from core.jobs import JobContext
from core.models import Fact, Job
from tests.conftest import party, user_of
from traceability import label_printing, label_sheets, labels, services
from traceability.domain.derived_codes import derived_code, derived_codes, pin_of
from traceability.models import CodeUse, LabelBatch, PinUse
from warehouse.models import UnitIdentity
from warehouse.services import LabelsNotIssued, MoreCodesThanUnits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day", "pool_in_view")]


@pytest.fixture
def batch(lot) -> LabelBatch:
    """Five labels of a lot, with panels, issued."""
    made = labels.order_labels(lot, 5, has_pin=True, request_key="five")
    jobs.run_until_idle()
    made.refresh_from_db()
    return made


@pytest.fixture
def operator_client(client, operator_user):
    client.force_login(operator_user)
    return client


def keyed(data: bytes) -> bytes:
    return keys.ring().hmac("codes", data)


def test_the_codes_of_a_batch_follow_from_its_number_and_the_key():
    once = list(derived_codes(keyed, "LB-2025-000001", 1, 4))

    assert once == [derived_code(keyed, "LB-2025-000001", n) for n in (1, 2, 3)]
    assert len({*once, *derived_codes(keyed, "LB-2025-000002", 1, 4)}) == 6
    assert [services.codes.read_code(code) for code in once] == once
    assert {len(pin_of(keyed, code)) for code in once} == {6}


def test_a_job_issues_what_was_ordered_and_the_database_keeps_no_code(batch, lot):
    issued = UnitIdentity.objects.filter(lot=lot)

    assert (batch.issued_units, batch.is_issued) == (5, True)
    assert labels.states(batch) == {"issued": 5}
    assert {bytes(row.code_hmac) for row in issued} == {
        services.code_hmac(each.label.code) for each in labels.printed(batch)
    }


def test_the_same_request_orders_once(batch, lot):
    again = labels.order_labels(lot, 5, has_pin=True, request_key="five")

    assert (again.pk, LabelBatch.objects.count()) == (batch.pk, 1)


def test_a_step_that_comes_twice_issues_no_label_twice(lot, monkeypatch):
    monkeypatch.setattr(labels, "AT_A_TIME", 2)
    made = labels.order_labels(lot, 5, request_key="steps")
    job = JobContext(jobs.claim(made.job_id))

    ended = [labels.issue_step(job) for _ in range(3)]
    Job.objects.filter(pk=made.job_id).update(state="queued", lease_token="")
    jobs.run_until_idle()

    assert ended == [False, False, True]
    made.refresh_from_db()
    assert (made.issued_units, labels.states(made)) == (5, {"issued": 5})


def test_more_labels_than_units_park_the_job_and_issue_none_too_many(lot):
    made = labels.order_labels(lot, lot.receipt_line.good + 1, request_key="many")

    jobs.run_until_idle()

    made.refresh_from_db()
    assert (made.job.state, made.issued_units) == ("parked", 0)
    assert MoreCodesThanUnits.code in made.job.failure
    assert not UnitIdentity.objects.exists()


def test_applied_labels_can_be_picked_and_spoilt_ones_never_count_again(batch):
    assert labels.apply(batch, 1, 3) == 3
    assert labels.void(batch, 3, 5) == 2

    assert labels.states(batch) == {"applied": 3, "void": 2}
    told = [(each.name, each.data.get("count")) for each in Fact.objects.order_by("pk")]
    assert told[-2:] == [("warehouse.units.commissioned", 3), ("warehouse.labels.voided", 2)]


def test_a_label_is_applied_once_and_a_refusal_applies_none(batch):
    labels.apply(batch, 1, 2)

    with pytest.raises(LabelsNotIssued, match="Of 3 labels 2 wait"):
        labels.apply(batch, 2, 4)

    assert labels.states(batch) == {"applied": 2, "issued": 3}


@pytest.mark.parametrize(("first", "last"), [(0, 2), (3, 2), (1, 6)])
def test_labels_outside_the_batch_are_refused(batch, first, last):
    with pytest.raises(labels.LabelsOutOfRange, match="labels 1 to 5"):
        labels.apply(batch, first, last)


def test_nothing_is_printed_before_all_is_issued(lot):
    made = labels.order_labels(lot, 2, request_key="early")

    with pytest.raises(labels.LabelsNotReady, match="0 of 2"):
        labels.printed(made)


def test_the_sheet_shows_each_code_with_its_symbol(batch):
    printed = list(labels.printed(batch))

    text = PdfReader(BytesIO(label_printing.as_pdf(printed, "LB"))).pages[0].extract_text()
    drawn = label_sheets.as_svg(printed).decode()

    for each in printed:
        assert each.label.code_shown in text
        assert f"PIN {each.pin}" in text
        assert each.label.code_shown in drawn
    assert drawn.count("<g transform") == 10


def test_the_files_are_the_operator_s_alone(operator_client, batch, client):
    base = f"/labels/{batch.pk}/"
    table = operator_client.get(f"{base}labels.csv").content.decode()
    told = list(csv.DictReader(StringIO(table)))

    assert [row["code"] for row in told] == [x.label.code for x in labels.printed(batch)]
    assert operator_client.get(f"{base}sheets-1.pdf").content.startswith(b"%PDF")
    assert operator_client.get(f"{base}sheet-1.svg")["Content-Type"] == "image/svg+xml"
    assert operator_client.get(f"{base}sheets-2.pdf").status_code == 404
    client.force_login(user_of(party("operator", "rival"), "operator"))
    assert client.get(f"{base}labels.csv").status_code == 404


def test_an_operator_orders_and_applies_labels_on_the_pages(operator_client, lot):
    sent = {"lot_id": lot.pk, "units": 2, "key": "page"}

    ordered = operator_client.post("/labels/", sent)
    jobs.run_until_idle()
    made = LabelBatch.objects.get()
    used = operator_client.post(f"{ordered.url}use/", {"first": 1, "last": 2, "step": "apply"})
    wrong = operator_client.post(f"{ordered.url}use/", {"first": 1, "last": 9, "step": "apply"})

    assert ordered.url == f"/labels/{made.pk}/"
    assert (used.status_code, labels.states(made)) == (302, {"applied": 2})
    assert (wrong.status_code, "labels 1 to 2" in wrong.content.decode()) == (422, True)
    assert made.number in operator_client.get("/labels/").content.decode()


def test_a_panel_tells_whether_it_was_scratched_before(client, batch):
    labels.apply(batch, 1, 5)
    facts.sequence()
    each = next(labels.printed(batch))
    address = f"/t/{each.label.code}/pin"

    said = [client.post(address, {"pin": digits}).content.decode() for digits in ("0", each.pin)]
    with clock.at(clock.now().replace(year=2026)):
        later = client.post(address, {"pin": each.pin}).content.decode()

    assert "does not belong to this code" in said[0]
    assert "nobody entered it before you" in said[1]
    assert "was entered before" in later
    assert (PinUse.objects.count(), CodeUse.objects.count()) == (1, 0)


def test_digits_cannot_be_guessed(client, batch):
    each = next(labels.printed(batch))
    answers = [client.post(f"/t/{each.label.code}/pin", {"pin": "x"}) for _ in range(6)]
    last = client.post(f"/t/{each.label.code}/pin", {"pin": each.pin})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert (last.status_code, PinUse.objects.count()) == (429, 0)


def test_digits_for_a_code_of_nobody_say_no_more_than_the_page(client, lot):
    stranger = derived_code(keyed, "of nobody", 1)

    answer = client.post(f"/t/{stranger}/pin", {"pin": "123456"})

    assert (answer.status_code, "PIN" in answer.content.decode()) == (404, False)


def test_a_range_of_labels_is_recalled_by_its_numbers(operator_client, batch):
    sent = {"gtin": batch.lot.product.gtin, "lot": "", "reason": "Wrong date", "number": "RC-7"}
    codes = [each.label.code for each in labels.printed(batch)]

    missing = operator_client.post("/recalls/", {**sent, "codes": "LB-2025-000009 1-2"})
    outside = operator_client.post("/recalls/", {**sent, "codes": "LB-2025-000001 4-6"})
    made = operator_client.post("/recalls/", {**sent, "codes": f"lb-2025-000001 2 – 3\n{codes[4]}"})

    assert (missing.status_code, outside.status_code, made.status_code) == (422, 422, 302)
    states = {
        code: UnitIdentity.objects.get(code_hmac=services.code_hmac(code)).state for code in codes
    }
    assert [states[code] for code in codes] == [
        *("issued", "recalled", "recalled", "issued", "recalled")
    ]
