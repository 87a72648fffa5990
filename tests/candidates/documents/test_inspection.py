"""Only what is a document, and nothing more, is taken."""

import time

import pikepdf
import pytest

from alliance.lib.confined import Refused
from candidates.documents.enums import SENTENCES, Flaw
from candidates.documents.inspection import BYTES_AT_MOST, inspect
from tests.lib import pages
from tests.lib.archives import bomb, packed, patched
from tests.lib.pages import body, docx, docx_parts, field, pdf, ties

DOCUMENT_TIES = "word/_rels/document.xml.rels"


def flaw_of(content, name="resume.pdf"):
    with pytest.raises(Refused) as caught:
        inspect(content, name)
    return Flaw(str(caught.value))


def in_docx(name, part=b"x"):
    return docx(**{name: part})


def test_a_pdf_is_a_pdf_and_a_word_document_is_one():
    assert inspect(pdf(), "My Resume.PDF") == ".pdf"
    assert inspect(docx(), "resume.docx") == ".docx"


def test_links_to_follow_are_part_of_a_resume():
    links = [("hyperlink", "https://www.linkedin.com/in/RD", "External")]
    links += [("hyperlink", "mailto:ana@example.org", "External")]

    assert inspect(docx(**{DOCUMENT_TIES: ties(*links)}), "resume.docx")
    assert inspect(docx(**{"word/document.xml": field("HYPER", 'LINK "x/RD"')}), "resume.docx")
    for target in ("https://example.org", "mailto:ana@example.org", "www.example.org"):
        assert inspect(pdf(change=pages.with_link(target)), "resume.pdf")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["SSN: 078-05-1120"], False),
        (["Driver's license no. ", "S12345678"], False),
        (["617-555-0150", "Boston, MA 02139-4307", "driver's license"], True),
    ],
)
def test_a_word_document_with_a_private_number_in_it_is_not_taken(words, kept):
    text = "".join(f"<w:r><w:t>{word}</w:t></w:r>" for word in words)
    content = docx(**{"word/document.xml": body(f"<w:p>{text}</w:p>")})

    if kept:
        assert inspect(content, "resume.docx") == ".docx"
    else:
        assert flaw_of(content, "resume.docx") is Flaw.PRIVATE


@pytest.mark.parametrize("name", ["resume.doc", "resume.exe", "resume", "resume.pdf.html", ""])
def test_other_kinds_of_file_are_not_taken(name):
    assert flaw_of(pdf(), name) is Flaw.WRONG_KIND


@pytest.mark.parametrize("name", ["resume.pdf", "resume.docx"])
def test_an_empty_file_is_not_taken(name):
    assert flaw_of(b"", name) is Flaw.EMPTY


def test_more_than_five_megabytes_are_not_taken():
    assert flaw_of(pdf() + bytes(BYTES_AT_MOST)) is Flaw.TOO_LARGE
    assert flaw_of(b"%PDF-" + bytes(6 * 1024 * 1024)) is Flaw.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00 a program", "resume.pdf"),
        (b"<html><script>alert(1)</script>", "resume.pdf"),
        (docx(), "resume.pdf"),
        (pdf(), "resume.docx"),
        (b" " + pdf(), "resume.pdf"),
        (b"GIF89a" + pdf(), "resume.pdf"),
    ],
    ids=["program", "page", "docx as pdf", "pdf as docx", "space before", "picture before"],
)
def test_an_ending_that_lies_is_found_out(content, name):
    assert flaw_of(content, name) is Flaw.NOT_WHAT_IT_SAYS


def test_a_file_that_is_two_kinds_at_once_is_neither():
    both = pdf() + docx()
    word_first = docx()

    assert flaw_of(both) is Flaw.NOT_WHAT_IT_SAYS
    assert flaw_of(both + b"\n%%EOF\n") is Flaw.NOT_WHAT_IT_SAYS
    assert flaw_of(word_first + pdf(), "resume.docx") is Flaw.DAMAGED


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_not_taken(part):
    assert flaw_of(pdf()[: int(len(pdf()) * part)]) is Flaw.DAMAGED
    assert flaw_of(docx()[: int(len(docx()) * part)], "resume.docx") is Flaw.DAMAGED


def test_a_pdf_in_name_only_is_not_taken():
    assert flaw_of(b"%PDF-1.7\nnothing of the sort\n%%EOF") is Flaw.DAMAGED


def test_a_pdf_without_pages_is_not_taken():
    assert flaw_of(pdf(change=lambda made: made.pages.__delitem__(0))) is Flaw.DAMAGED


@pytest.mark.parametrize("user", ["secret", ""], ids=["password", "restrictions"])
def test_a_protected_pdf_is_not_taken(user):
    assert flaw_of(pages.locked_pdf(user=user)) is Flaw.LOCKED


def test_a_protected_word_document_is_not_taken():
    assert flaw_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "resume.docx") is Flaw.LOCKED
    assert flaw_of(patched(docx(), b"PK\x01\x02", 8, b"\x01\x00"), "a.docx") is Flaw.LOCKED


@pytest.mark.parametrize(
    "change",
    [
        pages.with_script_on_opening,
        pages.with_script_in_names,
        pages.with_script_behind_a_link,
        pages.with_launch,
        pages.with_file_inside,
        pages.with_form_that_sends,
        pages.with_xfa,
        pages.with_link("javascript:alert(1)"),
        pages.with_link("file:///etc/passwd"),
    ],
    ids=lambda change: change.__name__,
)
@pytest.mark.parametrize("packing", [{}, {"object_stream_mode": 2}], ids=["plain", "packed"])
def test_a_pdf_that_would_act_is_not_taken(change, packing):
    if packing:
        packing = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}

    assert flaw_of(pdf(change=change, **packing)) is Flaw.ACTIVE


@pytest.mark.parametrize(
    "content",
    [
        in_docx("word/vbaProject.bin"),
        in_docx("word/vbaData.xml"),
        in_docx("word/activeX/activeX1.xml"),
        in_docx("word/embeddings/oleObject1.bin"),
        in_docx("word/chunk.html", b"<script>"),
        in_docx("word/embeddings/Sheet.xlsx"),
        in_docx("word/media/image1.png", packed({"a": b"a"})),
        docx(main=pages.MACROS),
        in_docx(DOCUMENT_TIES, ties(("attachedTemplate", "https://evil.test/t.dotm", "External"))),
        in_docx(DOCUMENT_TIES, ties(("image", "https://evil.test/track.png", "External"))),
        in_docx(DOCUMENT_TIES, ties(("oleObject", "embeddings/a", ""))),
        in_docx(DOCUMENT_TIES, ties(("aFChunk", "chunk", ""))),
        in_docx(DOCUMENT_TIES, ties(("hyperlink", "file://server/share", "External"))),
        in_docx(DOCUMENT_TIES, ties(("hyperlink", "\\\\server\\share", "External"))),
        in_docx("word/document.xml", field(" DD", "EAUTO c:\\\\windows\\\\cmd.exe ")),
        in_docx("word/document.xml", field('INCLUDEPICTURE "https://evil.test/x"')),
        in_docx("word/document.xml", body('<w:fldSimple w:instr=" DDE cmd "><w:r/></w:fldSimple>')),
        in_docx("word/document.xml", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><w>&a;</w>'),
    ],
)
def test_a_word_document_that_would_act_is_not_taken(content):
    assert flaw_of(content, "resume.docx") is Flaw.ACTIVE


@pytest.mark.parametrize(
    "content",
    [
        packed({"word/document.xml": body()}),
        packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}),
        docx(
            main="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
        ),
    ],
    ids=["no types", "workbook", "template"],
)
def test_another_archive_is_no_word_document(content):
    assert flaw_of(content, "resume.docx") is Flaw.NOT_WHAT_IT_SAYS


def test_a_word_document_with_broken_xml_is_not_taken():
    assert flaw_of(in_docx("word/document.xml", b"<w:document>"), "resume.docx") is Flaw.DAMAGED


def test_a_megabyte_that_unpacks_to_a_gigabyte_is_refused_without_unpacking():
    content = bomb(unpacked=1024**3)
    began = time.perf_counter()

    assert flaw_of(content, "resume.docx") is Flaw.OVERBLOWN
    assert time.perf_counter() - began < 2


def test_a_table_that_lies_about_a_gigabyte_is_refused_in_little_memory():
    liar = patched(
        packed({**docx_parts(), "z.xml": bytes(90_000_000)}), b"PK\x01\x02", 24, b"\x10\0\0\0"
    )

    assert flaw_of(liar, "resume.docx") is Flaw.DAMAGED


def test_a_pdf_that_drowns_its_reader_is_refused_in_time():
    nested = b"[" * 2_000_000
    content = b"%PDF-1.7\n1 0 obj\n" + nested + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    began = time.perf_counter()

    assert flaw_of(content) is Flaw.DAMAGED
    assert time.perf_counter() - began < 15


def test_every_flaw_has_a_sentence_that_says_what_to_do():
    assert set(SENTENCES) == set(Flaw)
