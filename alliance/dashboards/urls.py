"""Where is it?"""

from django.urls import path

from alliance.dashboards.views import (
    candidate,
    employer,
    funder,
    looks,
    my_data,
    provider,
    public,
)

app_name = "dashboards"

urlpatterns = [
    path("", public.front, name="front"),
    path("home/", public.home, name="home"),
    path("healthz/", public.healthz, name="healthz"),
    path("employers/<slug:employer>/", employer.home, name="employer"),
    path("providers/<slug:provider>/", provider.home, name="provider"),
    path("funders/<slug:funder>/", funder.home, name="funder"),
    path("my/<uuid:link>/", candidate.my_page, name="my_page"),
    path("my/<uuid:link>/data/", my_data.my_data, name="my_data"),
    path("my/<uuid:link>/looks/", looks.my_looks, name="my_looks"),
]
