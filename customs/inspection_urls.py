"""What an office sees of a pool by its link, outside of everything that asks for a sign-in."""

from django.urls import path

from customs import inspection_views as views

app_name = "inspection"

urlpatterns = [
    path("<str:token>/", views.overview, name="overview"),
    path("<str:token>/stock/", views.stock, name="stock"),
    path("<str:token>/stock/<int:pk>/", views.lot, name="lot"),
    path("<str:token>/declarations/", views.declarations, name="declarations"),
    path("<str:token>/declarations/<int:pk>/", views.declaration, name="declaration"),
    path("<str:token>/release-times/", views.office_times, name="times"),
    path("<str:token>/evidence.zip", views.evidence, name="evidence"),
]
