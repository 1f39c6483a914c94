"""How sure a statement is, and how its figures were checked."""

from typing import Literal

Certainty = Literal["high", "moderate", "low", "very-low", "not-graded"]
"""GRADE certainty of the evidence (Guyatt et al., BMJ 2008;336:924): how sure we are that the true effect is close to
the stated one. ``not-graded`` marks statements that are not about an effect, such as a definition, a law or a dose form."""

Check = Literal["seen", "secondary"]
"""How the figures taken from a source were checked: ``seen`` in the source itself or a full copy of it, ``secondary`` in
another text that reports the source."""

Status = Literal["active", "withdrawn"]
"""``active`` items are served; ``withdrawn`` ones answer 410 with the reason and their successor."""
