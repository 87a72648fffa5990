"""Numbers that must never be kept are told from those that may."""

import pytest
from django.core.exceptions import ValidationError

from alliance.lib.private_numbers import refuse_private_numbers


@pytest.mark.parametrize("text", ["078-05-1120", "it is 078 05 1120.", "(078-05-1120)"])
def test_a_social_security_number_is_refused(text):
    with pytest.raises(ValidationError, match="Social Security"):
        refuse_private_numbers(text)


@pytest.mark.parametrize(
    "text", ["617-555-0150", "02139-4307", "1078-05-1120", "meeting 078 051 120", "2026-11-24"]
)
def test_other_numbers_may_be_typed(text):
    refuse_private_numbers(text)
