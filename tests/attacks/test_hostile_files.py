"""Files that are made to exhaust, to mislead or to escape: refused quickly, nothing kept."""

import csv
import json
import resource
import time
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from core import documents, jobs, sheets, tenancy
from core.models import Document, Party
from customs.models import OrderSheet
from imports.models import ForecastUpload, Product
from tests.attacks.world import changed, standing

pytestmark = pytest.mark.django_db

PLAN, ORDERS = "/imports/plan/uploads/", "/customs/orders/upload/"
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|'/C calc'!A0",
    "＝1+1",
    "\x00=1",
]
BOUND_MB = 100


def packed(**parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def sheet_with(xml, **parts):
    """A workbook as spreadsheet programs write it, but for the XML of its sheet."""
    plain = BytesIO(sheets.write_xlsx([sheets.SheetOut("1", ["SKU"], [["A"]])]))
    out = BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, xml if part.filename.endswith("sheet1.xml") else content)
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">%s]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&%s;</t></is></c></row></sheetData></worksheet>"""
LAUGHS = b"".join(
    b'<!ENTITY %c "%s">' % (ord("b") + n, b"&%c;" % (ord("a") + n) * 10) for n in range(9)
)

HOSTILE = {
    "a bomb of one part": ("plan.xlsx", packed(xl__a=b"0" * 60_000_000)),
    "a bomb of many parts": ("plan.xlsx", packed(**{f"xl__{n}": b"x" for n in range(200)})),
    "an archive in an archive": ("plan.xlsx", packed(inner=packed(a=b"0" * 1_000_000))),
    "a million columns": ("plan.csv", b"a," * 1_000_000),
    "no sheet at all": ("plan.xlsx", packed(word__document=b"<x/>")),
    "laughs": ("plan.xlsx", sheet_with(ENTITIES % (LAUGHS, b"j"))),
    "a picture": ("plan.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00"),
    "a program": ("plan.xlsx", b"MZ\x90\x00"),
    "a page": ("plan.html", b"<script>alert(1)</script>"),
    "half a workbook": ("plan.xlsx", sheets.write_xlsx([])[:100]),
    "nothing": ("plan.csv", b""),
    "quotes without end": ("plan.csv", b'"' + b"a" * 3_000_000),
    "zeros": ("plan.csv", b"\0" * 3_000_000),
}


@pytest.fixture
def importer_client(importer_user):
    client = Client(raise_request_exception=False)
    client.force_login(importer_user)
    return client


def send(client, name, content, path=PLAN, **more):
    file = SimpleUploadedFile(name, content)
    return client.post(path, {"year": "2025", "file": file, **more})


@pytest.mark.parametrize("path", [PLAN, ORDERS])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second_and_nothing_is_kept(
    importer_client, pool, what, path
):
    name, content = HOSTILE[what]
    send(importer_client, "warm.csv", b"SKU", path, pool=pool.pk)
    before, most = standing(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()

    answer = send(importer_client, name, content, path, pool=pool.pk)

    assert (answer.status_code, changed(before)) == (422, [])
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < BOUND_MB * 1024


def test_an_entity_that_points_at_a_file_is_never_read(importer_client, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret of the house")
    entity = f'<!ENTITY b SYSTEM "{secret.as_uri()}">'.encode()

    answer = send(importer_client, "plan.xlsx", sheet_with(ENTITIES % (entity, b"b")))

    assert b"the secret of the house" not in answer.content
    with tenancy.as_operator("test"):
        assert "secret" not in str(list(ForecastUpload.objects.values_list("errors", flat=True)))


@pytest.mark.parametrize("path", ["/sign-in/", PLAN, "/api/v1/orders", "/forgotten/"])
def test_a_body_of_a_gigabyte_is_declined_before_any_of_it_is_read(db, path):
    class Unread:
        """A body that fails when somebody reads it."""

        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    answer = Client().generic(
        "POST", path, **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(1_000_000_000)}
    )

    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5_000, "1e9"])
def test_a_length_that_is_none_is_a_bad_request(db, length):
    answer = Client(raise_request_exception=False).generic(
        "POST", "/forgotten/", CONTENT_LENGTH=length
    )

    assert answer.status_code == 400


def test_a_sheet_of_nothing_but_faults_is_answered_with_the_first_of_them(importer_client):
    rows = b"\r\n".join(b"X%d" % n + b",x" * 12 for n in range(20_000))
    headings = b"SKU,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\r\n"

    answer = send(importer_client, "plan.csv", headings + rows)

    assert answer.status_code == 302
    jobs.run_until_idle()
    with tenancy.as_operator("test"):
        upload = ForecastUpload.objects.latest("pk")
    assert (len(upload.errors), upload.fault_count) == (500, 260_000)
    assert len(importer_client.get(answer["Location"]).content) < 500_000


def test_a_cell_without_end_is_shown_by_its_beginning(importer_client):
    answer = send(importer_client, "plan.csv", b"SKU," + b"x" * 100_000 + b"\r\n1,2\r\n")

    assert len(importer_client.get(answer["Location"]).content) < 50_000


NAMES = [
    "../../etc/passwd.csv",
    "..\\..\\windows\\win.csv",
    "/etc/passwd.csv",
    "C:\\autoexec.csv",
    "~/.ssh/keys.csv",
    "....//....//x.csv",
    "%2e%2e%2fx.csv",
    "x\x00.csv",
    "x\r\nSet-Cookie: a=b.csv",
    'x".csv',
    "x'; DROP TABLE core_document;--.csv",
    "<script>alert(1)</script>.csv",
    "$(reboot).csv",
    "`id`.csv",
    "|calc.csv",
    "CON.csv",
    ".csv",
    "x" * 300 + ".csv",
    "\u202egnp.csv",
    "表格📈.csv",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_a_name_and_leads_nowhere(importer, importer_client, name):
    folder = Path(settings.DOCUMENT_DIR)
    before = {path for path in folder.parent.rglob("*") if path.is_file()}

    made = documents.store(
        key=f"x/{len(name)}", content=name.encode(), filename=name[-200:].replace("\x00", ""),
        media_type="text/csv", owner=importer,
    )  # fmt: skip
    answer = send(importer_client, name, b"SKU,x\r\n" + name.encode() + b"\r\n")

    new = {path for path in folder.parent.rglob("*") if path.is_file()} - before
    assert documents.content(made) == name.encode()
    assert {path.parent.parent for path in new} == {folder}
    assert {len(path.name.removesuffix(".sealed")) for path in new} == {64}
    assert answer.status_code in (302, 422)
    assert b"<script>alert(1)</script>" not in importer_client.get("/imports/plan/").content


def test_a_document_is_handed_out_as_a_file_that_no_browser_runs(world):
    for who, path in (
        ("broker", f"/customs/batches/{world.batch.pk}/archive/"),
        ("importer", "/settlement/statement/2025/pdf/"),
        ("importer", "/imports/plan/template.csv"),
    ):
        answer = world.client(who).get(path)

        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "\n" not in answer.headers["Content-Disposition"]


def test_a_link_in_an_archive_is_a_part_like_any_other(importer_client):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert send(importer_client, "plan.xlsx", out.getvalue()).status_code == 422


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_text_of_a_product_becomes_a_formula_in_the_template(importer_client, importer, kind):
    for number, text in enumerate(FORMULAS):
        Product.objects.create(
            gtin=f"{number:014d}", sku=f"S-{number}", name=text.replace("\x00", ""), name_zh="x",
            hs_code="3304990099", origin="NZ", net_weight_g=1, gross_weight_g=1, volume_cm3=1,
            declared_unit="011", statutory_unit="035", statutory_qty_per_unit=1,
        )  # fmt: skip

    content = importer_client.get(f"/imports/plan/template.{kind}").content

    assert live_formulas(kind, content) == []


def live_formulas(kind, content):
    """Cells that a spreadsheet program would run."""
    if kind == "csv":
        cells = [cell for row in csv.reader(StringIO(content.decode("utf-8-sig"))) for cell in row]
        return [cell for cell in cells if cell[:1] in "=+-@\t\r＝＋－＠" and cell]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets_in = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    return [xml for xml in sheets_in if b"<f>" in xml or b"<f " in xml]


def test_no_name_becomes_a_formula_in_the_summary_of_a_batch(world):
    Party.objects.filter(pk=world.importer.pk).update(name="=HYPERLINK(1)")
    key = f"customs.batch:{world.batch.pk}/summary.xlsx"
    content = documents.content(Document.objects.get(key=key))

    assert live_formulas("xlsx", content) == []
    assert load_workbook(BytesIO(content)).active["A1"].data_type == "s"


def test_a_sheet_of_orders_without_headings_does_not_keep_whose_they_are(importer_client, pool):
    person = "11010519491231002X"
    cells = f"SH-1,mall,测试,{person},13800000000\r\nSH-2,mall,测试,{person},13800000000\r\n"

    send(importer_client, "orders.csv", cells.encode(), ORDERS, pool=pool.pk)
    send(importer_client, "plan.csv", cells.encode())

    with tenancy.as_operator("test"):
        rows = (OrderSheet, ForecastUpload)
        kept = json.dumps([each.objects.latest("pk").errors for each in rows])
    assert kept.count("forecast-heading-unknown") == 10
    assert person not in kept
    assert "13800000000" not in kept
