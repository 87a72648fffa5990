"""Where is it? Invitations stand alone; team pages stand under each kind of organisation."""

from django.urls import path

from alliance.accounts import views

app_name = "accounts"

urlpatterns = [path("invitations/<uuid:link>/", views.invitation, name="invitation")]

team = [
    path("team/", views.team, name="team"),
    path("team/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("team/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
    path("team/members/<int:membership>/level/", views.change_level, name="change_level"),
    path("team/members/<int:membership>/end/", views.end, name="end"),
    path("team/reviews/<int:review>/confirm/", views.confirm_review, name="confirm_review"),
]
