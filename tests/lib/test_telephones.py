"""A number is the same number however it is written."""

import pytest

from alliance.lib.telephones import e164


@pytest.mark.parametrize(
    "written", ["617-555-0101", "(617) 555-0101", "+1 617 555 0101", "1.617.555.0101", "6175550101"]
)
def test_ways_of_writing_one_number(written):
    assert e164(written) == "+16175550101"


@pytest.mark.parametrize("written", ["", "call me", "12", "+"])
def test_what_cannot_be_dialled_is_no_number(written):
    assert e164(written) is None
