"""Is this a password that is tried first? Twenty thousand that everybody tries, what people add to them,
and the words that whoever means us would begin with."""

from __future__ import annotations

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

ADDED = re.compile(r"^[\W\d_]+|[\W\d_]+$")
LETTERS = str.maketrans("4301578@$!", "aeoistbasi")
SHORTEST = 4
WELL_KNOWN = (
    "Whoever guesses passwords tries this one early. Three or four words together are better."
)

OUR_WORDS = re.compile(
    "alliance|boston|biotech|cambridge|career|connector|job|life|massachusetts|science"
    "|welcome|password|spring|summer|autumn|fall|winter"
)
LETTERS_OF_THEIR_OWN = 8
OURS = "That is made of words which whoever means the Alliance tries first. Add words of your own."


class NotAWellKnownOne(CommonPasswordValidator):
    """Looked up offline: as typed; without digits and signs around it; with letters for the digits that
    stand for them; and as the same thing twice or more. Length alone makes none of these good."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if any(guess in self.passwords for guess in _guesses(password.lower().strip())):
            raise ValidationError(WELL_KNOWN, code="password_too_common")

    def get_help_text(self) -> str:
        return WELL_KNOWN


class NotMadeOfOurWords:
    """Our name, our trade, our city and the season add nothing to a password: enough must be left
    without them."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        letters = "".join(filter(str.isalpha, password.lower().translate(LETTERS)))
        if OUR_WORDS.search(letters) and len(OUR_WORDS.sub("", letters)) < LETTERS_OF_THEIR_OWN:
            raise ValidationError(OURS, code="password_of_our_words")

    def get_help_text(self) -> str:
        return OURS


def _guesses(password: str) -> set[str]:
    """What it comes down to."""
    bare = ADDED.sub("", password)
    spoken = {password, bare, password.translate(LETTERS), bare.translate(LETTERS)}
    spoken |= {_once(word) for word in spoken} | {ADDED.sub("", word) for word in spoken}
    return {word for word in spoken if len(word) >= SHORTEST}


def _once(word: str) -> str:
    """``lettersletters`` is ``letters``."""
    found = re.fullmatch(r"(.{4,}?)\1+", word)
    return found[1] if found else word
