"""What is the world made of? The files of the material, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

MATERIAL = Path(__file__).parents[1] / "material"
Entry = dict[str, Any]


@cache
def read(name: str) -> dict[str, list[Any]]:
    """One file of the material, by its name without the ending."""
    with (MATERIAL / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
