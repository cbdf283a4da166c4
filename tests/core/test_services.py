"""Jobs, vault, documents, numbers, idempotency, tenancy, rates: one page of laws each."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import clock, documents, idempotency, jobs, numbering, rates, tenancy, vault
from core.models import Document, ExchangeRate, IdempotencyRecord, Job, Person
from core.models.vault import PersonIndex

# ---- jobs


@pytest.fixture
def counting_task(monkeypatch):
    """A task of three steps that counts how often it was stepped."""
    steps = []

    def step(job):
        steps.append(job.args["thing"])
        job.progress(min(len(steps), 3), 3, f"thing {len(steps)}")
        return len(steps) >= 3

    monkeypatch.setitem(jobs.registry, "test.count", step)
    return steps


def test_a_job_runs_step_by_step_to_its_end(db, counting_task):
    job = jobs.order("test.count", key="count:1", thing=5)

    assert jobs.run_until_idle() == 1

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.message) == ("done", 3, 3, "thing 3")
    assert counting_task == [5, 5, 5]


def test_the_same_key_orders_work_once(db, counting_task):
    assert jobs.order("test.count", key="k", thing=1) == jobs.order("test.count", key="k", thing=1)
    assert jobs.run_until_idle() == 1


def test_of_two_workers_one_gets_the_job(db, counting_task):
    job = jobs.order("test.count", key="k", thing=1)

    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_job_whose_worker_died_is_taken_up_after_its_lease(db, counting_task):
    job = jobs.order("test.count", key="k", thing=1)
    jobs.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert jobs.run(job.pk)
    assert Job.objects.get().state == "done"


def test_a_worker_that_lost_its_lease_stops_without_a_trace(db, monkeypatch):
    def step(job):
        Job.objects.update(lease_token="another worker")
        job.progress(1, 2)
        raise AssertionError("it went on")

    monkeypatch.setitem(jobs.registry, "test.slow", step)
    job = jobs.order("test.slow", key="k")

    assert not jobs.run(job.pk)
    assert Job.objects.get().done == 0


def test_a_failing_job_is_tried_again_and_parked_in_the_end(db, monkeypatch):
    def step(job):
        raise ValueError("no paper")

    monkeypatch.setitem(jobs.registry, "test.broken", step)
    job = jobs.order("test.broken", key="k")
    for _ in range(jobs.MOST_ATTEMPTS):
        Job.objects.update(run_after=None)
        jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.failure) == ("parked", "ValueError: no paper")
    assert jobs.retry(job.pk)


def test_work_ordered_in_a_transaction_that_fails_is_not_ordered(db, counting_task):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.order("test.count", key="k", thing=1)
        raise RuntimeError

    assert jobs.due() == []


# ---- vault

BUYER = {"name": "张小明", "id_number": "330106199001012318", "phone": "13812345678"}


def test_personal_data_is_nowhere_in_clear(db):
    person = vault.keep(BUYER)

    stored = bytes(person.sealed) + bytes(person.wrapped_key) + str(person.masked).encode()
    assert b"330106199001012318" not in stored
    assert "张小明".encode() not in stored
    assert vault.masked(person)["id_number"] == "330106**********18"


def test_the_same_identity_number_is_the_same_person(db):
    first = vault.keep(BUYER)

    assert vault.keep({**BUYER, "phone": "13900000000"}).pk == first.pk
    assert vault.find("id_number", "330106199001012318") == first
    assert vault.reveal(Person.objects.get(), "test")["phone"] == "13900000000"


SAME = {"name": "张明", "id_number": "330106199001012318"}
BY_MAIL = {"name": "王", "email": "Wang@kowhai.example"}
BOTH_WAYS = {"id_number": "110101199003070134", "email": "wang@kowhai.example", "phone": "1"}
NAMELESS = {"name": "收货人", "address": "路1号"}


@pytest.mark.parametrize("before", [[], [BUYER], [BY_MAIL, SAME]])
def test_people_kept_together_are_those_kept_one_after_another(db, before):
    rows = [BUYER, NAMELESS, SAME, BY_MAIL, NAMELESS, BOTH_WAYS, {"email": "w@kowhai.example"}]

    def left(keep_all):
        with transaction.atomic():
            for row in before:
                vault.keep(row)
            kept = keep_all(rows)
            first = min(person.pk for person in kept)
            people = list(Person.objects.order_by("pk"))
            index = [
                (row.person_id - first, row.field, bytes(row.digest))
                for row in PersonIndex.objects.order_by("field", "digest")
            ]
            transaction.set_rollback(True)
            return (
                [person.pk - first for person in kept],
                [(vault.reveal(person, "test"), person.masked) for person in people],
                index,
            )

    assert left(vault.keep_many) == left(lambda all_: [vault.keep(row) for row in all_])


def test_people_who_are_looked_for_together_are_those_found_alone(db):
    person = vault.keep(BUYER)

    found = vault.find_many("id_number", [BUYER["id_number"], "110101199003070134"])

    assert found == {vault.digest("id_number", BUYER["id_number"]): person}


def test_erasing_a_person_leaves_nothing_to_reveal(db):
    person = vault.keep(BUYER)

    vault.erase(person)

    person.refresh_from_db()
    assert vault.find("id_number", BUYER["id_number"]) is None
    assert vault.masked(person) == {}
    with pytest.raises(vault.PersonErased):
        vault.reveal(person, "test")


# ---- documents


def keep(content: bytes, **more: object) -> Document:
    fields = {"key": "k", "filename": "a.txt", "media_type": "text/plain", **more}
    return documents.store(content=content, **fields)


def test_a_document_reads_back_as_it_was_stored(db):
    assert documents.content(keep(b"declared")) == b"declared"


def test_the_same_document_is_stored_once(db):
    assert keep(b"declared").pk == keep(b"declared").pk


def test_a_key_never_gets_other_content(db):
    keep(b"declared")

    with pytest.raises(documents.DocumentDiffers):
        keep(b"changed")


def test_a_damaged_file_is_noticed_when_it_is_read(db):
    document = keep(b"something to damage", key="damage")
    path = Path(settings.DOCUMENT_DIR) / document.sha256[:2] / document.sha256
    path.write_bytes(b"damaged")

    with pytest.raises(documents.DocumentMissing):
        documents.content(document)


def test_a_sealed_document_is_not_readable_on_the_disk(db):
    document = keep(b"receipt of a buyer", key="sealed", is_sealed=True)
    path = Path(settings.DOCUMENT_DIR) / document.sha256[:2] / f"{document.sha256}.sealed"

    assert b"buyer" not in path.read_bytes()
    assert documents.content(document) == b"receipt of a buyer"


def test_a_full_disk_leaves_no_half_written_file(db, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.documents.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep(b"too much for the disk", key="full")

    assert not list(Path(settings.DOCUMENT_DIR).rglob(".new-*"))
    assert documents.find("full") is None


# ---- numbers


def test_numbers_run_without_a_gap_even_when_work_fails(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        numbering.next_number("PO", 2025)
        raise RuntimeError

    assert numbering.next_numbers("PO", 2025, 2) == ["PO-2025-000001", "PO-2025-000002"]
    assert numbering.next_number("PO", 2026) == "PO-2026-000001"


# ---- idempotency


def test_a_repeated_request_is_answered_and_not_repeated(db):
    calls = []

    def call():
        calls.append(1)
        return 201, {"order": "A1"}

    first = idempotency.once("orders", "k1", {"units": 2}, call)
    again = idempotency.once("orders", "k1", {"units": 2}, call)

    assert (first.status, first.is_replayed) == (201, False)
    assert (again.status, again.body, again.is_replayed) == (201, {"order": "A1"}, True)
    assert calls == [1]


def test_a_key_that_comes_back_with_another_request_is_refused(db):
    idempotency.once("orders", "k1", {"units": 2}, lambda: (201, None))

    with pytest.raises(idempotency.KeyUsedForOther):
        idempotency.once("orders", "k1", {"units": 3}, lambda: (201, None))


def test_a_refused_request_keeps_no_answer(db):
    def refuse():
        raise documents.DocumentDiffers(key="x")

    with pytest.raises(documents.DocumentDiffers):
        idempotency.once("orders", "k1", {}, refuse)

    assert IdempotencyRecord.objects.count() == 0


# ---- tenancy


def test_owned_rows_cannot_be_read_when_nobody_is_in_view():
    with pytest.raises(tenancy.NobodyInView):
        tenancy.OwnedManager().get_queryset()


# ---- rates


@pytest.fixture
def friday_rates(db):
    rates.load(
        [
            ("USD", date(2026, 10, 30), Decimal("1.1172")),
            ("CNY", date(2026, 10, 30), Decimal("7.4326")),
            ("JPY", date(2026, 10, 30), Decimal("175.68")),
        ]
    )


def test_a_rate_is_crossed_through_the_euro(friday_rates):
    mid = rates.mid("USD", "CNY", date(2026, 10, 30))

    assert mid.rate == Decimal("6.6528822055")
    assert mid.source == "ECB euro reference rates"


def test_on_a_weekend_the_last_fixing_counts_and_names_its_day(friday_rates):
    assert rates.mid("JPY", "CNY", date(2026, 11, 1)).on == date(2026, 10, 30)


def test_an_old_rate_is_refused(friday_rates):
    with pytest.raises(rates.RateTooOld):
        rates.mid("USD", "CNY", date(2026, 11, 7))


def test_a_converted_amount_is_rounded_once_half_up():
    mid = rates.Mid("USD", "CNY", Decimal("6.6528822055"), date(2026, 10, 30), "x")

    assert rates.convert_minor(100_00, mid) == 66529
    assert rates.convert_minor(-100_00, mid) == -66529


def test_loading_rates_again_adds_none(friday_rates):
    assert rates.load([("USD", date(2026, 10, 30), Decimal("1.1172"))]) == 0
    assert ExchangeRate.objects.count() == 3


def test_a_rate_is_positive(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(base="EUR", quote="USD", on=date(2026, 1, 1), rate=0)


# ---- clock


def test_simulated_time_ends_with_its_block():
    with clock.at(date(2025, 3, 1)):
        assert clock.today() == date(2025, 3, 1)
    assert clock.today() >= date(2026, 1, 1)
