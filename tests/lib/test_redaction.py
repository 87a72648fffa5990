"""Logs hold nothing a reader could follow."""

import logging

from alliance.lib.redaction import WithoutTokens


def test_a_links_token_never_reaches_a_log():
    line = logging.LogRecord("web", 20, "", 0, "Not Found: %s", ("/l/s3cret-Token_1/",), None)

    WithoutTokens().filter(line)

    assert line.getMessage() == "Not Found: /l/…/"
