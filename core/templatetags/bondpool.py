"""Template tags: money, quantities, dates and states as the reader writes them."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.web import locale, navigation, states

register = template.Library()

THEMES = ("light", "dark")
NOTHING = "–"


@register.filter
def minor(value: int | None, currency: str) -> str:
    """``{{ line.amount_minor|minor:"CNY" }}``: minor units as money; no value is a dash."""
    return NOTHING if value is None else locale.money(int(value), currency)


@register.filter
def units(value: int | Decimal | None) -> str:
    """``{{ row.units|units }}``: a grouped number; no value is a dash."""
    return NOTHING if value is None else locale.number(value)


@register.filter
def percent(value: Decimal | Fraction | int | None, places: int = 1) -> str:
    """``{{ share|percent }}``: a share of one as a percentage with one decimal."""
    if value is None:
        return NOTHING
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return locale.percent(Decimal(value), places)


@register.filter
def day(value: date | None) -> str:
    """``{{ lot.expires_on|day }}``: a date; no date is a dash."""
    return NOTHING if value is None else locale.day(value)


@register.filter
def instant(value: datetime | None) -> str:
    """``{{ fact.at|instant }}``: date and time with its zone."""
    return NOTHING if value is None else locale.instant(value)


@register.filter
def month(value: date | int | None) -> str:
    """``{{ round.first_month|month }}``: month and year of a date, or the name of month 1 to 12."""
    if value is None:
        return NOTHING
    return locale.month_name(value) if isinstance(value, int) else locale.month(value)


@register.filter
def named(thing: Any) -> str:
    """``{{ product|named }}``: the Chinese name for Chinese readers where there is one."""
    chinese = getattr(thing, "name_zh", "") if locale.language() == "zh-hans" else ""
    return chinese or str(getattr(thing, "name", thing))


@register.filter
def hs(value: str) -> str:
    """``{{ product.hs_code|hs }}``: ``1901 10 10 00``, as tariffs print it."""
    return " ".join(part for part in (value[:4], value[4:6], value[6:8], value[8:]) if part)


@register.filter
def plays(membership: Any, role: str) -> bool:
    """``{% if request.membership|plays:"operator" %}``: whether the reader has the role."""
    return str(getattr(membership, "role", "")) == role


@register.simple_tag
def state_tag(state: str, word: str = "") -> SafeString:
    """``{% state_tag order.state %}``: a coloured word; ``word`` replaces the usual one."""
    tone, usual = states.tone_and_word(str(state))
    return format_html('<span class="tag {}">{}</span>', tone, word or usual)


@register.simple_tag(takes_context=True)
def nav_items(context: template.Context) -> list[navigation.Item]:
    """``{% nav_items as items %}``: the navigation of the reader's role, made once a page."""
    request: HttpRequest = context["request"]
    if not hasattr(request, "navigation"):
        membership = getattr(request, "membership", None)
        role = str(getattr(membership, "role", ""))
        items = navigation.items_for(role, request.path, membership)
        request.navigation = items  # type: ignore[attr-defined]
    return request.navigation  # type: ignore[attr-defined,no-any-return]


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> str:
    """``<html {% theme_attribute %}>``: the theme the reader chose; nothing follows the device."""
    chosen = chosen_theme(context)
    return mark_safe(f'data-theme="{chosen}"') if chosen else ""  # noqa: S308  one of two words


@register.simple_tag(takes_context=True)
def chosen_theme(context: template.Context) -> str:
    """The chosen theme, ``light`` or ``dark``; empty when the device decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """``{% language_links as links %}``: this very page in each language, by address."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    links = []
    for code, name in settings.LANGUAGES:
        if query is None:
            continue
        query["lang"] = code
        is_here = code == translation.get_language()
        links.append({"code": code, "name": name, "query": query.urlencode(), "is_here": is_here})
    return links


@register.simple_tag(takes_context=True)
def keep_language(context: template.Context) -> str:
    """``{% url 'sign-in' %}{% keep_language %}``: a language in the address travels along."""
    request = context.get("request")
    asked = request.GET.get("lang", "") if request else ""
    return f"?lang={asked}" if asked in dict(settings.LANGUAGES) else ""
