"""Whose order it was stands in the vault and nowhere else."""

import json
import logging
from pathlib import Path

import pytest
from django.test import Client

from core import jobs, logs, vault
from core.models import Fact, Job, Person
from tests.attacks.examples import PAGES
from tests.attacks.test_money import order_of, send
from tests.attacks.world import SIGNED_IN, besieged, standing
from tests.customs.shop import BUYER, OTHER_BUYER

pytestmark = pytest.mark.django_db

CLEAR = [BUYER.id_number, OTHER_BUYER.id_number, BUYER.phone, OTHER_BUYER.phone, BUYER.name]
CLEAR += ["测试收货人", "13900000000", "测试省测试市测试路1号"]


@pytest.fixture(autouse=True)
def own_documents(tmp_path, settings):
    """Documents of this test alone, so that what is found is what it wrote."""
    settings.DOCUMENT_DIR = tmp_path / "documents"


@pytest.fixture
def world(own_documents, db):
    """A world of this test alone, whose documents lie in that folder."""
    return besieged()


def found_in(text):
    return [each for each in CLEAR if each in text]


def test_no_table_of_the_database_holds_a_person_in_the_clear(world):
    assert [table for table, rows in standing().items() if found_in(" ".join(rows))] == []


def test_no_file_of_the_documents_holds_an_identity_number_or_a_phone(world, settings):
    folder = Path(settings.DOCUMENT_DIR)
    numbers = [each.encode() for each in CLEAR if each.isascii()]

    files = [path for path in folder.rglob("*") if path.is_file()]

    assert files
    assert [path for path in files for each in numbers if each in path.read_bytes()] == []


def test_no_log_line_holds_a_person_even_when_work_fails_over_one(world, caplog):
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logging.getLogger().addHandler(handler)
    caplog.set_level(logging.INFO)

    def fall_over(_job):
        raise ValueError(f"cannot read {BUYER.id_number} of {BUYER.phone}")

    jobs.task("test.fall_over")(fall_over)
    job = jobs.order("test.fall_over", key="x")
    jobs.run(job.pk)
    vault.reveal(Person.objects.first(), "test")
    send(world, order_of(world, order_no="API 1!"))
    logging.getLogger().removeHandler(handler)

    written = "\n".join(logs.JsonLines().format(record) for record in records)
    assert "revealed person" in written
    assert found_in(written) == []
    assert found_in(Job.objects.get(pk=job.pk).failure) == []


def test_facts_and_the_arguments_of_work_carry_ids_only(world):
    told = json.dumps(list(Fact.objects.values_list("data", flat=True)), ensure_ascii=False)
    asked = json.dumps(list(Job.objects.values_list("args", flat=True)), ensure_ascii=False)

    assert (found_in(told), found_in(asked)) == ([], [])
    assert all(
        isinstance(value, int | str | list | bool | None)
        for args in Job.objects.values_list("args", flat=True)
        for value in args.values()
    )


IN_CLEAR = {
    "customs/papers/<int:pk>/messages/<int:step>/",
    "customs/corrections/<int:pk>/message/",
    "customs/guard/<int:pk>/report.xlsx",
}
"""Messages and reports to customs: the one place where the law asks for whole numbers."""


def test_no_page_shows_an_identity_number_or_a_phone(world):
    shown = []
    for who in SIGNED_IN:
        client = world.client(who)
        for where, page in PAGES.items():
            if page.reads and who in page.who and where not in IN_CLEAR:
                text = client.get(page.example(world)).content.decode(errors="replace")
                shown += [(who, where, each) for each in found_in(text)]

    assert shown == []


def test_an_order_page_shows_the_buyer_masked(world):
    page = world.client("importer").get(f"/customs/orders/{world.order.pk}/").content.decode()

    assert "110105**********2X" in page


def test_a_refusal_of_a_person_does_not_repeat_the_person(world):
    wrong = "110105194912310021"
    person = {"name": "测试", "id_number": wrong, "phone": "13800000000"}

    answer = send(world, order_of(world, buyer=person))

    assert answer.status_code == 422
    assert wrong not in answer.content.decode()


def test_an_order_sent_through_the_api_leaves_nobody_in_what_is_kept_to_answer_again(world):
    assert send(world, order_of(world)).status_code == 201

    assert [table for table, rows in standing().items() if found_in(" ".join(rows))] == []


def test_whoever_was_erased_is_gone_from_the_vault_and_its_index(world):
    person = vault.find("id_number", BUYER.id_number)

    vault.erase(person)
    person.refresh_from_db()

    assert vault.find("id_number", BUYER.id_number) is None
    with pytest.raises(vault.PersonErased):
        vault.reveal(person, "test")
    page = world.client("importer").get(f"/customs/orders/{world.order.pk}/")
    assert page.status_code == 200


def test_a_mail_address_is_kept_sealed_and_no_letter_that_waits_names_it(world):
    Client().post("/forgotten/", {"email": "lin@kowhai.example"})

    assert "lin@kowhai.example" not in str(standing())
