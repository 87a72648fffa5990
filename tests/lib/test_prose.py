"""What people type comes back as they typed it."""

import pytest

from alliance.lib.prose import to_html, to_text


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One line.", "<p>One line.</p>"),
        ("One.\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\ntwo", "<p>One<br>two</p>"),
        ("- buffers\n• media", "<ul><li>buffers</li><li>media</li></ul>"),
        ("**Every day**", "<p><strong>Every day</strong></p>"),
        ("<5 °C & dry", "<p>&lt;5 °C &amp; dry</p>"),
        ("2 * 3 ** 4", "<p>2 * 3 ** 4</p>"),
        ("", ""),
    ],
)
def test_plain_text_becomes_paragraphs_and_lists(typed, html):
    assert to_html(typed) == html


def test_markup_stays_as_it_is():
    assert to_html("<p>Mine</p>") == "<p>Mine</p>"


@pytest.mark.parametrize("typed", ["A\nb\n\n- c\n- d & e\n\n**F** <g>", "Only one."])
def test_what_was_typed_comes_back(typed):
    assert to_text(to_html(typed)) == typed


def test_what_cannot_be_said_in_plain_text_comes_back_as_markup():
    html = '<p>See <a href="https://example.test">this</a></p>'

    assert to_text(html) == html
