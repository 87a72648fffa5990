"""What is sealed opens at its own place with its own key, and nowhere else."""

import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.sealing import Index, Keys, Unfit, Unsealable, place

OLD, NEW = "k1:" + "a" * 40, "k2:" + "b" * 40
HERE = place("candidates_contact", "phone", 12)
KEYS = Keys.of(OLD)
TEXT = st.text(max_size=400)
KEPT = "434d1d7862224454ddd58b9c65a24bd58866c807f1df0ebbc31b15061ceba8a0"


@given(TEXT)
def test_what_was_sealed_opens_again(text):
    assert KEYS.open(KEYS.seal(text, place=HERE), place=HERE) == text


@given(st.binary(max_size=2000))
def test_so_does_a_file(content):
    assert KEYS.open_bytes(KEYS.seal_bytes(content, place=HERE), place=HERE) == content


@given(st.text(min_size=1), st.text(min_size=1))
def test_it_does_not_open_at_another_place(text, elsewhere):
    if elsewhere == HERE:
        return

    with pytest.raises(Unsealable):
        KEYS.open(KEYS.seal(text, place=HERE), place=elsewhere)


@pytest.mark.parametrize(
    "elsewhere",
    [place("candidates_contact", "phone", 13), place("candidates_contact", "note", 12), ""],
    ids=["row", "column", "nowhere"],
)
def test_moving_it_to_another_row_or_column_is_noticed(elsewhere):
    sealed = KEYS.seal("+16175550101", place=HERE)

    with pytest.raises(Unsealable, match="sealed elsewhere"):
        KEYS.open(sealed, place=elsewhere)


@given(st.binary(min_size=1, max_size=80), st.data())
def test_one_changed_bit_is_noticed(content, data):
    sealed = bytearray(KEYS.seal_bytes(content, place=HERE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(Unsealable):
        KEYS.open_bytes(bytes(sealed), place=HERE)


@given(st.text(max_size=200))
def test_rubbish_is_told_from_a_seal(rubbish):
    with pytest.raises(Unsealable):
        KEYS.open(rubbish, place=HERE)


def test_the_same_text_never_looks_the_same():
    assert len({KEYS.seal("yes", place=HERE) for _ in range(50)}) == 50


def test_the_newest_key_seals_and_every_key_opens():
    before = KEYS.seal("a secret", place=HERE)
    both = Keys.of(f"{NEW},{OLD}")

    after = both.seal(both.open(before, place=HERE), place=HERE)

    assert (both.is_newest(before), both.is_newest(after)) == (False, True)
    assert Keys.of(NEW).open(after, place=HERE) == "a secret"


def test_without_its_key_it_stays_shut():
    with pytest.raises(Unsealable, match="key that is not here"):
        Keys.of(NEW).open(KEYS.seal("a secret", place=HERE), place=HERE)


@pytest.mark.parametrize(
    "said", ["", "k1", "k1:short", "K1:" + "a" * 40, f"{OLD},k1:{'b' * 40}", f"{OLD},"]
)
def test_keys_that_cannot_be_used_are_refused(said):
    with pytest.raises(Unfit):
        Keys.of(said)


def test_equals_are_found_without_being_read():
    index = Index.of("c" * 40)

    found = index.digest("+16175550101", about="contact.phone")

    assert found == index.digest("+16175550101", about="contact.phone")
    assert found != index.digest("+16175550102", about="contact.phone")
    assert found != index.digest("+16175550101", about="person.phone")
    assert found != Index.of("d" * 40).digest("+16175550101", about="contact.phone")
    assert "617" not in found or len(found) == 64


def test_a_short_index_key_is_refused():
    with pytest.raises(Unfit):
        Index.of("short")


def test_a_digest_stays_the_one_that_stands_in_the_rows():
    found = Index.of("c" * 40).digest("+16175550101", about="contact.phone")

    assert found == KEPT


@given(st.text(max_size=200), st.text(max_size=80))
def test_a_digest_is_an_hmac_of_the_column_and_the_text(text, about):
    secret = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=b"job connector: blind index"
    ).derive(b"c" * 40)

    known = hmac.new(secret, f"{about}:{text}".encode(), "sha256").hexdigest()

    assert Index.of("c" * 40).digest(text, about=about) == known


@given(st.lists(TEXT, max_size=5))
def test_many_are_sealed_each_to_its_own_place_with_a_lot_of_its_own(texts):
    places = [place("candidates_contact", "phone", row) for row in range(len(texts))]

    sealed = KEYS.seal_each(list(zip(texts, places, strict=True)))

    opened = [KEYS.open(one, place=where) for one, where in zip(sealed, places, strict=True)]
    assert opened == texts
    assert len({one[:19] for one in sealed}) == len(texts)
