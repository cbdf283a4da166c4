"""Where money is paid from and to: the pool's accounts and the suppliers'."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool, User
from core.triggers import keeps
from fx_settlement.domain.netting import NettingPolicy


class BankAccount(models.Model):
    """An account of a pool at its bank, with what the bank and its supervisor allow there.

    ``cut_off`` is the bank's local time after which a payment counts as given the next day.
    ``netting_reference`` names the bank's or the authority's word that allows multilateral netting.
    """

    class Netting(models.TextChoices):
        NONE = NettingPolicy.NONE.value, "Invoices in full, credit notes wait"
        BILATERAL = NettingPolicy.BILATERAL.value, "Credit notes of the same supplier set off"
        MULTILATERAL = NettingPolicy.MULTILATERAL.value, "Positions of all parties netted"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=34, help_text="IBAN or the bank's own number")
    bic = models.CharField(max_length=11)
    bank_name = models.CharField(max_length=140)
    may_hold_currency = models.BooleanField(
        default=True, help_text="currency may be bought before the day on which it is paid"
    )
    netting = models.CharField(max_length=12, choices=Netting.choices, default=Netting.BILATERAL)
    netting_reference = models.CharField(max_length=120, blank=True)
    cut_off = models.TimeField(default=time(15))
    report_to = models.CharField(max_length=35, blank=True, help_text="such as SAFE")
    report_code = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "currency"],
                condition=Q(is_active=True),
                name="one_active_account_per_pool_and_currency",
            ),
            models.CheckConstraint(
                condition=~Q(netting="multilateral") | ~Q(netting_reference=""),
                name="multilateral_netting_names_who_allowed_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.number[-4:]}"


class SupplierAccount(models.Model):
    """Where an operator pays a supplier. What it says never changes: another is another row.

    It is used once a second person of the operator's has confirmed it.
    """

    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=34, help_text="IBAN or the bank's own number")
    bic = models.CharField(max_length=11)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "supplier", "currency"],
                condition=Q(is_active=True),
                name="a_supplier_is_paid_to_one_account_in_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="who_confirms_an_account_did_not_enter_it",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(confirmed_by__isnull=False),
                name="nothing_is_paid_to_an_account_nobody_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.currency} {self.number[-4:]}"


keeps(
    "fx_settlement_supplieraccount",
    "operator_id",
    "supplier_id",
    "currency",
    "number",
    "bic",
    "entered_by_id",
)
keeps("fx_settlement_bankaccount", "pool_id", "currency", "number", "bic")
