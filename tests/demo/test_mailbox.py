"""Can the demo's mail be read, searched and followed, and nothing else through it?"""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from alliance.demo import mailbox

pytestmark = pytest.mark.django_db

HTML = """<html><head><title>Subject</title><style>p { color: red }</style></head><body>
<p onclick="steal()">Dear Mirlande,</p><script>steal()</script><img src="https://spy.example/x.gif">
<a href="http://127.0.0.1:8000/l/secret/">Yes or no</a><a href="javascript:steal()">Here</a>
</body></html>"""


@pytest.fixture
def folder(tmp_path, settings):
    """A mail folder as the running demo has one."""
    settings.MAIL_DIR = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def send(folder):
    """Sends letters to the folder; those of one call share a connection, and so a file."""

    def send(*readers, subject="A role for you", html=HTML):
        line = get_connection(
            "django.core.mail.backends.filebased.EmailBackend", file_path=str(folder)
        )
        letters = []
        for reader in readers:
            letter = EmailMultiAlternatives(
                subject,
                "Dear Mirlande,\nanswer here: http://127.0.0.1:8000/l/secret/\n",
                to=[reader],
                connection=line,
            )
            letter.attach_alternative(html, "text/html")
            letter.attach("interview.ics", "BEGIN:VCALENDAR", "text/calendar")
            letters.append(letter)
        line.send_messages(letters)

    return send


def test_an_empty_box_says_so(client, folder):
    response = client.get(reverse("demo:mailbox"))

    assert "No letters yet" in response.content.decode()


def test_letters_are_listed_newest_first_for_everybody(client, send):
    send("first@mail.example", "second@mail.example")

    page = client.get(reverse("demo:mailbox")).content.decode()

    assert page.index("second@mail.example") < page.index("first@mail.example")


def test_letters_are_found_by_their_reader(client, send):
    send("mirlande@mail.example", "wisner@mail.example")

    page = client.get(reverse("demo:mailbox"), {"to": "MIRLANDE"}).content.decode()

    assert "mirlande@mail.example" in page
    assert "wisner@mail.example" not in page


def test_a_long_subject_and_accents_survive(client, folder, send):
    subject = (
        "Una pregunta para usted: ¿quiere que la presentemos a Harborline Therapeutics, Devens?"
    )
    send("mirlande@mail.example", subject=subject)
    (sheet,) = mailbox.sheets(str(folder), to="mirlande")

    page = client.get(reverse("demo:mail", args=[sheet.name])).content.decode()

    assert subject in page


def test_links_can_be_followed_and_nothing_in_a_letter_runs(client, folder, send):
    send("mirlande@mail.example")
    (sheet,) = mailbox.sheets(str(folder))

    page = client.get(reverse("demo:mail", args=[sheet.name])).content.decode()

    assert page.count('href="http://127.0.0.1:8000/l/secret/"') == 2
    assert "Dear Mirlande" in page
    for trouble in ("steal()", "onclick", "spy.example", "color: red"):
        assert trouble not in page


def test_what_came_with_a_letter_is_downloaded_and_not_shown(client, folder, send):
    send("mirlande@mail.example")
    (sheet,) = mailbox.sheets(str(folder))

    response = client.get(reverse("demo:attachment", args=[sheet.name, 0]))

    assert response.content == b"BEGIN:VCALENDAR"
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("demo:attachment", args=[sheet.name, 1])).status_code == 404


@pytest.mark.parametrize("name", ["unknown-0", "passwd", "0", "-", "secret_key-0"])
def test_only_letters_are_opened(client, folder, name):
    folder.mkdir()
    (folder.parent / "secret_key.log").write_text("not a letter")

    assert client.get(reverse("demo:mail", args=[name])).status_code == 404


@pytest.mark.parametrize("name", ["..", "../secret_key", "a%2Fb", "a.log"])
def test_a_name_cannot_leave_the_folder(client, folder, name):
    assert client.get(f"/demo/mail/{name}/").status_code == 404
