"""Pages with documents: a provider's, a person's own, and an employer's after it asked to meet."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from alliance.audit.enums import Look
from alliance.audit.facts import accesses_of
from alliance.audit.models import Event
from alliance.links.enums import Purpose
from candidates import actions as people
from candidates.documents.enums import Kind, Status
from candidates.documents.models import Document
from candidates.enums import Language, Scope
from placements.enums import Status as MatchStatus
from placements.lifecycle import REVEALED
from tests.conftest import actor_as, browser_with_link
from tests.factories.documents import DocumentFactory
from tests.lib.pages import docx, pdf

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def file(name="resume.pdf", content=None):
    return SimpleUploadedFile(name, pdf() if content is None else content)


def at_provider(cast, name, person, *more):
    return reverse(
        f"candidates:{name}", args=[cast.provider.organization.slug, person.public_id, *more]
    )


def by_link(person, purpose=Purpose.MY_PAGE):
    browser, landing = browser_with_link(purpose, subject_id=person.pk, holder_id=person.pk)
    return browser, landing.split("/")[2]


def resume_url(cast, match, document):
    return reverse(
        "placements:resume",
        args=[cast.employer.organization.slug, match.public_id, document.public_id],
    )


def without_secrets(answer):
    """The page without what is drawn by lot each time."""
    return re.sub(r'value="[\w-]{64}"', "", answer.content.decode())


# The provider ------------------------------------------------------------------------------------


def test_a_provider_adds_a_document_and_sees_how_it_stands(cast, provider_browser):
    url = at_provider(cast, "documents", cast.candidate)

    answer = provider_browser.post(url, {"kind": "certificate", "file": file()}, follow=True)

    document = Document.objects.get()
    assert (document.kind, document.candidate) == (Kind.CERTIFICATE, cast.candidate)
    assert document.added_by == cast.provider.user
    page = answer.content.decode()
    assert "resume.pdf" in page
    assert "Being checked" in page
    assert at_provider(cast, "document", cast.candidate, document.public_id) + '"' not in page


def test_a_refused_file_comes_back_with_what_to_do(cast, provider_browser):
    url = at_provider(cast, "documents", cast.candidate)

    answer = provider_browser.post(url, {"kind": "resume", "file": file("virus.exe")})

    assert answer.status_code == 422
    assert "Save the document as PDF" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "resume"}, "Choose the file first."),
        ({"kind": "resume", "file": file(content=b"")}, "This file is empty."),
        ({"kind": "selfie", "file": file()}, "Select a valid choice"),
        ({"kind": "resume", "file": file("123-45-6789.pdf")}, "Social Security number"),
        ({"kind": "resume", "file": file(content=bytes(6_000_000))}, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_kept_is_said_so(cast, provider_browser, typed, said):
    answer = provider_browser.post(at_provider(cast, "documents", cast.candidate), typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Document.objects.exists()


def test_a_download_can_only_be_saved_and_is_written_down(cast, provider_browser):
    document = DocumentFactory(
        candidate=cast.candidate, name="Résumé “Ana”.pdf", content=b"%PDF the file"
    )

    answer = provider_browser.get(at_provider(cast, "document", cast.candidate, document.public_id))

    assert answer.content == b"%PDF the file"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9sum")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert accesses_of(cast.candidate.pk).get().look == Look.DOCUMENT


def test_a_word_document_is_sent_as_one_whatever_it_holds(cast, provider_browser):
    document = DocumentFactory(
        candidate=cast.candidate, format="docx", name="cv.docx", content=b"<html><script>"
    )

    answer = provider_browser.get(at_provider(cast, "document", cast.candidate, document.public_id))

    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")


def test_a_document_in_quarantine_is_not_handed_out(cast, provider_browser):
    document = DocumentFactory(candidate=cast.candidate, status=Status.QUARANTINED)

    answer = provider_browser.get(at_provider(cast, "document", cast.candidate, document.public_id))

    assert answer.status_code == 403
    assert "still being checked" in answer.content.decode()


def test_another_providers_document_is_as_unknown_as_none(cast, rival, provider_browser):
    theirs = DocumentFactory(candidate=rival.candidate)
    other = DocumentFactory(candidate=cast.matches[MatchStatus.MEETING].candidate)

    def answer(person, document):
        return provider_browser.get(at_provider(cast, "document", person, document))

    unknown = answer(cast.candidate, UNKNOWN)
    assert unknown.status_code == 404
    for told in (
        answer(cast.candidate, theirs.public_id),
        answer(rival.candidate, theirs.public_id),
        answer(cast.candidate, other.public_id),
    ):
        assert (told.status_code, without_secrets(told)) == (404, without_secrets(unknown))


def test_a_viewer_reads_and_changes_nothing(cast, provider_browser):
    document = DocumentFactory(candidate=cast.candidate)
    cast.provider.level = "viewer"
    cast.provider.save()

    page = provider_browser.get(at_provider(cast, "documents", cast.candidate)).content.decode()
    added = provider_browser.post(
        at_provider(cast, "documents", cast.candidate), {"kind": "resume", "file": file()}
    )
    removed = provider_browser.post(
        at_provider(cast, "remove_document", cast.candidate, document.public_id)
    )

    assert document.name in page
    assert "Add it" not in page
    assert (added.status_code, removed.status_code) == (403, 403)
    assert Document.objects.get() == document


def test_a_provider_deletes_a_document(cast, provider_browser):
    document = DocumentFactory(candidate=cast.candidate)

    answer = provider_browser.post(
        at_provider(cast, "remove_document", cast.candidate, document.public_id), follow=True
    )

    assert "is deleted." in answer.content.decode()
    assert not Document.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_persons_page_costs_the_same_however_many_documents(
    cast, provider_browser, count, django_assert_num_queries
):
    for _ in range(count):
        DocumentFactory(candidate=cast.candidate)

    with django_assert_num_queries(8):
        provider_browser.get(at_provider(cast, "documents", cast.candidate))


# The person --------------------------------------------------------------------------------------


def test_a_person_adds_reads_and_deletes_their_own(cast):
    browser, link = by_link(cast.candidate)
    mine = reverse("candidates:my_documents", args=[link])

    answer = browser.post(mine, {"kind": "resume", "file": file("cv.docx", docx())}, follow=True)
    document = Document.objects.get()
    assert "Your document is here" in answer.content.decode()
    assert (document.candidate, document.added_by) == (cast.candidate, None)

    Document.objects.update(status=Status.CLEAN, scanned_at=now())
    got = browser.get(reverse("candidates:my_document", args=[link, document.public_id]))
    assert got.content == docx() or got.content.startswith(b"PK")

    remove = reverse("candidates:remove_my_document", args=[link, document.public_id])
    assert browser.get(remove).status_code == 302
    assert Document.objects.exists()
    assert "gone for good" in browser.post(remove, follow=True).content.decode()
    assert not Document.objects.exists()


def test_a_person_is_answered_in_their_language(cast):
    cast.candidate.language = Language.SPANISH
    cast.candidate.save()
    browser, link = by_link(cast.candidate)

    page = browser.post(reverse("candidates:my_documents", args=[link]), {"kind": "resume"})

    assert "Mis documentos" in page.content.decode()
    assert "Elige primero el archivo." in page.content.decode()


def test_another_persons_document_is_as_unknown_as_none(cast, rival):
    theirs = DocumentFactory(candidate=cast.matches[MatchStatus.MEETING].candidate)
    browser, link = by_link(cast.candidate)

    for name in ("my_document", "remove_my_document"):
        told = browser.get(reverse(f"candidates:{name}", args=[link, theirs.public_id]))
        unknown = browser.get(reverse(f"candidates:{name}", args=[link, UNKNOWN]))
        assert told.status_code == unknown.status_code == 404
        assert without_secrets(told) == without_secrets(unknown)


def test_another_link_of_the_same_person_does_not_open_their_documents(cast):
    document = DocumentFactory(candidate=cast.candidate)
    browser, link = by_link(cast.candidate, Purpose.CONSENT)

    for url in (
        reverse("candidates:my_documents", args=[link]),
        reverse("candidates:my_document", args=[link, document.public_id]),
        reverse("candidates:remove_my_document", args=[link, document.public_id]),
    ):
        assert browser.post(url).status_code in {404, 405}
        assert browser.get(url).status_code == 404
    assert Document.objects.exists()


def test_my_page_shows_what_is_on_file(cast):
    document = DocumentFactory(candidate=cast.candidate)
    browser, link = by_link(cast.candidate)

    page = browser.get(reverse("dashboards:my_page", args=[link])).content.decode()

    assert document.name in page
    assert reverse("candidates:my_documents", args=[link]) in page


# The employer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", MatchStatus)
def test_an_employer_gets_a_resume_exactly_when_it_gets_the_name(cast, employer_browser, status):
    match = cast.matches[status]
    document = DocumentFactory(candidate=match.candidate, content=b"%PDF canary")
    url = resume_url(cast, match, document)

    answer = employer_browser.get(url)

    if status in REVEALED:
        page = reverse("placements:match", args=[cast.employer.organization.slug, match.public_id])
        assert answer.content == b"%PDF canary"
        assert url in employer_browser.get(page).content.decode()
        look = accesses_of(match.candidate_id).get(look=Look.DOCUMENT)
        assert look.by_organization_id == cast.employer.organization_id
    else:
        assert answer.status_code == 404
        assert not accesses_of(match.candidate_id).exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": Kind.CERTIFICATE},
        {"status": Status.QUARANTINED},
        {"status": Status.UNSCANNED},
        {"status": Status.REJECTED},
    ],
)
def test_an_employer_gets_clean_resumes_and_nothing_else(cast, employer_browser, facts):
    match = cast.matches[MatchStatus.MEETING]
    document = DocumentFactory(candidate=match.candidate, **facts)
    page = reverse("placements:match", args=[cast.employer.organization.slug, match.public_id])

    assert employer_browser.get(resume_url(cast, match, document)).status_code == 404
    assert document.name not in employer_browser.get(page).content.decode()


def test_consent_taken_back_hides_the_resume_at_once(cast, employer_browser):
    match = cast.matches[MatchStatus.STARTED]
    document = DocumentFactory(candidate=match.candidate)
    url = resume_url(cast, match, document)
    assert employer_browser.get(url).status_code == 200

    people.withdraw(match.candidate, Scope.EMPLOYERS, by=actor_as(match.candidate), at=now())

    assert employer_browser.get(url).status_code == 404


def test_a_match_opens_the_resumes_of_its_own_person_only(cast, rival, employer_browser):
    match = cast.matches[MatchStatus.MEETING]
    of_another = DocumentFactory(candidate=cast.matches[MatchStatus.PRESENTED].candidate)
    of_a_rival = DocumentFactory(candidate=rival.matches[MatchStatus.MEETING].candidate)

    assert employer_browser.get(resume_url(cast, match, of_another)).status_code == 404
    assert employer_browser.get(resume_url(cast, match, of_a_rival)).status_code == 404
    theirs = rival.matches[MatchStatus.MEETING]
    assert employer_browser.get(resume_url(cast, theirs, of_a_rival)).status_code == 404


# Staff -------------------------------------------------------------------------------------------


def test_staff_open_and_delete_documents_at_the_desk(cast, broker_browser):
    document = DocumentFactory(candidate=cast.candidate, content=b"%PDF canary")
    of_the_person = reverse("admin:candidates_candidate_change", args=[cast.candidate.pk])
    file_url = reverse("admin:documents_document_file", args=[document.pk])
    remove = reverse("admin:documents_document_move", args=[document.pk, "remove"])

    assert file_url in broker_browser.get(of_the_person).content.decode()
    assert broker_browser.get(file_url).content == b"%PDF canary"
    assert broker_browser.post(file_url).status_code == 405
    assert broker_browser.post(remove)["Location"] == of_the_person
    assert not Document.objects.exists()
    verbs = Event.objects.about(cast.candidate).values_list("verb", flat=True)
    assert list(verbs) == ["remove_document"]
    assert accesses_of(cast.candidate.pk).get().look == Look.DOCUMENT


def test_the_desk_says_why_a_file_is_not_handed_out(cast, broker_browser):
    document = DocumentFactory(candidate=cast.candidate, status=Status.REJECTED)

    page = broker_browser.get(reverse("admin:documents_document_change", args=[document.pk]))
    file = broker_browser.get(reverse("admin:documents_document_file", args=[document.pk]))

    assert "A virus was found" in page.content.decode()
    assert file.status_code == 403
