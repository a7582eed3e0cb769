"""What the models do: computed fields, defaults and methods, gathered from each department."""

from sandbox.odoo import accounting, selling, stocking, wizards

COMPUTED = {**selling.COMPUTED, **stocking.COMPUTED, **accounting.COMPUTED}
DEFAULTS = {**selling.DEFAULTS, **stocking.DEFAULTS, **accounting.DEFAULTS}
METHODS = {**selling.METHODS, **stocking.METHODS, **accounting.METHODS, **wizards.METHODS}
