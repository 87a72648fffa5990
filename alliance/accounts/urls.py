"""Where is it? Invitations stand alone; team pages stand under each kind of organisation."""

from allauth.socialaccount.providers.openid_connect.views import login
from allauth.socialaccount.views import login_cancelled, login_error
from django.urls import path

from alliance.access.limits import limited, whoever
from alliance.accounts import views

app_name = "accounts"

# allauth looks for these by name, outside any space of ours.
providers = [
    path("accounts/sso/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/sso/error/", login_error, name="socialaccount_login_error"),
    path(
        "accounts/oidc/<slug:provider_id>/login/",
        limited("single_sign_on", whoever)(login),  # each makes us read the provider's description
        name="openid_connect_login",
    ),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        views.answered,
        name="openid_connect_callback",
    ),
]

urlpatterns = [
    path("invitations/<uuid:link>/", views.invitation, name="invitation"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", views.remove_key, name="remove_key"),
    path("accounts/sso/of/<slug:slug>/", views.single_sign_on, name="single_sign_on"),
    path("accounts/sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("accounts/prove/", views.prove, name="prove"),
    path("accounts/prove/code/", views.prove_by_code, name="prove_by_code"),
    path("accounts/go-on/", views.go_on, name="go_on"),
    path("accounts/second-step/", views.second_step, name="second_step"),
]

team = [
    path("team/", views.team, name="team"),
    path("team/invitations/<uuid:invitation>/resend/", views.resend, name="resend"),
    path("team/invitations/<uuid:invitation>/revoke/", views.revoke, name="revoke"),
    path("team/members/<int:membership>/level/", views.change_level, name="change_level"),
    path("team/members/<int:membership>/end/", views.end, name="end"),
    path("team/second-factor/", views.second_factor, name="second_factor"),
    path("team/reviews/<int:review>/confirm/", views.confirm_review, name="confirm_review"),
]
