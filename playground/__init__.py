"""A Slack workspace on your own machine, for trying a bot and for end-to-end tests.

``Playground`` runs it inside a test; ``python -m playground`` runs it for people.
"""

from playground.hosting import Playground
from playground.person import Person

__all__ = ["Person", "Playground"]
