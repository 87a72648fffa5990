"""What a broker writes about somebody is looked through before an employer reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.giveaways import Kind, Person, find

ANA = Person("Ana María", "Ramos-Díaz", "ana.ramosdiaz@example.org")
WILL = Person("Will", "Young", "willy1990@example.org")


def kinds(text, *people):
    return {one.kind for one in find(text, people)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Reach me at ana@example.org", Kind.EMAIL),
        ("ana (at) example (dot) org", Kind.EMAIL),
        ("ana at example dot com", Kind.EMAIL),
        ("ana [at] example.org", Kind.EMAIL),
        ("ramos arroba gmail punto com", Kind.EMAIL),
        ("anaramos at gmail", Kind.EMAIL),
        ("Call 617-555-0150", Kind.PHONE),
        ("(617) 555 0150", Kind.PHONE),
        ("+1 617.555.0150", Kind.PHONE),
        ("+44 20 7946 0958", Kind.PHONE),
        ("555-0150", Kind.PHONE),
        ("6175550150", Kind.PHONE),
        ("six one seven five five five oh one five oh", Kind.PHONE),
        ("See linkedin.com/in/ana", Kind.WEB),
        ("https://example.org/me", Kind.WEB),
        ("www.example.org", Kind.WEB),
        ("Instagram: lab_ana", Kind.HANDLE),
        ("find @lab_ana there", Kind.HANDLE),
        ("Lives at 12 Elm Street", Kind.STREET),
        ("45B Martin Luther King Blvd.", Kind.STREET),
        ("45 elm street", Kind.STREET),
        ("P.O. Box 77", Kind.STREET),
        ("Apt 4B", Kind.STREET),
        ("Boston, MA 02118", Kind.ZIP),
        ("near 02118", Kind.ZIP),
        ("zip code 90210", Kind.ZIP),
        ("She is careful", Kind.SEX),
        ("his/her bench work", Kind.SEX),
        ("taught himself", Kind.SEX),
        ("a mother of two", Kind.SEX),
        ("Ms. R knows buffers", Kind.SEX),
        ("Ella trabaja con cuidado", Kind.SEX),
        ("a 45-year-old career changer", Kind.AGE),
        ("born in 1979", Kind.AGE),
        ("class of 1998", Kind.AGE),
    ],
)
def test_each_kind_is_found(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Brings 4 of 5 skills, 192 hours of bench work, and an analytical eye.",
        "From March 2, 2026; shift ends 2026-03-02, contract 2024-2025.",
        "They keep their notebook as if it were theirs; ask them about HER2 assays.",
        "Washes the mother liquor, counts daughter cells, 10,000 samples and 20000 wells.",
        "Has an MS in hand for LC-MS, 0.05 M buffer, pH 7.4, 96-well plates.",
        "Worked at night and at the weekend, 40 hours at 26.50.",
        "Grade 3.5 at GMP, ISO 13485, 21 CFR Part 11.",
        "Cell counts of 1,234,567 and 12 345 per well.",
        "The manager says: theirs is the tidiest bench. Human samples, hero of the shift.",
        "Drove a van for two years; the way they pipette is exact.",
    ],
)
def test_ordinary_words_give_nobody_away(text):
    assert find(text, [ANA, WILL]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ana is careful", "Ana"),
        ("ANA is careful", "ANA"),
        ("maria pipettes", "maria"),
        ("RAMOS knows buffers", "RAMOS"),
        ("Ms Diaz", "Diaz"),
        ("as Ramos-Díaz’s notebook shows", "Ramos"),
        ("look up anamariaramosdiaz", "anamariaramosdiaz"),
        ("write to ana.ramosdiaz", "ana.ramosdiaz"),
    ],
)
def test_a_name_is_found_however_it_is_written(text, said):
    assert said in {one.said for one in find(text, [ANA]) if one.kind is Kind.NAME}


def test_a_name_that_is_a_word_as_well_is_found_where_it_is_a_name():
    assert kinds("The plates will be ready; a young lab.", WILL) == set()
    assert kinds("Will start in May.", WILL) == set()
    assert kinds("We think Will is ready.", WILL) == {Kind.NAME}
    assert kinds("Will’s notebook is exact.", WILL) == {Kind.NAME}
    assert kinds("as willy1990 wrote", WILL) == {Kind.NAME}


def test_particles_of_a_name_are_not_the_name():
    assert kinds("los datos de la van", Person("Maria", "de la Cruz")) == set()
    assert kinds("the Cruz method", Person("Maria", "de la Cruz")) == {Kind.NAME}


def test_the_name_of_anybody_on_the_slate_is_found():
    assert {one.said for one in find("Works with Ana and Will.", [ANA, WILL])} == {"Ana", "Will"}


def test_what_was_found_is_told_once_with_the_words_that_hold_it():
    [told] = find("ana@example.org, ana@example.org")

    assert str(told) == "an e-mail address (“ana@example.org”)"


@given(st.text(max_size=200))
def test_any_text_is_read_to_its_end(text):
    find(text, [ANA])
