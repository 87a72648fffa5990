"""Where is it?"""

from django.urls import path

from providers import views

app_name = "providers"

urlpatterns = [
    path("providers/<slug:provider>/cohorts/", views.cohorts, name="cohorts"),
    path("providers/<slug:provider>/cohorts/new/", views.new_cohort, name="new_cohort"),
    path("providers/<slug:provider>/cohorts/<uuid:public_id>/", views.cohort, name="cohort"),
    path("providers/<slug:provider>/programmes/", views.programmes, name="programmes"),
    path(
        "providers/<slug:provider>/programmes/<uuid:public_id>/", views.programme, name="programme"
    ),
]
