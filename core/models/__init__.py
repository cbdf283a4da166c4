"""The kernel's tables."""

from core.models.document import Document
from core.models.fact import Fact, LogCursor, LogEntry, LogHead, LogNode
from core.models.idempotency import IdempotencyRecord
from core.models.job import Job
from core.models.joining import Acceptance, Agreement, Invitation, StandingChoice
from core.models.ledger import Account, ClosedMonth, Transfer
from core.models.notice import Notice, NoticeRead
from core.models.numbers import NumberSeries
from core.models.party import (
    Appointment,
    Broker,
    Importer,
    Membership,
    Operator,
    Party,
    Pool,
    Right,
    Role,
    Supplier,
)
from core.models.proof import Proof
from core.models.reference import Country, Currency, ExchangeRate, HSHeading, Port, Unit
from core.models.score import Score
from core.models.throttle import Tries
from core.models.user import SecondFactor, User
from core.models.vault import Person, PersonIndex
from core.models.webhook import ApiKey, Delivery, Subscription

__all__ = [
    "Acceptance",
    "Account",
    "Agreement",
    "ApiKey",
    "Appointment",
    "Broker",
    "ClosedMonth",
    "Country",
    "Currency",
    "Delivery",
    "Document",
    "ExchangeRate",
    "Fact",
    "HSHeading",
    "IdempotencyRecord",
    "Importer",
    "Invitation",
    "Job",
    "LogCursor",
    "LogEntry",
    "LogHead",
    "LogNode",
    "Membership",
    "Notice",
    "NoticeRead",
    "NumberSeries",
    "Operator",
    "Party",
    "Person",
    "PersonIndex",
    "Pool",
    "Port",
    "Proof",
    "Right",
    "Role",
    "Score",
    "SecondFactor",
    "StandingChoice",
    "Subscription",
    "Supplier",
    "Transfer",
    "Tries",
    "Unit",
    "User",
]
