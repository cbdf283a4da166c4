import csv
import hashlib
import json
import zipfile
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from core import documents, jobs
from core.models import Document, Fact
from customs import services
from customs.jurisdictions.cn.messages.reading import read
from customs.models import DeclarationBatch
from customs.services import batch_files
from tests.customs.shop import OTHER_BUYER
from tests.customs.test_views import get, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(take, stocked):
    """A batch of two declarations whose files are made."""
    batch = services.declare_batch(stocked, [take(1), take(2, buyer=OTHER_BUYER)], request_key="b1")
    jobs.run_until_idle()
    batch.refresh_from_db()
    return batch


def archive(batch):
    return zipfile.ZipFile(BytesIO(documents.content(batch.archive)))


def test_the_archive_holds_each_print_the_merged_one_the_summary_and_a_manifest(built):
    assert built.state == "built"
    assert archive(built).namelist() == [
        "merged.pdf",
        "summary.xlsx",
        "summary.csv",
        "messages/CEB621-1.xml",
        "declarations/DEC-2025-000001.pdf",
        "declarations/DEC-2025-000002.pdf",
        "manifest.json",
    ]


def test_the_manifest_names_the_hash_of_every_file(built):
    packed = archive(built)
    manifest = json.loads(packed.read("manifest.json"))

    assert manifest["batch"] == "DB-2025-000001"
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: hashlib.sha256(packed.read(name)).hexdigest()
        for name in packed.namelist()
        if name != "manifest.json"
    }


def test_the_merged_print_has_an_entry_for_each_declaration(built):
    merged = PdfReader(BytesIO(archive(built).read("merged.pdf")))

    assert [entry.title for entry in merged.outline] == [
        "Cover 封面  DB-2025-000001",
        "DEC-2025-000001  SH-0001",
        "DEC-2025-000002  SH-0002",
    ]


def test_a_print_shows_goods_taxes_and_the_buyer_masked(built):
    single = PdfReader(BytesIO(archive(built).read("declarations/DEC-2025-000002.pdf")))
    text = single.pages[0].extract_text()

    for shown in ("婴儿配方奶粉", "2 罐", "1.6 千克", "500.00", "45.50", "110101**********34"):
        assert shown in text
    assert OTHER_BUYER.id_number not in text


def test_the_summary_has_a_row_for_each_declaration_with_its_taxes(built):
    sheet = load_workbook(BytesIO(archive(built).read("summary.xlsx"))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))

    assert [(row[0], row[5], row[10]) for row in rows] == [
        ("DEC-2025-000001", 1, 22.75),
        ("DEC-2025-000002", 2, 45.5),
    ]


def test_the_summary_comes_as_plain_text_too_with_the_same_rows(built):
    packed = archive(built)
    sheet = load_workbook(BytesIO(packed.read("summary.xlsx"))).active
    text = packed.read("summary.csv").decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))

    assert lines[0] == [cell.value for cell in sheet[1]]
    assert [line[0] for line in lines[1:]] == ["DEC-2025-000001", "DEC-2025-000002"]
    assert [line[10] for line in lines[1:]] == ["22.75", "45.50"]


def test_the_cover_adds_up_what_the_batch_declares(built):
    text = PdfReader(BytesIO(archive(built).read("merged.pdf"))).pages[0].extract_text()

    for shown in ("DB-2025-000001", "DEC-2025-000002", "750.00", "68.25"):
        assert shown in text
    assert OTHER_BUYER.id_number not in text


def test_a_download_that_broke_off_goes_on_where_it_stopped(built, broker_user):
    whole = get(broker_user, "archive", built.pk)
    rest = signed_in(broker_user).get(
        reverse("customs:archive", args=[built.pk]), headers={"Range": "bytes=100-"}
    )

    assert (whole.status_code, rest.status_code) == (200, 206)
    assert rest.content == whole.content[100:]
    assert Fact.objects.filter(name="customs.batch.downloaded").count() == 2


def test_the_job_ends_with_the_archive_as_its_result(built):
    assert (built.job.state, built.job.done, built.job.total) == ("done", 4, 4)
    assert built.job.result_id == built.archive_id


def test_building_again_makes_no_file_and_tells_no_fact_twice(built):
    before = Document.objects.count()
    built.job.state = "queued"
    built.job.save()

    jobs.run_until_idle()

    assert Document.objects.count() == before


def test_work_that_was_interrupted_goes_on_where_it_stopped(take, stocked, monkeypatch):
    monkeypatch.setattr(batch_files, "AT_A_TIME", 1)
    batch = services.declare_batch(stocked, [take(1), take(1, buyer=OTHER_BUYER)], request_key="b1")
    job = jobs.claim(batch.job_id)
    printed = []
    print_one = batch_files.printing.print_sheet
    monkeypatch.setattr(
        batch_files.printing,
        "print_sheet",
        lambda form, sheet: printed.append(sheet.number) or print_one(form, sheet),
    )

    batch_files.build_step(jobs.JobContext(job), batch.pk)
    job.refresh_from_db()
    halfway = (job.done, job.total, list(printed))
    job.state = "queued"
    job.save()
    jobs.run_until_idle()

    assert halfway == (1, 4, ["DEC-2025-000001"])
    assert printed == ["DEC-2025-000001", "DEC-2025-000002"]
    assert DeclarationBatch.objects.get().state == "built"


def test_the_same_entries_give_the_same_archive_to_the_byte(built):
    entries = [("a.txt", b"one"), ("b.txt", b"two")]

    assert batch_files.archive_of(built, entries) == batch_files.archive_of(built, entries)


def test_prints_lie_in_the_archive_as_they_are_and_texts_deflated(built):
    packed = {entry.filename: entry for entry in archive(built).infolist()}

    kinds = {name.rpartition(".")[2]: entry.compress_type for name, entry in packed.items()}
    assert kinds == {
        "pdf": zipfile.ZIP_STORED,
        "xlsx": zipfile.ZIP_STORED,
        "csv": zipfile.ZIP_DEFLATED,
        "xml": zipfile.ZIP_DEFLATED,
        "json": zipfile.ZIP_DEFLATED,
    }


def test_the_declarations_are_there_as_xml_with_the_buyers_in_clear_and_nowhere_else(built):
    packed = archive(built)
    said = {name: packed.read(name) for name in packed.namelist()}
    clear = OTHER_BUYER.id_number.encode()

    assert [name for name, content in said.items() if clear in content] == ["messages/CEB621-1.xml"]
    papers = read(said["messages/CEB621-1.xml"]).message.papers
    assert [paper.head["copNo"] for paper in papers] == ["DEC-2025-000001", "DEC-2025-000002"]


def test_files_that_name_buyers_are_kept_sealed(built):
    sealed = Document.objects.filter(is_sealed=True).values_list("key", flat=True)

    assert sorted(key.partition("/")[2] for key in sealed) == [
        "archive.zip",
        "messages/CEB621-1.xml",
    ]


def test_the_manifest_says_what_a_broker_has_to_mend_before_sending(built):
    (message,) = json.loads(archive(built).read("manifest.json"))["messages"]

    assert (message["name"], message["papers"]) == ("messages/CEB621-1.xml", 2)
    assert (message["is_signed"], message["is_valid"]) == (False, False)
    assert {(each["code"], each["path"].rpartition("/")[2]) for each in message["findings"]} == {
        ("wrong-length", "assureCode")
    }
