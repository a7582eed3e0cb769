"""Why an order stops, in the order desk's words: the catalogue every hold and refusal refers to."""

from types import MappingProxyType

from domain.reasons.answers import LATER
from domain.reasons.entry import Group, Reason
from domain.reasons.order_data import BEFORE_POSTING

__all__ = ["REASONS", "Group", "Reason"]

REASONS = MappingProxyType({each.code: each for each in (*BEFORE_POSTING, *LATER)})
