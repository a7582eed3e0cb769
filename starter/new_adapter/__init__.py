"""Lay down a new adapter in a checkout of this project, and tell what of it is left to build."""

from starter.new_adapter.checkout import CannotLay, Checkout, Role
from starter.new_adapter.laying import Laid, lay
from starter.new_adapter.naming import Naming
from starter.new_adapter.todo import Todo, left_to_do

__all__ = ["CannotLay", "Checkout", "Laid", "Naming", "Role", "Todo", "lay", "left_to_do"]
