"""Archives are surveyed before anybody opens them."""

import io
import random
import struct
import time
import zipfile
from contextlib import suppress

import pytest

from alliance.lib.zip_guard import Fault, Limits, Unsafe, holds_a_zip, survey, unpack
from tests.lib.archives import bomb, packed, patched, streamed

LISTED, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
ORDINARY = Limits()
PLAIN = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"<w>" + b"words " * 500 + b"</w>",
}


def open_all(content, limits):
    return {name: unpack(content, entry) for name, entry in survey(content, limits).items()}


def fault_of(content, limits=ORDINARY):
    with pytest.raises(Unsafe) as caught:
        open_all(content, limits)
    return caught.value.fault


@pytest.mark.parametrize("write", [packed, streamed])
def test_an_ordinary_archive_opens_to_what_was_put_in(write):
    content = write(PLAIN)

    entries = survey(content)

    assert {name: unpack(content, entry) for name, entry in entries.items()} == PLAIN


def test_stored_entries_and_folders_are_ordinary():
    content = packed({"word/": b"", "word/document.xml": b"<w/>"}, zipfile.ZIP_STORED)

    assert unpack(content, survey(content)["word/document.xml"]) == b"<w/>"


def test_names_may_be_in_any_language():
    content = packed({"word/año.xml": b"<w/>"})

    assert list(survey(content)) == ["word/año.xml"]


def test_a_gigabyte_in_a_megabyte_is_refused_at_once_and_without_unpacking():
    content = bomb(unpacked=1024**3)
    began = time.perf_counter()

    assert fault_of(content) is Fault.TOO_BIG
    assert len(content) < 1_100_000
    assert time.perf_counter() - began < 0.2


def test_what_is_packed_more_tightly_than_any_document_is_refused():
    assert fault_of(bomb(unpacked=20 * 1024 * 1024)) is Fault.TOO_DENSE


def test_a_table_that_promises_less_than_is_inside_is_caught_by_unpacking():
    honest = bomb(unpacked=20 * 1024 * 1024)
    liar = patched(honest, LISTED, 24, struct.pack("<L", 1000))

    assert "word/document.xml" in survey(liar)
    assert fault_of(liar) is Fault.DISHONEST


def test_a_table_that_promises_more_than_is_inside_is_caught_by_unpacking():
    liar = patched(packed(PLAIN), LISTED, 24, struct.pack("<L", 9000))

    assert fault_of(liar) is Fault.DISHONEST


def test_a_changed_byte_is_caught_by_its_checksum():
    content = packed({"a.xml": b"<a>text</a>"}, zipfile.ZIP_STORED)

    assert fault_of(content.replace(b"text", b"tent")) is Fault.DISHONEST


def test_entries_that_share_their_bytes_are_refused():
    content = packed({"a.xml": b"a" * 300, "b.xml": b"b" * 300}, zipfile.ZIP_STORED)
    both = struct.pack("<LL", 635, 635)
    at = content.index(LISTED) + 20

    assert fault_of(content[:at] + both + content[at + 8 :]) is Fault.DISHONEST


def test_too_many_entries_are_refused_before_they_are_read():
    content = packed({f"{number}.xml": b"" for number in range(201)})

    assert fault_of(content) is Fault.TOO_MANY
    assert len(survey(content, Limits(entries=201))) == 201


def test_together_entries_may_not_be_too_big_either():
    content = packed({f"{number}.xml": bytes(range(256)) * 40 for number in range(20)})

    assert fault_of(content, Limits(unpacked=200_000)) is Fault.TOO_BIG


def test_an_encrypted_entry_is_refused():
    content = patched(packed(PLAIN), LISTED, 8, struct.pack("<H", 1))

    assert fault_of(content) is Fault.ENCRYPTED


@pytest.mark.parametrize("name", ["inner.zip", "word/embeddings/Sheet.XLSX", "a.7z"])
def test_an_archive_in_an_archive_is_refused_by_its_name(name):
    assert fault_of(packed({name: b"x"})) is Fault.NESTED


def test_an_archive_in_an_archive_is_refused_by_its_content():
    assert fault_of(packed({"word/media/image1.png": packed(PLAIN)})) is Fault.NESTED


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/passwd", "word/../../x", "C:/x.xml", "a\\b.xml", "a//b.xml"]
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    assert fault_of(packed({name: b"x"})) is Fault.ODD_NAME


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "harmless")
        archive.writestr("Word/Document.xml", "other")

    assert fault_of(out.getvalue()) is Fault.ODD_NAME


def test_a_link_to_elsewhere_is_refused():
    link = zipfile.ZipInfo("word/document.xml")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert fault_of(out.getvalue()) is Fault.ODD_METHOD


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_way_of_packing_is_refused(method):
    assert fault_of(packed(PLAIN, method)) is Fault.ODD_METHOD


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: b"PK\x03\x04",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: b"%PDF-1.7\n" + content,
        lambda content: content + b"<script>",
        lambda content: content[:-2] + b"\x05\x00hello",
        lambda content: b"MZ" + content[2:],
    ],
    ids=["empty", "mark", "half", "short", "before", "after", "comment", "mark changed"],
)
def test_what_is_not_one_whole_archive_is_refused(spoil):
    assert fault_of(spoil(packed(PLAIN))) is Fault.NOT_A_ZIP


def test_what_lies_hidden_between_entries_is_refused():
    content = packed(PLAIN)
    at = content.rindex(LOCAL)
    hidden = content[:at] + b"#!/bin/sh " * 10 + content[at:]
    table = hidden.index(LISTED)
    hidden = patched(hidden, LISTED, 42, struct.pack("<L", at + 100))
    hidden = patched(hidden, END, 16, struct.pack("<L", table))

    assert fault_of(hidden) is Fault.DISHONEST


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_broken_is_refused_and_never_breaks_us(seed):
    chance = random.Random(seed)
    content = bytearray(packed(PLAIN))
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    broken = bytes(content[: chance.randint(0, len(content))] if seed % 3 == 0 else content)

    with suppress(Unsafe):
        for entry in survey(broken).values():
            unpack(broken, entry)


def test_a_file_of_another_kind_that_ends_in_an_archive_is_two_things():
    assert holds_a_zip(b"%PDF-1.7 ... %%EOF\n" + packed(PLAIN))
    assert not holds_a_zip(b"%PDF-1.7 ... %%EOF\n")
