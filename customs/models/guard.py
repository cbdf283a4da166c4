"""What people may buy of listed goods, what orders have in common, and the cases that it opens."""

from django.db import models
from django.db.models import F, Q

from core.models import Document, Party, Person, Pool
from customs.domain import guard
from customs.models.orders import ConsumerOrder


class PersonQuantity(models.Model):
    """What a person has bought of goods on a line of the positive list in a year.

    In grams or pieces, as the line counts; customs may know of more. ``most`` is the highest limit
    under which any of it was bought: a limit changed within the year holds from its day on.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    hs = models.CharField(max_length=8, help_text="line of the positive list")
    most = models.BigIntegerField()
    is_by_weight = models.BooleanField(help_text="counted in grams, else in pieces")
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year", "hs"], name="one_quantity_per_person_year_and_line"
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0) & Q(used__lte=F("most")),
                name="a_person_buys_no_more_than_the_list_allows",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} {self.year} {self.hs}: {self.used}/{self.most}"


class OrderTrace(models.Model):
    """What an order may have in common with others, as keyed hashes; dropped with time."""

    order = models.OneToOneField(ConsumerOrder, models.CASCADE, related_name="trace")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    on = models.DateField()
    buyer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    address = models.BinaryField(max_length=32)
    phone = models.BinaryField(max_length=32)
    is_near_limit = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["pool", "on"], name="traces_by_pool_and_day")]

    def __str__(self) -> str:
        return f"trace of order {self.order_id}"


class GuardCase(models.Model):
    """Orders that have more in common than personal use explains, and what was decided of them."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    sign = models.CharField(max_length=40)
    key = models.BinaryField(max_length=32)
    count = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default=guard.OPEN)
    opened_on = models.DateField()
    orders = models.ManyToManyField(ConsumerOrder, related_name="guard_cases")
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    report = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "sign", "key"],
                condition=Q(state=guard.OPEN),
                name="one_open_case_per_sign_and_key",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(guard.CASE_STEPS.states)),
                name="a_case_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state=guard.OPEN, decided_at__isnull=True, reason="")
                | (~Q(state=guard.OPEN) & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="a_decided_case_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=guard.REPORTED) | Q(report__isnull=False),
                name="a_reported_case_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign} {self.opened_on}: {self.state}"
