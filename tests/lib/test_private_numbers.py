"""What must never be kept is told from what may, however people write."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from alliance.lib.private_numbers import Secret, found_in
from alliance.ui.careful import refuse_private_numbers, refuse_what_is_never_kept

digits = st.text("0123456789", min_size=9, max_size=9)
prose = st.text(st.characters(categories=["L", "Zs"]), max_size=30)


@pytest.mark.parametrize(
    "text",
    [
        "078-05-1120",
        "it is 078 05 1120.",
        "(078-05-1120)",
        "078.05.1120",
        "078–05–1120",
        "078 - 05 - 1120",
        "\uff10\uff17\uff18-\uff10\uff15-\uff11\uff11\uff12\uff10",
        "SSN: 078051120",
        "my social security number is 078051120",
        "SSN ends in 1120",
        "mi seguro social es 078051120",
        "ITIN 912-70-1234",
    ],
)
def test_a_social_security_number_is_refused(text):
    with pytest.raises(ValidationError, match="Social Security"):
        refuse_private_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "S12345678",
        "her licence is S12345678.",
        "SA1234567",
        "driver's license number: 123456789",
        "Driver’s license #D1234567",
        "DL# X99123456",
        "licencia de conducir S12345678",
        "driver license no. 99-1234567",
    ],
)
def test_the_number_of_a_licence_is_refused(text):
    with pytest.raises(ValidationError, match="licence"):
        refuse_private_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "617-555-0150",
        "(617) 555-0150",
        "617.555.0150",
        "+1 617 555 01 50",
        "02139-4307",
        "1078-05-1120",
        "meeting 078 051 120",
        "2026-11-24",
        "11/24/2026",
        "24.11.2026",
        "078051120",
        "LOT-123-45-6789",
        "lot 123-45-6789",
        "Lot no. 123-45-6789",
        "batch S12345678",
        "Catalog # S12345678",
        "s12345678",
        "ISO 13485:2016, 21 CFR 820.30",
        "A valid driver's license is required",
        "driver's license, valid until 2029-05-31",
        "driver's licence since 2019",
        "Class D licence and a car",
        "Social Security office, 1200 Main Street",
        "ABS-12-3456-78",
        "192.168.10.2000",
    ],
)
def test_other_numbers_may_be_typed(text):
    refuse_what_is_never_kept(text)


@pytest.mark.parametrize(
    "text",
    [
        "He was arrested in 2019",
        "convicted of theft",
        "she has a felony",
        "two misdemeanors",
        "has a criminal record",
        "No criminal record.",
        "was incarcerated for a year",
        "just out of prison",
        "on parole until May",
        "talk to the probation officer",
        "has a CORI",
        "an ex-offender",
        "prior convictions",
        "tiene antecedentes penales",
        "fue arrestado",
        "estuvo en la cárcel",
    ],
)
def test_somebodys_past_in_court_is_refused(text):
    with pytest.raises(ValidationError, match="criminal record"):
        refuse_what_is_never_kept(text)


@pytest.mark.parametrize(
    "text",
    [
        "No criminal record required",
        "People with a felony conviction are welcome to apply",
        "Offers depend on a CORI check",
    ],
)
def test_in_a_job_advert_it_may_be_spoken_of(text):
    refuse_private_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "Strong convictions about quality",
        "On probation for the first 90 days",
        "His probation period ends in May",
        "Offers depend on a CORI check",
        "Cardiac arrest training",
        "She presented a case study",
        "Records management, batch records, criminal justice degree",
        "Trabajó en la empresa dos años",
    ],
)
def test_harmless_words_about_somebody_may_be_typed(text):
    refuse_what_is_never_kept(text)


@given(prose, digits, st.sampled_from(["-", " ", ".", "–", " - "]), prose)
def test_grouped_like_one_it_is_refused_wherever_it_stands(before, number, mark, after):
    assume(not before.casefold().rstrip().endswith(("lot", "batch", "part", "item", "cat", "po")))
    grouped = mark.join((number[:3], number[3:5], number[5:]))

    assert found_in(f"{before} {grouped} {after}") is Secret.SOCIAL_SECURITY


@given(prose, st.text("0123456789", min_size=10, max_size=10), st.sampled_from(["-", " ", "."]))
def test_a_telephone_number_never_is(before, number, mark):
    assume(found_in(before) is None)

    assert found_in(f"{before} {mark.join((number[:3], number[3:6], number[6:]))}") is None


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%d.%m.%Y"]))
def test_a_day_never_is(day, shape):
    assert found_in(f"free from {day.strftime(shape)} on") is None


@given(digits)
def test_a_zip_code_with_its_four_never_is(number):
    assert found_in(f"Boston, MA {number[:5]}-{number[5:]}") is None


@given(st.text())
def test_any_text_gets_an_answer(text):
    assert found_in(text) in {None, *Secret}
