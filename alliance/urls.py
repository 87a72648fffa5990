"""The street map."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from alliance.accounts.urls import providers, team

handler429 = "alliance.frontdesk.views.too_many"  # where allauth's limits look for it
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("alliance.dashboards.urls")),
    path("", include("alliance.links.urls")),
    path("", include("alliance.accounts.urls")),
    *providers,
    path("", include("employers.urls")),
    path("", include("providers.urls")),
    path("", include("candidates.urls")),
    path("", include("placements.urls")),
    path("", include("alliance.outcomes.urls")),
    path("employers/<slug:employer>/", include((team, "employer-team"))),
    path("providers/<slug:provider>/", include((team, "provider-team"))),
    path("funders/<slug:funder>/", include((team, "funder-team"))),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("alliance.demo.urls"))]
