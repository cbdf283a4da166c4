"""Samples: of lots complained about, one at a time, judged once by a report, told in public."""

from datetime import timedelta

import pytest

from core import clock, tenancy
from traceability import complaints, sampling
from traceability.complaints import Wrong
from traceability.models import EpcisEvent, Sample
from traceability.sampling import SampleJudged, SampleOpen, SampleTooLarge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day", "pool_in_view")]

WRONG = Wrong("quality", "It smells.")


@pytest.fixture
def sold(way):
    way.sell(way.codes[0], way.codes[1])
    return way


def complain(code, times=1):
    for _ in range(times):
        complaints.complain(code, WRONG, at=clock.now(), address="203.0.113.7")


def named(operator):
    since = clock.now() - timedelta(days=90)
    return [(s.lot.number, s.complaints) for s in sampling.suspects(operator, since=since)]


def test_complaints_name_the_lot_until_a_sample_is_drawn_and_new_ones_name_it_again(sold, operator):
    complain(sold.codes[0], 2)
    before = named(operator)
    with clock.at(clock.now() + timedelta(hours=1)):
        sample = sampling.draw(sold.lot, 3, operator=operator, by="user:1")
        after = named(operator)
    with clock.at(clock.now() + timedelta(hours=2)):
        complain(sold.codes[1])
        again = named(operator)

    assert (before, after, again) == ([("SP-25-0917", 2)], [], [("SP-25-0917", 3)])
    assert (sample.number, sample.cause, sample.complaints) == ("SM-2025-000001", "complaint", 2)


def test_no_more_is_drawn_than_is_there_and_one_sample_is_open_at_a_time(way, operator):
    for units in (0, 101):
        with pytest.raises(SampleTooLarge, match="100 units"):
            sampling.draw(way.lot, units, operator=operator, by="user:1")
    sampling.draw(way.lot, 100, operator=operator, by="user:1")

    with pytest.raises(SampleOpen, match="SP-25-0917"):
        sampling.draw(way.lot, 1, operator=operator, by="user:1")
    assert Sample.objects.count() == 1


def test_a_finding_rests_on_a_report_stays_and_becomes_events(way, operator):
    sample = sampling.draw(way.lot, 3, operator=operator, by="user:1")
    told = {"has_passed": False, "finding": "Too much iron", "by": "user:1"}
    with pytest.raises(SampleJudged):
        sampling.judge(sample, report=" ", **told)
    sampling.judge(sample, report="LAB-7", **told)
    with pytest.raises(SampleJudged, match="SM-2025-000001"):
        sampling.judge(sample, report="LAB-8", **{**told, "has_passed": True})
    way.project()

    steps = EpcisEvent.objects.filter(kind__in=("sampled", "judged"))
    assert list(steps.values_list("biz_step", flat=True)) == ["sampling", "inspecting"]
    assert [(f.has_passed, f.report) for f in sampling.findings(way.lot)] == [(False, "LAB-7")]


def test_the_operator_draws_and_judges_on_its_pages_and_anybody_reads_the_finding(
    sold, operator, operator_user, client
):
    complain(sold.codes[0])
    client.force_login(operator_user)
    lot = {"lot_id": sold.lot.pk}
    assert "SP-25-0917" in client.get("/complaints/").content.decode()
    assert client.post("/samples/", {**lot, "units": 5000}).status_code == 422

    made = client.post("/samples/", {**lot, "units": 2})
    with tenancy.as_operator("test"):
        sample = Sample.objects.get()
    assert made["Location"] == f"/samples/{sample.pk}/"
    said = {"verdict": "failed", "report": "LAB-7", "finding": ""}
    assert client.post(made["Location"], said).status_code == 302
    assert "/recalls/?gtin=09520123456788" in client.get(made["Location"]).content.decode()
    page = client.get("/p/09520123456788/SP-25-0917").content.decode()
    assert ("did not meet the requirements" in page, "LAB-7" in page) == (True, True)
