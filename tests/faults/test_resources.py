"""Disks that fill, uploads that break off, clocks that go wrong, operators who meet."""

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from core import clock, documents, jobs, rates
from core.models import Document, Job
from fx_settlement.models import SettlementBatch
from imports.models import ForecastUpload
from tests.attacks.world import NOW, changed, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_disk(tmp_path):
    """Two megabytes of disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be made by a root who may mount one")
    with override_settings(DOCUMENT_DIR=folder / "documents"):
        yield folder
    subprocess.run(["umount", str(folder)], check=True)


def store(key, content):
    return documents.store(key=key, content=content, filename="f", media_type="x/y")


def files_in(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def test_a_full_disk_keeps_what_was_there_and_leaves_no_half_file(db, small_disk):
    kept = store("small", b"kept" * 1_000)
    before = files_in(small_disk)

    with pytest.raises(OSError, match="No space left"):
        store("large", os.urandom(3_000_000))

    assert files_in(small_disk) == before
    assert documents.content(kept) == b"kept" * 1_000
    assert Document.objects.filter(key="large").exists() is False


def test_work_on_a_full_disk_waits_and_ends_once_there_is_room(world, small_disk):
    small_disk.joinpath("documents").mkdir()
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 2_090_000)
    again = jobs.order("fx.print_statement", key="again", importer=world.importer.pk, year=2025,
                       language="zh-hans")  # fmt: skip
    jobs.run(again.pk)
    again.refresh_from_db()
    stopped = (again.state, "No space" in again.failure)

    filler.unlink()
    Job.objects.filter(pk=again.pk).update(run_after=None)
    jobs.run(again.pk)

    again.refresh_from_db()
    assert stopped == ("queued", True)
    assert again.state == "done"


class BrokenOff:
    """A body that ends in the middle, as when a line is cut."""

    def __init__(self, content):
        self.content = content

    def read(self, size=-1):
        """A first part, then the end of the line."""
        part, self.content = self.content[: max(size, 0)], self.content[max(size, 0) :]
        if not part:
            raise OSError("the line is cut")
        return part

    readline = read


def test_an_upload_that_breaks_off_stores_nothing(world):
    client = world.client("importer")
    begun = (
        b'--x\r\nContent-Disposition: form-data; name="year"\r\n\r\n2025\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\nSKU,Jan\r\n'
    )
    before = standing()

    answer = client.generic(
        "POST",
        "/imports/plan/uploads/",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": BrokenOff(begun), "CONTENT_LENGTH": str(len(begun) * 2)},
    )

    assert answer.status_code < 500
    assert changed(before) == []


def test_a_body_cut_short_of_its_length_is_no_failure(world):
    client = world.client("importer")
    before = ForecastUpload._base_manager.count()

    answer = client.generic(
        "POST",
        "/imports/plan/uploads/",
        data=b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\nSKU',
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code < 500
    assert ForecastUpload._base_manager.count() == before


@pytest.mark.parametrize("days", [-1, 1])
def test_leases_go_by_the_database_s_clock_not_by_the_worker_s(world, days):
    job = jobs.order("customs.build_batch", key="again", batch=world.batch.pk)
    with clock.at(NOW + timedelta(days=days)):
        jobs.claim(job.pk)

        assert jobs.claim(job.pk) is None
        assert job.pk not in jobs.due()


def test_work_ordered_by_a_clock_ahead_is_done_all_the_same(world):
    with clock.at(NOW + timedelta(days=1)):
        job = jobs.order("customs.build_batch", key="again", batch=world.batch.pk)

    jobs.run_until_idle()

    job.refresh_from_db()
    assert job.state == "done"


def test_the_change_to_summer_time_moves_no_day_of_the_pool(db):
    with clock.at(NOW.replace(month=3, day=30, hour=15, minute=59)):
        assert clock.today() == date(2025, 3, 30)
    with clock.at(NOW.replace(month=3, day=30, hour=16, minute=1)):
        assert clock.today() == date(2025, 3, 31)


def take(client, batch, step):
    batch.refresh_from_db()
    return client.post(
        f"/settlement/batches/{batch.pk}/{step}/", {"version": batch.version}
    ).status_code


def test_a_rate_of_eight_days_ago_settles_nothing(world):
    client = world.client("operator")
    assert take(client, world.settlement, "lock") == 302
    before = standing()

    with clock.at(NOW + timedelta(days=8)):
        assert take(client, world.settlement, "quote") == 422
        with pytest.raises(rates.RateTooOld):
            rates.mid("USD", "CNY", clock.today())

    assert changed(before) == []


def test_of_two_operators_at_one_batch_the_second_is_told_and_changes_nothing(world):
    first, second, batch = world.client("operator"), Client(), world.settlement
    second.force_login(world.users["operator"])
    seen = SettlementBatch.objects.get(pk=batch.pk).version
    path = f"/settlement/batches/{batch.pk}"
    first.post(f"{path}/lock/", {"version": seen})
    before = standing()

    answer = second.post(f"{path}/void/", {"version": seen})

    assert answer.status_code == 409
    assert "changed by somebody else" in answer.content.decode()
    assert changed(before) == []


def test_of_two_who_count_one_consignment_the_second_finds_it_counted(world):
    client, path = world.client("operator"), f"/warehouse/receipts/count/{world.awaited.pk}/"
    line = world.awaited.lines.get()
    counted = {
        "received_on": "2025-05-01", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1",
        "form-0-order_line": line.order_line_id, "form-0-good": "5", "form-0-damaged": "0",
        "form-0-short": "0", "form-0-lot_no": "L-9", "form-0-produced_on": "2025-01-01",
        "form-0-expires_on": "2027-01-01",
    }  # fmt: skip
    first = client.post(path, counted)
    before = standing()

    second = client.post(path, counted)

    assert (first.status_code, second.status_code) == (302, 404)
    assert changed(before) == []


def test_a_sheet_that_is_sent_twice_is_kept_once(world):
    client = world.client("importer")
    for _ in range(2):
        sheet = SimpleUploadedFile("plan.csv", b"SKU,Year\r\nnothing,2025\r\n")
        client.post("/imports/plan/uploads/", {"year": "2025", "file": sheet})

    assert Document.objects.filter(filename="plan.csv").count() == 1
