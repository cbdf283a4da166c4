"""The front page, signing in and out, and the home page of each role."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from core import access
from portal import account_views, shop_views, views

urlpatterns = [
    path("", views.front, name="public-home"),
    path("health/", views.health, name="health"),
    path("sign-in/", access.public(views.SignIn.as_view()), name="sign-in"),
    path("sign-out/", access.public(LogoutView.as_view()), name="sign-out"),
    path("home/", views.home, name="home"),
    path("sign-in/second/", account_views.second_step, name="second-step"),
    path("join/<str:token>/", account_views.join, name="join"),
    path("forgotten/", account_views.forgotten, name="forgotten"),
    path("new-password/<str:token>/", account_views.new_password, name="new-password"),
    path("account/", account_views.account, name="account"),
    path("account/password/", account_views.change_password, name="change-password"),
    path("account/second-factor/", account_views.set_up_second_factor, name="second-factor"),
    path("agreement/", account_views.agreement, name="agreement"),
    path("standing/", account_views.standing, name="standing"),
    path("standing/choice/", account_views.choose_standing, name="choose-standing"),
    path("members/", account_views.members_page, name="members"),
    path("members/<int:membership_id>/end/", account_views.end_membership, name="end-membership"),
    path("parties/", account_views.parties, name="parties"),
    path("home/saving/", views.saving, name="saving"),
    path("cover/", views.cover, name="cover"),
    path("exits/<int:importer>/", views.exit_page, name="exit"),
    path("shop/", shop_views.shop, name="shop"),
    path("shop/keys/", shop_views.make_key, name="make-key"),
    path("shop/keys/<int:key_id>/revoke/", shop_views.revoke_key, name="revoke-key"),
    path("shop/webhooks/", shop_views.make_webhook, name="make-webhook"),
    path("shop/webhooks/<int:webhook_id>/end/", shop_views.end_webhook, name="end-webhook"),
    path("notices/", views.notices_page, name="notices"),
    path("notices/read/", views.mark_notices_read, name="notices-read"),
    path("books/", views.books, name="books"),
    path("work/", views.jobs, name="jobs"),
    path("work/<int:job_id>/again/", views.try_again, name="job-again"),
]
