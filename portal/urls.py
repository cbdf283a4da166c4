"""The front page, signing in and out, and the home page of each role."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from core import access
from portal import views

urlpatterns = [
    path("", views.front, name="public-home"),
    path("sign-in/", access.public(views.SignIn.as_view()), name="sign-in"),
    path("sign-out/", access.public(LogoutView.as_view()), name="sign-out"),
    path("home/", views.home, name="home"),
    path("books/", views.books, name="books"),
    path("work/", views.jobs, name="jobs"),
    path("work/<int:job_id>/again/", views.try_again, name="job-again"),
]
