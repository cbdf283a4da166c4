"""The 29 addresses of the REST binding, below /epcis/. Names may hold any character, also “/”."""

from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from core import access
from traceability.epcis import standing_views, views
from traceability.epcis.repository import RESOURCES


def _of_resources() -> list[URLPattern]:
    found = []
    for name, resource in RESOURCES.items():
        listed, member, events = views.collection_views(resource)
        found += [
            path(name, listed, name=f"epcis-{name}"),
            path(f"{name}/<path:value>/events", events, name=f"epcis-{name}-events"),
            path(f"{name}/<path:value>", member, name=f"epcis-{name}-member"),
        ]
    return found


release = csrf_exempt(access.public(standing_views.release_token))
soap = csrf_exempt(access.public(views.soap))

urlpatterns = [
    path("", views.ROOT, name="epcis"),
    path("capture", standing_views.CAPTURES, name="epcis-capture"),
    path("capture/<str:value>", standing_views.CAPTURE, name="epcis-capture-job"),
    path("events", views.EVENTS, name="epcis-events"),
    path("events/<path:value>", views.EVENT, name="epcis-event"),
    *_of_resources(),
    path("queries", standing_views.QUERIES, name="epcis-queries"),
    path("queries/<str:name>", standing_views.QUERY, name="epcis-query"),
    path("queries/<str:name>/events", standing_views.QUERY_EVENTS, name="epcis-query-events"),
    path(
        "queries/<str:name>/subscriptions",
        standing_views.SUBSCRIPTIONS,
        name="epcis-subscriptions",
    ),
    path(
        "queries/<str:name>/subscriptions/<str:value>",
        standing_views.SUBSCRIPTION,
        name="epcis-subscription",
    ),
    path("nextPageToken/<path:token>", release, name="epcis-token"),
    path("soap", soap, name="epcis-soap"),
]
