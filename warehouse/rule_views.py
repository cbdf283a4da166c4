"""The page on which the operator chooses how a round is shared when units fall short."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import access
from core.models import Party
from imports.models import Round
from warehouse import words
from warehouse.domain.allocation import Rule
from warehouse.services import rules

SHOWN = 50


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.rule.set")
@require_http_methods(["GET", "HEAD", "POST"])
def round_rules(request: HttpRequest) -> HttpResponse:
    """The rule of each round; a form sets one, until the round's first units are shared."""
    rounds = Round.objects.filter(pool__operator_id=_party(request).pk)
    if request.method == "POST":
        wanted = request.POST.get("rule", "")
        pk = request.POST.get("round", "")
        found = rounds.filter(pk=int(pk)).first() if pk.isdecimal() else None
        if found is not None and wanted in set(Rule):
            rules.set_rule(found, Rule(wanted))
            messages.success(request, _("The rule is set."))
        return redirect("warehouse:rules")
    listed = rounds.select_related("allocation_rule").order_by("-first_month", "-pk")[:SHOWN]
    context = {
        "rows": [(each, rules.chosen(each)) for each in listed],
        "rules": [(rule.value, words.RULES[rule]) for rule in Rule],
    }
    return render(request, "warehouse/rules.html", context)
