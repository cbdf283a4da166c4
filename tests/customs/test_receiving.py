"""Files of receipts: any order, any number of times, ZIP or not; each answer to its declaration."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from core import documents, tenancy
from core.models import Document, Fact, Party, Role
from customs import services, views
from customs.domain.packages import (
    MOST_BYTES,
    MOST_FILES,
    PackageTooLarge,
    PackageUnreadable,
    unpack,
)
from customs.models import CustomsReceipt, Declaration
from customs.services import receiving
from tests.conftest import party, user_of
from tests.customs.shop import OTHER_BUYER
from tests.customs.test_views import get, signed_in

pytestmark = pytest.mark.django_db

FIRST, SECOND = "DEC-2025-000001", "DEC-2025-000002"
INVT_NO = "310520259000000001"


def answers(*said):
    """A receipt file: (number, status, time of 1 May 2025 in Beijing, text) each."""
    inside = "".join(
        f"<InventoryReturn><copNo>{number}</copNo><preNo>B{number[-6:]}</preNo>"
        f"<invtNo>{INVT_NO if status == '800' else ''}</invtNo>"
        f"<returnStatus>{status}</returnStatus><returnTime>20250501{time}000</returnTime>"
        f"<returnInfo>{text}</returnInfo></InventoryReturn>"
        for number, status, time, text in said
    )
    return (
        "<CEB622Message xmlns='http://www.chinaport.gov.cn/ceb' guid='g' version='1.0'>"
        f"{inside}</CEB622Message>"
    ).encode()


TAKEN_IN = (FIRST, "120", "094000", "海关入库")
RELEASED = (FIRST, "800", "095000", "放行")
REFUSED = (SECOND, "100", "095500", "-621018 超过年度限额")


def packed(**files):
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.xml", content)
    return whole.getvalue()


@pytest.fixture
def batch(take, stocked):
    """Two declarations made at 9:30 in Beijing that customs has not answered."""
    return services.declare_batch(stocked, [take(1), take(2, buyer=OTHER_BUYER)], request_key="b1")


def states():
    with tenancy.as_operator("test"):
        return list(Declaration.objects.order_by("cop_no").values_list("state", flat=True))


def figures(received):
    return (received.matched, received.repeated, list(received.unknown), len(received.refused))


def test_answers_reach_their_declarations_whatever_their_order(batch, broker):
    content = packed(later=answers(REFUSED, RELEASED), earlier=answers(TAKEN_IN))

    received = services.receive_file(broker, "receipts.zip", content)

    assert figures(received) == (3, 0, [], 0)
    assert states() == ["released", "refused"]
    with tenancy.as_operator("test"):
        assert Declaration.objects.get(cop_no=FIRST).invt_no == INVT_NO
        assert Declaration.objects.get(cop_no=SECOND).error_code == "-621018"


def test_the_same_file_again_changes_nothing(batch, broker):
    content = answers(TAKEN_IN, TAKEN_IN, RELEASED)

    first = services.receive_file(broker, "a.xml", content)
    second = services.receive_file(broker, "a.xml", content)

    assert figures(first) == (2, 1, [], 0)
    assert figures(second) == (0, 3, [], 0)
    with tenancy.as_operator("test"):
        assert CustomsReceipt.objects.count() == 2
    assert first.document == second.document


def test_a_look_at_the_goods_and_a_hold_are_facts_on_the_way_to_release(batch, broker):
    looked_at = (FIRST, "500", "094500", "查验")
    held = (FIRST, "600", "094700", "挂起")

    services.receive_file(broker, "a.xml", answers(TAKEN_IN, looked_at, held, RELEASED))

    told = Fact.objects.filter(name__startswith="customs.declaration.", data__cop_no=FIRST)
    assert [f.name.rpartition(".")[2] for f in told.order_by("pk")] == [
        *("declared", "accepted", "inspected", "held", "released")
    ]


def test_an_answer_that_names_only_customs_own_number_finds_its_declaration(batch, broker):
    services.receive_file(broker, "a.xml", answers(RELEASED))
    later = answers(RELEASED).replace(f"<copNo>{FIRST}</copNo>".encode(), b"")

    received = services.receive_file(broker, "b.xml", later.replace(b">800<", b">899<"))

    assert figures(received) == (1, 0, [], 0)
    assert states() == ["closed", "declared"]


def test_an_answer_from_a_clock_that_runs_late_is_taken_for_the_attempt_that_it_names(
    batch, broker
):
    received = services.receive_file(broker, "a.xml", answers((FIRST, "120", "085900", "")))

    assert figures(received) == (1, 0, [], 0)
    assert states() == ["accepted", "declared"]


def test_declarations_of_another_broker_are_unknown_and_stay_untouched(batch):
    rival = party(Party.Kind.BROKER, "rival")

    received = services.receive_file(rival, "a.xml", answers(RELEASED))

    assert figures(received) == (0, 0, [FIRST], 0)
    assert states() == ["declared", "declared"]


def test_the_operator_of_the_pool_may_bring_receipts_too(batch, operator):
    assert figures(services.receive_file(operator, "a.xml", answers(RELEASED))) == (1, 0, [], 0)


def test_a_file_that_cannot_be_read_is_named_with_its_reason_and_the_others_are_taken(
    batch, broker
):
    content = packed(good=answers(RELEASED), cut=answers(RELEASED)[:-9], odd=b"<invoice/>")

    received = services.receive_file(broker, "all.zip", content)

    assert [(each.name, each.refusal.code) for each in received.refused] == [
        ("cut.xml", "not-xml"),
        ("odd.xml", "message-not-known"),
    ]
    assert received.matched == 1


def test_an_answer_without_a_time_or_of_an_unknown_status_is_named_and_not_followed(batch, broker):
    timeless = answers(TAKEN_IN).replace(b"20250501094000000", b"")
    strange = answers((SECOND, "777", "094000", ""))

    received = services.receive_file(broker, "all.zip", packed(a=timeless, b=strange))

    assert sorted(each.refusal.code for each in received.refused) == [
        "answer-time-missing",
        "unknown-return-code",
    ]
    assert states() == ["declared", "declared"]


def test_a_negative_status_is_the_reason_of_the_refusal(batch, broker):
    services.receive_file(broker, "a.xml", answers((FIRST, "-621005", "094000", "超过单笔限额")))

    with tenancy.as_operator("test"):
        refused = Declaration.objects.get(cop_no=FIRST)
    assert (refused.state, refused.error_code) == ("refused", "-621005")


def test_more_answers_than_are_followed_at_once_are_refused_as_a_whole(batch, broker, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_ANSWERS", 1)

    with pytest.raises(receiving.TooManyAnswers):
        services.receive_file(broker, "a.xml", answers(TAKEN_IN, RELEASED))
    assert states() == ["declared", "declared"]


def test_many_answers_are_looked_up_some_at_a_time(batch, broker, monkeypatch):
    monkeypatch.setattr(receiving, "AT_A_TIME", 1)

    assert figures(
        services.receive_file(broker, "a.xml", answers(TAKEN_IN, RELEASED, REFUSED))
    ) == (
        3,
        0,
        [],
        0,
    )


def test_receipts_of_other_papers_are_kept_and_not_followed(batch, broker):
    content = (
        answers(RELEASED)
        .replace(b"CEB622", b"CEB624")
        .replace(b"InventoryReturn", b"InvtCancelReturn")
    )

    received = services.receive_file(broker, "a.xml", content)

    assert (received.kept, figures(received)) == (1, (0, 0, [], 0))
    assert states() == ["declared", "declared"]


def test_a_file_is_kept_sealed_as_it_came_and_the_log_knows_its_figures(batch, broker):
    content = answers(RELEASED, ("DEC-2025-999999", "800", "095000", ""))

    received = services.receive_file(broker, "a.xml", content)

    kept = Document.objects.get(pk=received.document.pk)
    assert (kept.is_sealed, documents.content(kept)) == (True, content)
    fact = Fact.objects.get(name="customs.receipts.received")
    assert fact.data == {"document": kept.pk, "matched": 1, "unknown": 1, "refused": 0}


def test_a_package_of_too_much_or_broken_is_refused_as_a_whole():
    with pytest.raises(PackageTooLarge):
        list(unpack("a.zip", packed(**{f"f{n}": b"" for n in range(MOST_FILES + 1)})))
    with pytest.raises(PackageTooLarge):
        list(unpack("a.zip", packed_bomb()))
    with pytest.raises(PackageUnreadable):
        list(unpack("a.zip", packed(a=b"x" * 100)[:60]))


def packed_bomb():
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"0" * 26_000_000)
    return whole.getvalue()


def upload(user, content, name="receipts.xml"):
    return signed_in(user).post(
        reverse("customs:receipts"), {"file": SimpleUploadedFile(name, content)}
    )


def test_a_broker_sees_what_became_of_the_file_that_it_uploaded(batch, broker_user):
    content = packed(good=answers(RELEASED, ("DEC-2025-999999", "800", "0950", "")), odd=b"<a/>")

    page = upload(broker_user, content, "all.zip").content.decode()

    assert "What was in the file" in page
    assert "DEC-2025-999999" in page
    assert "odd.xml" in page
    assert "that is no message here" in page
    assert states() == ["released", "declared"]


def test_a_zip_cut_short_is_refused_on_the_page_and_changes_nothing(batch, broker_user):
    whole = packed(good=answers(RELEASED))

    page = upload(broker_user, whole[:-40], "cut.zip")

    assert page.status_code == 422
    assert "“cut.zip” is damaged or locked by a password." in page.content.decode()
    assert states() == ["declared", "declared"]
    assert not Document.objects.filter(key__startswith="customs.received").exists()


class Endless(UploadedFile):
    """A hundred megabytes that count how much of them was read."""

    def __init__(self):
        super().__init__(None, "huge.xml", "application/xml", 100_000_000)
        self.taken = 0

    def read(self, size=-1):
        taken = self.size if size < 0 else size
        self.taken += taken
        return bytes(taken)


def test_of_a_hundred_megabytes_no_more_is_read_than_shows_that_it_is_too_much(batch, broker_user):
    request = RequestFactory().post(reverse("customs:receipts"))
    request.user, huge = broker_user, Endless()
    request._files = MultiValueDict({"file": [huge]})
    request._post = QueryDict()

    with pytest.raises(PackageTooLarge):
        views.receipts(request)

    assert huge.taken == MOST_BYTES + 1
    assert states() == ["declared", "declared"]


def test_a_form_without_a_file_says_so(batch, broker_user):
    page = signed_in(broker_user).post(reverse("customs:receipts")).content.decode()

    assert "This field is required." in page


def test_an_importer_cannot_bring_receipts(batch, importer_user):
    assert upload(importer_user, answers(RELEASED)).status_code == 404
    assert states() == ["declared", "declared"]


def test_a_rival_broker_changes_nothing_by_uploading(batch):
    rival = user_of(party(Party.Kind.BROKER, "rival"), Role.BROKER)

    assert upload(rival, answers(RELEASED)).status_code == 200
    assert states() == ["declared", "declared"]


def test_the_page_of_batches_offers_the_upload(batch, broker_user):
    assert reverse("customs:receipts") in get(broker_user, "batches").content.decode()
