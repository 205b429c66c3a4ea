"""Cleaning: ordered, named steps over blocks of texts, each with an exact map back to the raw text."""

from malgil.clean.cleaner import Cleaned, Cleaner
from malgil.clean.steps import DEFAULT_STEPS, STEPS

__all__ = ["DEFAULT_STEPS", "STEPS", "Cleaned", "Cleaner"]
