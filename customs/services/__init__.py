"""What declaring does: the commands that pages, tasks and later stages may give."""

from customs.services.answering import AnswerBeforeDeclaration, receive_answer, words_of
from customs.services.closing import write_off_shipped
from customs.services.commitments import grant_guarantee
from customs.services.correcting import (
    CorrectionOpen,
    CorrectionsNotTaken,
    NoNumberOfCustoms,
    NotReleased,
    ask_return,
    ask_withdrawal,
    close_late_returns,
    receive_correction,
    take_goods_back,
)
from customs.services.declaring import (
    MOST_IN_A_BATCH,
    BatchNotPossible,
    NotADemonstration,
    declare_batch,
    hand_over,
    order_simulated_answers,
)
from customs.services.entry_lists import NothingToList, write_entry_lists
from customs.services.exit_lists import ListTakenOtherwise, NotToBeListed, write_exit_list
from customs.services.gate_passes import (
    ListsNotTogether,
    PassTakenOtherwise,
    Vehicle,
    write_gate_pass,
)
from customs.services.guarding import (
    ReasonForDecisionMissing,
    hand_over_report,
)
from customs.services.guarding import decide as decide_case
from customs.services.guarding import forget as forget_traces
from customs.services.guarding import look as look_for_patterns
from customs.services.guarding import report as report_case
from customs.services.intake import OrderedLine, OrderIntake, Parcel, Payment
from customs.services.naming import (
    OrderedProductUnknown,
    PartyUnknown,
    PoolUnknown,
    TimeImplausible,
    intake_of,
    intakes_of,
    ordered_lines,
    pool_named,
)
from customs.services.payment_desk import (
    GatewayRequest,
    NobodyToAsk,
    hear_payment,
    press,
)
from customs.services.payment_parts import (
    PartOfOtherCompany,
    RefundAfterRelease,
    SplitOtherwise,
    refund_part,
    split_payment,
)
from customs.services.receiving import Received, RefusedFile, receive_file
from customs.services.shared_passes import (
    MoreThanListed,
    NothingLoaded,
    PassedBesidesOthers,
    write_shared_pass,
)
from customs.services.sheet_orders import (
    MOST_ORDERS,
    OrderSheetNotReady,
    OrderSheetTooLong,
    PreviewRow,
    preview,
    receive_sheet,
    take_sheet,
    take_step,
)
from customs.services.taking import (
    OrderTakenOtherwise,
    PaperUsedBefore,
    cancel_order,
    quote,
    take_order,
)
from customs.services.taking_many import AT_ONCE, Outcome, take_orders
from customs.services.tariff import Loaded, assess_again, load_tariff
from customs.services.taxing import hear_tax_bill, remit_taxes
from customs.services.zone_answers import Listed, hear_zone
from customs.services.zone_papers import cancel as cancel_zone_paper
from customs.services.zone_papers import lines_of, order_print, print_key

__all__ = [
    "AT_ONCE",
    "MOST_IN_A_BATCH",
    "MOST_ORDERS",
    "AnswerBeforeDeclaration",
    "BatchNotPossible",
    "CorrectionOpen",
    "CorrectionsNotTaken",
    "GatewayRequest",
    "ListTakenOtherwise",
    "Listed",
    "ListsNotTogether",
    "Loaded",
    "MoreThanListed",
    "NoNumberOfCustoms",
    "NobodyToAsk",
    "NotADemonstration",
    "NotReleased",
    "NotToBeListed",
    "NothingLoaded",
    "NothingToList",
    "OrderIntake",
    "OrderSheetNotReady",
    "OrderSheetTooLong",
    "OrderTakenOtherwise",
    "OrderedLine",
    "OrderedProductUnknown",
    "Outcome",
    "PaperUsedBefore",
    "Parcel",
    "PartOfOtherCompany",
    "PartyUnknown",
    "PassTakenOtherwise",
    "PassedBesidesOthers",
    "Payment",
    "PoolUnknown",
    "PreviewRow",
    "ReasonForDecisionMissing",
    "Received",
    "RefundAfterRelease",
    "RefusedFile",
    "SplitOtherwise",
    "TimeImplausible",
    "Vehicle",
    "ask_return",
    "ask_withdrawal",
    "assess_again",
    "cancel_order",
    "cancel_zone_paper",
    "close_late_returns",
    "decide_case",
    "declare_batch",
    "forget_traces",
    "grant_guarantee",
    "hand_over",
    "hand_over_report",
    "hear_payment",
    "hear_tax_bill",
    "hear_zone",
    "intake_of",
    "intakes_of",
    "lines_of",
    "load_tariff",
    "look_for_patterns",
    "order_print",
    "order_simulated_answers",
    "ordered_lines",
    "pool_named",
    "press",
    "preview",
    "print_key",
    "quote",
    "receive_answer",
    "receive_correction",
    "receive_file",
    "receive_sheet",
    "refund_part",
    "remit_taxes",
    "report_case",
    "split_payment",
    "take_goods_back",
    "take_order",
    "take_orders",
    "take_sheet",
    "take_step",
    "words_of",
    "write_entry_lists",
    "write_exit_list",
    "write_gate_pass",
    "write_off_shipped",
    "write_shared_pass",
]
