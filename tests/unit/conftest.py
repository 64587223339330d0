"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# A shared machine is sometimes slow, and a slow example is no fault; what must be fast has a test that says so.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
