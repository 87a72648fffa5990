"""Where is it?"""

from django.urls import path

from placements.views import by_link, employer, hires, provider

app_name = "placements"

HERE = "employers/<slug:employer>"
MATCH = f"{HERE}/candidates/<uuid:public_id>"
HIRE = f"{HERE}/hires/<uuid:public_id>"

employer_urls = [
    path(f"{HERE}/candidates/", employer.matches, name="matches"),
    path(f"{MATCH}/", employer.match, name="match"),
    path(f"{MATCH}/meet/", employer.meet, name="meet"),
    path(f"{MATCH}/pass/", employer.pass_on, name="pass_on"),
    path(f"{MATCH}/interview/", employer.invite, name="invite"),
    path(f"{MATCH}/offer/", employer.offer, name="offer"),
    path(f"{MATCH}/accept/", employer.accept, name="accept"),
    path(f"{MATCH}/start/", employer.start, name="start"),
    path(f"{MATCH}/interview.ics", employer.interview_ics, name="interview_ics"),
    path(f"{MATCH}/resumes/<uuid:document>/", employer.resume, name="resume"),
    path(f"{HERE}/slates/<uuid:public_id>/", employer.slate, name="slate"),
    path(f"{HERE}/hires/", hires.hires, name="hires"),
    path(f"{HIRE}/", hires.hire, name="hire"),
    path(f"{HIRE}/pay/", hires.record_wage, name="record_wage"),
    path(f"{HIRE}/leaving/", hires.separate, name="separate"),
]
provider_urls = [
    path("providers/<slug:provider>/answers/", provider.answers, name="answers"),
]
by_link_urls = [
    path("my/<uuid:link>/answer/", by_link.answer, name="answer"),
    path("my/<uuid:link>/matches/<uuid:public_id>/", by_link.my_match, name="my_match"),
    path("check-ins/<uuid:link>/", by_link.worker_check_in, name="worker_check_in"),
    path(
        "check-ins/<uuid:link>/supervisor/",
        by_link.supervisor_check_in,
        name="supervisor_check_in",
    ),
]
urlpatterns = [*employer_urls, *provider_urls, *by_link_urls]
