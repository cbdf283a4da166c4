"""Every page that a reader can walk to: one address for each pattern, found by following links."""

import re
from collections import deque
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from django.urls import Resolver404, resolve

from tests.browser.site import Site

HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"|hx-get="([^"]+)"')
EACH = 2
"""Addresses of one pattern that are looked at: a list's first rows may be in several states."""


def pages(site: Site, username: str = "") -> dict[str, str]:
    """Addresses by the name of their page, as far as links lead from the start of a reader."""
    session = site.signed_in(username) if username else requests.Session()
    waiting = deque(["/home/"] if username else ["/", "/trace", f"/t/{site.code}", "/sign-in/"])
    found: dict[str, str] = {}
    seen = set(waiting)
    while waiting:
        path = waiting.popleft()
        name = _name(path, found)
        if not name:
            continue
        answer = session.get(site.address + path, timeout=60)
        if not answer.headers["Content-Type"].startswith("text/html") or answer.status_code != 200:
            continue
        found[name] = path
        for link in _links(site, path, answer.text):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return found


def _name(path: str, found: dict[str, str]) -> str:
    """The page's name with a number, unless enough of its kind were seen."""
    try:
        kind = resolve(urlsplit(path).path).view_name.replace(":", "-")
    except Resolver404:
        return ""
    for number in range(1, EACH + 1):
        if f"{kind}-{number}" not in found:
            return f"{kind}-{number}"
    return ""


def _links(site: Site, path: str, text: str) -> list[str]:
    """Pages of the site itself that a page leads to; languages in the address left out."""
    links = []
    for anchor, _loaded in HREF.findall(text):
        target = urldefrag(urljoin(site.address + path, anchor.replace("&amp;", "&")))[0]
        if target.startswith(site.address + "/") and "lang=" not in target:
            links.append(target.removeprefix(site.address))
    return links
