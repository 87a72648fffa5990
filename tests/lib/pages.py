"""Small documents for tests: honest ones, and those that carry more than text."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.lib.archives import packed

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
TIES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(words: str = "resume", *, change=None, **saving) -> bytes:
    """A page with a few words on it; ``change`` may do something to it before it is saved."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(612, 792))
        made.pages[0].Contents = made.make_stream(f"BT ({words}) Tj ET".encode())
        if change:
            change(made)
        made.save(out, **saving)
    return out.getvalue()


def locked_pdf(*, user: str) -> bytes:
    """With a password to open it, or with restrictions only."""
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def with_script_on_opening(made) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_script_in_names(made) -> None:
    action = made.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def with_launch(made) -> None:
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))


def with_script_behind_a_link(made) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(
            S=Name.URI,
            URI=String("https://example.org"),
            Next=[Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))],
        ),
    )
    made.pages[0].Annots = Array([made.make_indirect(link)])


def with_link(target: str):
    def change(made) -> None:
        made.pages[0].Annots = Array(
            [
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Link,
                    Rect=[0, 0, 9, 9],
                    A=Dictionary(S=Name.URI, URI=String(target)),
                )
            ]
        )

    return change


def with_file_inside(made) -> None:
    made.attachments["evil.exe"] = b"MZ"


def with_form_that_sends(made) -> None:
    made.Root.AcroForm = Dictionary(
        Fields=[
            Dictionary(FT=Name.Btn, AA=Dictionary(U=Dictionary(S=Name.SubmitForm, F=String("x"))))
        ]
    )


def with_xfa(made) -> None:
    made.Root.AcroForm = Dictionary(XFA=String("<xdp/>"))


def ties(*rows: tuple[str, str, str]) -> bytes:
    """A relationships part: (type, target, mode) each."""
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{TIES}/{sort}" Target="{target}"'
        + (f' TargetMode="{mode}"' if mode else "")
        + "/>"
        for number, (sort, target, mode) in enumerate(rows)
    )
    return (
        '<?xml version="1.0"?><Relationships'
        f' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    ).encode()


def body(inside: str = "<w:p><w:r><w:t>resume</w:t></w:r></w:p>") -> bytes:
    return f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{inside}</w:body></w:document>'.encode()


def field(*pieces: str) -> bytes:
    """A field whose instruction is split over several runs, as Word does."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return body(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def docx_parts(*, main: str = MAIN, **more: bytes) -> dict[str, bytes]:
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": ties(("officeDocument", "word/document.xml", "")),
        "word/document.xml": body(),
        **more,
    }


def docx(**changes) -> bytes:
    """A small Word document."""
    return packed(docx_parts(**changes))
