"""Papers of the bonded zone as they are written, kept, found, and taken back."""

from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.db.models import F

from core import clock, documents, facts, jobs, tenancy
from core.domain.trade import from_minor
from core.models import Document, Job, Party, Pool
from customs.domain import zone
from customs.domain.entries import names_entry
from customs.domain.zone import STATES
from customs.jurisdictions.cn.messages.bonded_writing import (
    LIST,
    PASS,
    BondedMessage,
    Posting,
    from_parts,
    write_bonded,
)
from customs.jurisdictions.cn.messages.papers import Texts
from customs.jurisdictions.cn.messages.reading import read
from customs.models import Declaration, ListedGoods, ZonePaper
from imports.models import Consignment
from warehouse import services as warehouse

NAMES = {zone.LIST: LIST, zone.PASS: PASS}
_DELETE = {zone.LIST: "3", zone.PASS: "3"}
"""How a message says that a paper is to be deleted (``DclTypecd``)."""


def keep(
    kind: str,
    way: str,
    pool: Pool,
    message: BondedMessage,
    *,
    number: str,
    sender: str = "",
    card: str = "",
    account_book: str = "",
    consignment: Consignment | None = None,
) -> ZonePaper:
    """Store a paper as it is sent, sealed, and its row; the sender is the installation's."""
    return ZonePaper.objects.create(
        kind=kind,
        way=way,
        pool=pool,
        number=number,
        account_book=account_book,
        consignment=consignment,
        document=_store(f"{kind}/{number}", pool, message, number, sender, card),
        written_at=clock.now(),
    )


def _store(
    key: str, pool: Pool, message: BondedMessage, number: str, sender: str = "", card: str = ""
) -> Document:
    posting = Posting(
        number=number,
        sender=sender or settings.CUSTOMS_EXCHANGE_ID,
        card=card or settings.CUSTOMS_KEY_NAME,
        at=clock.now(),
    )
    return documents.store(
        key=f"customs.zone:{key}",
        content=write_bonded(message, posting),
        filename=f"{number}.xml",
        media_type="application/xml",
        owner=pool.keeper,
        subject=f"pool:{pool.pk}",
        is_sealed=True,
    )


def find(kind: str, number: str) -> ZonePaper | None:
    """The paper of a kind and number, if it was written here."""
    return ZonePaper.objects.filter(kind=kind, number=number).first() if number else None


def message_of(paper: ZonePaper) -> BondedMessage:
    """A paper as it was sent."""
    return from_parts(NAMES[paper.kind], read(documents.content(paper.document)).parts)


def lines_of(paper: ZonePaper) -> tuple[Texts, ...]:
    """The lines of a paper as they were sent."""
    return message_of(paper).lines


def print_key(paper: ZonePaper) -> str:
    """Under what the print of a paper as it is now is kept: a new one for each state."""
    entry = 2 if names_entry(paper.entry_no) else int(bool(paper.entry_no))
    has = f"{bool(paper.customs_no):d}{entry}"
    return f"customs.zone-print:{paper.pk}/{paper.state}/{has}"


def order_print(paper: ZonePaper) -> Job:
    """Ask for the print of a paper as it is now; asked again it is the same one."""
    return jobs.order("customs.print_zone_paper", key=print_key(paper), paper=paper.pk)


@transaction.atomic
def cancel(paper: ZonePaper) -> ZonePaper:
    """Take a paper back: write the message that asks customs to delete it.

    What customs has not approved is cancelled at once; what it has is when customs says so.
    Asked again it changes nothing.

    Raises:
        StepNotAllowed: the paper is refused, done, or cancelled already.
    """
    current = ZonePaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if current.cancellation_id:
        return current
    STATES.next(current.state, "cancel")
    number_field = "PassportNo" if current.kind == zone.PASS else "BondInvtNo"
    written = message_of(current)
    head = {**written.head, "DclTypecd": _DELETE[current.kind]}
    if current.customs_no:
        head[number_field] = current.customs_no
    key = f"{current.kind}-cancelled/{current.number}"
    current.cancellation = _store(
        key, current.pool, replace(written, head=head), f"{current.number}-D"
    )
    current.save(update_fields=["cancellation"])
    if current.state not in zone.WAITS:
        with tenancy.as_operator("cancel a paper of the zone"):
            move(current, zone.CANCELLED)
    return current


def move(paper: ZonePaper, state: str) -> bool:
    """Move a locked paper up to a state, free what a paper held that ends; whether it moved."""
    if zone.after_answer(paper.state, state) == paper.state:
        return False
    paper.state = state
    paper.save(update_fields=["state"])
    if state in (zone.REFUSED, zone.CANCELLED):
        ZonePaper.objects.filter(gate_pass=paper).update(gate_pass=None)
        _unload(paper)
        Declaration.objects.filter(exit_list=paper).update(exit_list=None)
    if state == zone.CANCELLED and paper.consignment is not None:
        warehouse.take_entry_back(paper.consignment, clock.today(), list_no=paper.number)
    facts.append(
        "customs.zone.moved",
        subject=f"{paper.kind}:{paper.number}",
        data={"pool": paper.pool_id, "kind": paper.kind, "number": paper.number, "state": state},
    )
    return True


def _unload(gate_pass: ZonePaper) -> None:
    """Let go of what a vehicle was given of a list that several share."""
    for load in gate_pass.loads.filter(is_held=True).order_by("goods_id"):
        ListedGoods.objects.filter(pk=load.goods_id).update(
            loaded_units=F("loaded_units") - load.units,
            loaded_gross_g=F("loaded_gross_g") - load.gross_g,
            loaded_net_g=F("loaded_net_g") - load.net_g,
        )
    gate_pass.loads.update(is_held=False)


def parties(pool: Pool) -> dict[str, str]:
    """Fields of a list that name who keeps, receives, declares and enters it."""
    keeper, operator = pool.keeper, pool.operator
    day = clock.today().strftime("%Y%m%d")
    return {
        **_party("Bizop", "BizopEtpsSccd", keeper),
        "RcvgdEtpsno": keeper.customs_code[:10],
        "RvsngdEtpsSccd": keeper.uscc,
        "RcvgdEtpsNm": named(keeper),
        **_party("Dcl", "DclEtpsSccd", operator),
        "InputCode": operator.customs_code[:10],
        "InputName": named(operator),
        "InputCreditCode": operator.uscc,
        "InputTime": day,
        "InvtDclTime": day,
    }


def _party(prefix: str, credit: str, party: Party) -> dict[str, str]:
    return {
        credit: party.uscc,
        f"{prefix}Etpsno": party.customs_code[:10],
        f"{prefix}EtpsNm": named(party),
    }


def named(party: Party) -> str:
    """A party's name as customs reads it."""
    return party.name_zh or party.name


def kilograms(grams: int) -> str:
    """Grams in kilograms with three decimals."""
    return f"{grams // 1000}.{grams % 1000:03}"


def amount(minor: int, currency: str) -> str:
    """Minor units as a plain decimal of the currency."""
    return f"{from_minor(minor, currency):f}"
