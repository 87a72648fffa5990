"""What somebody called their file, made fit to be shown and saved."""

import pytest

from alliance.lib.attachments import attachment, plain_name

ODD_NAMES = {
    "resume.pdf": "resume.pdf",
    "Résumé – Ana López.PDF": "Résumé – Ana López.pdf",
    "../../etc/passwd": "passwd.pdf",
    "C:\\Users\\Ana\\resume.pdf": "resume.pdf",
    "\u202efdp.exe\u202c.pdf": "fdp.exe.pdf",
    "re\u200bsu\u00adme\ufeff.pdf": "resume.pdf",
    'my "best" <resume>?.pdf': "my best resume.pdf",
    "resume.pdf\r\nSet-Cookie: x=1": "resume.pdfSet-Cookie x=1.pdf",
    "  .hidden. .pdf": "hidden.pdf",
    "": "document.pdf",
    ".pdf": "document.pdf",
    "/": "document.pdf",
    "\x00\x01": "document.pdf",
    "履歴書.pdf": "履歴書.pdf",
}


@pytest.mark.parametrize(("given", "shown"), ODD_NAMES.items())
def test_a_name_is_what_every_computer_can_show(given, shown):
    assert plain_name(given, suffix=".pdf") == shown


def test_a_very_long_name_is_cut_and_keeps_its_ending():
    name = plain_name("é" * 4000 + ".docx", suffix=".docx")

    assert len(name) == 100
    assert name.endswith("é.docx")


def test_an_attachment_can_only_be_saved():
    response = attachment(b"%PDF-1.7", name="Résumé “new”.pdf", content_type="application/pdf")

    assert response.content == b"%PDF-1.7"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''R%C3%A9sum%C3%A9%20%E2%80%9Cnew%E2%80%9D.pdf"
    )
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
