"""Consumer orders, and the batches in which they are declared."""

from django.urls import path

from customs import views

app_name = "customs"

urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("batches/", views.batches, name="batches"),
    path("batches/declare/", views.declare, name="declare"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/progress/", views.progress, name="progress"),
    path("batches/<int:pk>/archive/", views.archive, name="archive"),
    path("batches/<int:pk>/again/", views.declare_again, name="declare-again"),
    path("batches/<int:pk>/simulate/", views.simulate, name="simulate"),
]
