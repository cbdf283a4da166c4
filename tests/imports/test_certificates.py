"""An importer's certificate of a round: counterfactual, rule, assumptions, sum check."""

import shutil
import subprocess

import pytest
from django.urls import reverse
from django.utils import translation

from core import documents, jobs
from core.tenancy import acting_for
from imports import certificate_words, services
from imports.domain.certificate import OrderSum
from imports.printing import print_certificate
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")


@pytest.fixture
def round_(pool, importer, stranger, supplier, serum):
    """Two importers that reach a tier together which neither reaches alone."""
    factories.offer(supplier, serum, {1: "10.00", 100: "8.00"}, pack_units=12)
    factories.plan(importer, serum, m04=58)
    factories.plan(stranger, serum, m04=44)
    found = factories.quarter(pool)
    services.consolidate_round(found)
    return found


def test_a_certificate_says_what_is_paid_and_what_alone_would_cost(round_, importer):
    made = services.certificate(round_, importer)

    # alone 60 and 48 units at 10.00; together 108 at 8.00, at 7 CNY for a dollar
    assert made.alone_minor == 4_200_00
    (line,) = made.lines
    assert (line.asked_units, line.units, line.alone_units) == (58, 58, 60)
    assert (line.alone_supplier, line.alone_minor) == ("Serum-House", 4_200_00)
    assert line.paid_minor == made.cost_minor
    assert made.saved_minor == line.saved_minor == 4_200_00 - made.cost_minor
    assert [(each.currency, str(each.rate)) for each in made.rates] == [("USD", "7.0000000000")]


def test_the_shares_of_all_add_up_to_the_orders_also_as_one_importer_sees_it(
    round_, importer, stranger
):
    with acting_for(importer):
        made = services.certificate(round_, importer)

    assert made.orders == [OrderSum("PO-2026-000001", "Serum-House", "USD", 864_00, 864_00)]
    assert made.adds_up
    costs = [services.certificate(round_, each).cost_minor for each in (importer, stranger)]
    assert sum(costs) == 864_00 * 7


def test_carriage_is_an_estimate_that_names_every_row_behind_it(round_, importer, tariffs):
    made = services.certificate(round_, importer)

    carriage = made.carriage
    assert 0 < carriage.pooled_minor < carriage.alone_minor
    assert carriage.alone_low_minor <= carriage.alone_minor <= carriage.alone_high_minor
    assert {row.key for row in carriage.rows} >= {"AES_FILING", "AGENT_MIN"}
    assert carriage.trust == "assumed"


def test_without_tariffs_carriage_is_not_estimated_and_the_certificate_says_so(round_, importer):
    made = services.certificate(round_, importer)

    assert made.carriage is None
    assert "carriage is not estimated" in certificate_words.carriage_note(made)


def test_who_has_no_share_has_no_certificate(pool, importer, supplier, serum, round_, operator):
    assert services.certificate(round_, operator) is None


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Sum of all shares"), ("zh-hans", "全部份额合计")]
)
def test_a_certificate_is_printed_in_the_readers_language(
    language, words, round_, importer, tariffs, tmp_path
):
    with translation.override(language):
        pdf = print_certificate(services.certificate(round_, importer))

    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(pdf.content)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert words in text
    assert "PO-2026-000001" in text


def test_an_importer_reads_its_certificate_and_takes_the_file_with_it(
    client, importer_user, round_, importer
):
    client.force_login(importer_user)
    page = client.get(reverse("imports:certificate", args=[round_.pk])).content.decode()
    assert "Serum 1" in page
    assert "Stranger" not in page
    file = reverse("imports:certificate_pdf", args=[round_.pk])
    assert client.get(file).status_code == 404

    assert client.post(reverse("imports:print_certificate", args=[round_.pk])).status_code == 302
    jobs.run_until_idle()

    answer = client.get(file)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    job = services.certificate_job(round_, importer, language="en")
    assert documents.content(job.result) == answer.content


@pytest.mark.parametrize("products", [1, 10])
def test_a_certificate_costs_as_many_queries_for_many_products(
    products, pool, importer, supplier, django_assert_max_num_queries
):
    for number in range(products):
        of = factories.product(number + 10)
        factories.offer(supplier, of)
        factories.plan(importer, of, m04=1)
    found = factories.quarter(pool)
    services.consolidate_round(found)

    with django_assert_max_num_queries(12):
        assert len(services.certificate(found, importer).lines) == products
