"""The letters of signing in: plain words, and nothing escaped that people must read or click."""

import pytest
from django.template.loader import render_to_string

CONTEXT = {
    "site_name": "Anne's Alliance",
    "code": "7QX4MP",
    "email": "o'hara@example.org",
    "password_reset_url": "https://connector.example/reset/?a=1&b=2",
}


def test_the_code_is_not_in_the_subject_where_a_locked_phone_shows_it():
    assert "7QX4MP" not in render_to_string("account/email/login_code_subject.txt", CONTEXT)


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ("login_code_message", "7QX4MP"),
        ("unknown_account_message", "o'hara@example.org"),
        ("password_reset_key_message", "https://connector.example/reset/?a=1&b=2"),
    ],
)
def test_a_letter_of_signing_in_is_plain_text(letter, says):
    text = render_to_string(f"account/email/{letter}.txt", CONTEXT)

    assert says in text
    assert "&#x27;" not in text
    assert "&amp;" not in text
