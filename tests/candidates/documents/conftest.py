"""Each test has a folder of its own for private files."""

import pytest


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.CLAMD_URL = ""
    return settings.PRIVATE_ROOT
