"""What the warehouse does: the commands that later stages, pages and tasks may give."""

from warehouse.domain.receiving import ReceivedLine
from warehouse.services.allocating import allocate
from warehouse.services.booking import NoAccountBook, open_book
from warehouse.services.charging import RateTerms, accrue, enter_rate, estimate_job, post_month
from warehouse.services.claiming import answer_claim, insurer_named, keep_photo, make_claim
from warehouse.services.costing import carry
from warehouse.services.dispatching import (
    NotYoursToDispatch,
    SameReferenceOtherGoods,
    cancel_dispatch,
    dispatch,
)
from warehouse.services.entering import (
    EntryExpectedOtherwise,
    NotCountedYet,
    accept_entry,
    enter_expected,
    expect_entry,
    items_of,
    take_entry_back,
)
from warehouse.services.identities import MoreCodesThanUnits, code_hmac, commission_units
from warehouse.services.labelling import (
    LabelsNotIssued,
    apply_labels,
    issue_labels,
    labels_by_state,
    void_labels,
)
from warehouse.services.papers import Paper, approve, draw_up, execute, withdraw
from warehouse.services.recalling import Blocked, block_lots, block_units
from warehouse.services.receiving import AlreadyReceived, receive
from warehouse.services.reserving import (
    SameRequestOtherGoods,
    TakenMeanwhile,
    expire_reservations,
    has_expired,
    lock_stock,
    on_hand,
    release_reservation,
    reserve,
    reserve_picked,
)
from warehouse.services.rules import last_day_from, last_days_from
from warehouse.services.sending import (
    CodesDoNotMatch,
    CodeUnknown,
    CodeUsed,
    pick,
    pick_many,
    ship,
    ship_many,
)
from warehouse.services.stowing import add_shelves, move_pallet, new_pallet, open_warehouse, stow
from warehouse.services.transferring import Sale, transfer_many, transfer_ownership
from warehouse.services.writing_off import (
    Booking,
    SameReferenceOtherUnits,
    book_actual_out,
    book_expect_out,
    book_many,
    book_release_out,
)

__all__ = [
    "AlreadyReceived",
    "Blocked",
    "Booking",
    "CodeUnknown",
    "CodeUsed",
    "CodesDoNotMatch",
    "EntryExpectedOtherwise",
    "LabelsNotIssued",
    "MoreCodesThanUnits",
    "NoAccountBook",
    "NotCountedYet",
    "NotYoursToDispatch",
    "Paper",
    "RateTerms",
    "ReceivedLine",
    "Sale",
    "SameReferenceOtherGoods",
    "SameReferenceOtherUnits",
    "SameRequestOtherGoods",
    "TakenMeanwhile",
    "accept_entry",
    "accrue",
    "add_shelves",
    "allocate",
    "answer_claim",
    "apply_labels",
    "approve",
    "block_lots",
    "block_units",
    "book_actual_out",
    "book_expect_out",
    "book_many",
    "book_release_out",
    "cancel_dispatch",
    "carry",
    "code_hmac",
    "commission_units",
    "dispatch",
    "draw_up",
    "enter_expected",
    "enter_rate",
    "estimate_job",
    "execute",
    "expect_entry",
    "expire_reservations",
    "has_expired",
    "insurer_named",
    "issue_labels",
    "items_of",
    "keep_photo",
    "labels_by_state",
    "last_day_from",
    "last_days_from",
    "lock_stock",
    "make_claim",
    "move_pallet",
    "new_pallet",
    "on_hand",
    "open_book",
    "open_warehouse",
    "pick",
    "pick_many",
    "post_month",
    "receive",
    "release_reservation",
    "reserve",
    "reserve_picked",
    "ship",
    "ship_many",
    "stow",
    "take_entry_back",
    "transfer_many",
    "transfer_ownership",
    "void_labels",
    "withdraw",
]
