"""The warehouse's tables."""

from warehouse.models import measures  # noqa: F401  laws of the lots' table
from warehouse.models.book import AccountBook, BookItem, BookMovement
from warehouse.models.charging import ChargeLine, ChargePeriod, ChargeRate
from warehouse.models.checks import BookCheck
from warehouse.models.closing import BookClose, CloseCause, CloseLine
from warehouse.models.costs import LotCost
from warehouse.models.counts import CountEntry, CountTask
from warehouse.models.dispatch import DispatchLine, DispatchOrder, Reservation, UnitIdentity
from warehouse.models.disposal import DisposalCase, DisposalEvidence
from warehouse.models.findings import Claim, Photo
from warehouse.models.keeping import KeepingTerm
from warehouse.models.liens import Arrears, Lien
from warehouse.models.ownership import OwnershipTransfer
from warehouse.models.papers import BookDocument
from warehouse.models.places import (
    Location,
    LotAtPlace,
    Stowage,
    StowMove,
    Warehouse,
    Zone,
)
from warehouse.models.receipts import AllocationShare, Lot, Receipt, ReceiptLine
from warehouse.models.releases import (
    Release,
    ReleaseAsk,
    ReleaseGrant,
    ReleaseKeep,
    ReleaseOffer,
    ReleaseTerms,
)
from warehouse.models.returns import ReturnCase
from warehouse.models.rules import ChannelLife, RoundRule, Tier
from warehouse.models.scans import DoorScan, Scan
from warehouse.models.stock import Holding, Movement

__all__ = [
    "AccountBook",
    "AllocationShare",
    "Arrears",
    "BookCheck",
    "BookClose",
    "BookDocument",
    "BookItem",
    "BookMovement",
    "ChannelLife",
    "ChargeLine",
    "ChargePeriod",
    "ChargeRate",
    "Claim",
    "CloseCause",
    "CloseLine",
    "CountEntry",
    "CountTask",
    "DispatchLine",
    "DispatchOrder",
    "DisposalCase",
    "DisposalEvidence",
    "DoorScan",
    "Holding",
    "KeepingTerm",
    "Lien",
    "Location",
    "Lot",
    "LotAtPlace",
    "LotCost",
    "Movement",
    "OwnershipTransfer",
    "Photo",
    "Receipt",
    "ReceiptLine",
    "Release",
    "ReleaseAsk",
    "ReleaseGrant",
    "ReleaseKeep",
    "ReleaseOffer",
    "ReleaseTerms",
    "Reservation",
    "ReturnCase",
    "RoundRule",
    "Scan",
    "StowMove",
    "Stowage",
    "Tier",
    "UnitIdentity",
    "Warehouse",
    "Zone",
]
