"""Where is it?"""

from django.urls import path

from candidates.views import by_link, documents, intake, people

app_name = "candidates"

PERSON = "providers/<slug:provider>/people/<uuid:public_id>"

urlpatterns = [
    path("providers/<slug:provider>/people/", people.people, name="people"),
    path("providers/<slug:provider>/people/export.csv", people.people_csv, name="people_csv"),
    path("providers/<slug:provider>/people/sign-off/", people.sign_off_many, name="sign_off_many"),
    path(
        "providers/<slug:provider>/people/ask-consent/",
        people.ask_consent_many,
        name="ask_consent_many",
    ),
    path("providers/<slug:provider>/people/<uuid:public_id>/", people.person, name="person"),
    path(
        "providers/<slug:provider>/people/<uuid:public_id>/ask-consent/",
        people.ask_consent,
        name="ask_consent",
    ),
    path(f"{PERSON}/documents/", documents.documents, name="documents"),
    path(f"{PERSON}/documents/<uuid:document>/", documents.document, name="document"),
    path(
        f"{PERSON}/documents/<uuid:document>/remove/",
        documents.remove_document,
        name="remove_document",
    ),
    path(
        "providers/<slug:provider>/people/<uuid:public_id>/<slug:verb>/",
        people.move_person,
        name="move_person",
    ),
    path(
        "providers/<slug:provider>/cohorts/<uuid:public_id>/upload/", intake.upload, name="upload"
    ),
    path(
        "providers/<slug:provider>/cohorts/<uuid:public_id>/upload/template.csv",
        intake.upload_template,
        name="upload_template",
    ),
    path("providers/<slug:provider>/uploads/<uuid:public_id>/", intake.staged, name="staged"),
    path(
        "providers/<slug:provider>/uploads/<uuid:public_id>/commit/", intake.commit, name="commit"
    ),
    path(
        "providers/<slug:provider>/uploads/<uuid:public_id>/refused.csv",
        intake.refused_rows,
        name="refused_rows",
    ),
    path("my/<uuid:link>/consent/", by_link.consent, name="consent"),
    path("my/<uuid:link>/documents/", documents.my_documents, name="my_documents"),
    path("my/<uuid:link>/documents/<uuid:document>/", documents.my_document, name="my_document"),
    path(
        "my/<uuid:link>/documents/<uuid:document>/remove/",
        documents.remove_my_document,
        name="remove_my_document",
    ),
]
