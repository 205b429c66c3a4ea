"""Cleaning: ordered, named steps over blocks of texts, each with an exact map back to the raw text."""

from malgil.clean.cleaner import Cleaned, Cleaner
from malgil.clean.dropping import REASONS, Dropped, DropRules
from malgil.clean.log import EditLog, log_edits, undo
from malgil.clean.recipe import CleaningRecipe, read_recipe
from malgil.clean.steps import DEFAULT_STEPS, STEPS
from malgil.clean.survey import survey

__all__ = [
    "DEFAULT_STEPS",
    "REASONS",
    "STEPS",
    "Cleaned",
    "Cleaner",
    "CleaningRecipe",
    "DropRules",
    "Dropped",
    "EditLog",
    "log_edits",
    "read_recipe",
    "survey",
    "undo",
]
