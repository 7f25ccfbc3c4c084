"""Drawn tests of the engine: no deadline, because two busy cores are slow now and then."""

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
