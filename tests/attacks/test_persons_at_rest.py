"""Files that hold persons, sent to whatever page takes files, and what is then kept of them."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from core import documents
from core.models import Document
from tests.attacks.examples import PAGES
from tests.attacks.world import besieged, standing

pytestmark = pytest.mark.django_db

ID_NUMBER, PHONE, NAME = "110105194912310038", "13912345678", "林订购"
KNOWN = (ID_NUMBER, PHONE, NAME)
HEADED = f"SKU,订购人身份证号,电话,姓名\r\n1,{ID_NUMBER},{PHONE},{NAME}\r\n"
BARE = f"{ID_NUMBER},{PHONE},{NAME}\r\n{ID_NUMBER},{PHONE},{NAME}\r\n"
PLANNED = f"SKU,Year,January\r\n{ID_NUMBER},{PHONE},{NAME}\r\n"
ANSWER = f"<CEB622Message><name>{NAME}</name><id>{ID_NUMBER}</id><tel>{PHONE}</tel></CEB622Message>"
SENT = [
    ("orders.csv", HEADED),
    ("orders.csv", BARE),
    ("plan.csv", PLANNED),
    ("answer.xml", ANSWER),
]
TAKERS = [
    ("importer", PAGES["imports/plan/uploads/"]),
    ("importer", PAGES["customs/orders/upload/"]),
    ("importer", PAGES["brand/"]),
    ("operator", PAGES["customs/batches/receipts/"]),
]


@pytest.fixture(autouse=True)
def own_documents(tmp_path, settings):
    settings.DOCUMENT_DIR = tmp_path / "documents"


@pytest.fixture
def world(own_documents, db):
    """A world of this test alone, whose documents lie in that folder."""
    return besieged()


def found_on_disk(folder):
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    assert files
    held = [path.read_bytes() for path in files]
    return [each for each in KNOWN for content in held if each.encode() in content]


def found_in_tables():
    """What stands in a row, also where the database keeps letters of JSON as escapes."""
    looks = {form: each for each in KNOWN for form in (each, repr(json.dumps(each)[1:-1])[1:-1])}
    return [
        (table, each)
        for table, rows in standing().items()
        for form, each in looks.items()
        if form in " ".join(rows)
    ]


def test_a_file_of_persons_sent_to_any_page_stands_nowhere_in_the_clear(world, settings):
    for name, text in SENT:
        for who, page in TAKERS:
            file = SimpleUploadedFile(name, text.encode())
            filled = {"year": "2025", "pool": world.pool.pk, "file": file, "logo": file}
            world.client(who).post(page.example(world), {**page.sends(world), **filled})

    assert Document.objects.filter(key__startswith="imports.forecast").count() == 4
    assert (found_on_disk(settings.DOCUMENT_DIR), found_in_tables()) == ([], [])


def test_a_print_kept_in_the_clear_names_no_buyer(world):
    prints = Document.objects.filter(media_type="application/pdf", is_sealed=False)
    prints = prints.filter(size__gt=200)
    buyer = ("11010519491231002X", "13800000000", "测试订购人", "测试收货人")

    texts = [
        page.extract_text()
        for each in prints
        for page in PdfReader(BytesIO(documents.content(each))).pages
    ]

    assert any("110105**********2X" in text for text in texts)
    assert [each for text in texts for each in buyer if each in text] == []
