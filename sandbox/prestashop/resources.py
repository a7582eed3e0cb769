"""Every resource this sandbox holds, by its address under /api."""

from sandbox.prestashop.fields import Resource
from sandbox.prestashop.goods import GOODS
from sandbox.prestashop.people import PEOPLE
from sandbox.prestashop.sales import SALES
from sandbox.prestashop.setup import OTHER_RESOURCES, SETUP

RESOURCES: dict[str, Resource] = {each.name: each for each in (*SALES, *PEOPLE, *GOODS, *SETUP)}

RESOURCE_NAMES: tuple[str, ...] = tuple(sorted((*RESOURCES, *OTHER_RESOURCES)))
"""Every name a real shop knows; an address outside of these is answered with the nearest of them."""
