"""Where is it?"""

from django.urls import path

from candidates.views import by_link, documents, intake, people

app_name = "candidates"

COHORT = "providers/<slug:provider>/cohorts/<uuid:public_id>"
UPLOAD = "providers/<slug:provider>/uploads/<uuid:public_id>"
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
    path(f"{COHORT}/upload/", intake.upload, name="upload"),
    path(f"{COHORT}/upload/template.csv", intake.upload_template, name="upload_template"),
    path(f"{COHORT}/upload/template.xlsx", intake.upload_workbook, name="upload_workbook"),
    path(f"{UPLOAD}/", intake.staged, name="staged"),
    path(f"{UPLOAD}/read/", intake.read_anew, name="read_anew"),
    path(f"{UPLOAD}/columns/", intake.columns, name="columns"),
    path(f"{UPLOAD}/rows/<int:number>/", intake.row, name="row"),
    path(f"{UPLOAD}/rows/<int:number>/cohort/", intake.say_cohort, name="say_cohort"),
    path(f"{UPLOAD}/commit/", intake.commit, name="commit"),
    path(f"{UPLOAD}/discard/", intake.discard, name="discard"),
    path(f"{UPLOAD}/undo/", intake.undo, name="undo"),
    path(f"{UPLOAD}/ask-consent/", intake.ask_everybody, name="ask_everybody"),
    path(f"{UPLOAD}/refused.csv", intake.refused_rows, name="refused_rows"),
    path(f"{UPLOAD}/refused.xlsx", intake.refused_workbook, name="refused_workbook"),
    path("my/<uuid:link>/consent/", by_link.consent, name="consent"),
    path("my/<uuid:link>/documents/", documents.my_documents, name="my_documents"),
    path("my/<uuid:link>/documents/<uuid:document>/", documents.my_document, name="my_document"),
    path(
        "my/<uuid:link>/documents/<uuid:document>/remove/",
        documents.remove_my_document,
        name="remove_my_document",
    ),
]
