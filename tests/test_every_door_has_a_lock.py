"""No view of ours is open by accident."""

from django.urls import URLPattern, get_resolver

OURS = ("alliance.", "employers.", "providers.", "candidates.", "placements.")


def views(patterns):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield entry.callback
        else:
            yield from views(entry.url_patterns)


def test_every_door_has_a_lock():
    ours = [view for view in views(get_resolver().url_patterns) if view.__module__.startswith(OURS)]

    assert ours
    assert [f"{v.__module__}.{v.__name__}" for v in ours if not hasattr(v, "open_to")] == []
