"""Where is it?"""

from django.urls import path

from alliance.outcomes import views

app_name = "outcomes"

urlpatterns = [
    path("funders/<slug:funder>/grants/<slug:grant>/", views.grant, name="grant"),
    path("funders/<slug:funder>/grants/<slug:grant>/grant.csv", views.grant_csv, name="grant_csv"),
]
