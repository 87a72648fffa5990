"""Whatever a candidate may read exists in every language letters are written in."""

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from candidates.enums import Language

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def test_everything_candidates_read_is_translated_and_compiled():
    call_command("messages", "--check")


def test_the_languages_of_letters_are_those_of_the_house():
    assert set(Language.values) == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_the_same_blanks(language):
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"

    for entry in polib.pofile(str(path)):
        for words in [entry.msgstr, *entry.msgstr_plural.values()]:
            if words:
                assert _blanks(words) <= _blanks(entry.msgid + entry.msgid_plural), entry.msgid


def _blanks(text):
    return {piece.split(")s")[0] for piece in text.split("%(")[1:]}


@pytest.fixture
def copy(tmp_path, settings):
    """The catalogues where a test may spoil them."""
    source = settings.LOCALE_PATHS[0] / "es" / "LC_MESSAGES"
    target = tmp_path / "es" / "LC_MESSAGES"
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    settings.LOCALE_PATHS = [tmp_path]
    return target / "django.po"


def test_a_message_nobody_gathered_is_noticed(copy):
    catalogue = polib.pofile(str(copy))
    catalogue.remove(catalogue.find("Save my choice"))
    catalogue.save()

    with pytest.raises(CommandError, match="Not gathered yet"):
        call_command("messages", "--check")


def test_a_message_nobody_translated_is_noticed(copy):
    catalogue = polib.pofile(str(copy))
    catalogue.find("Save my choice").msgstr = ""
    catalogue.save()

    with pytest.raises(CommandError, match="Without a translation in es"):
        call_command("messages", "--check")


def test_a_compiled_file_older_than_its_source_is_noticed(copy):
    catalogue = polib.pofile(str(copy))
    catalogue.find("Save my choice").msgstr = "Guardar"
    catalogue.save()

    with pytest.raises(CommandError, match="older than"):
        call_command("messages", "--check")


def test_gathering_again_keeps_every_translation(copy):
    before = copy.read_bytes()

    call_command("messages")

    assert copy.read_bytes() == before
