"""The command line: one command a file, each a thin pair of options and the library call behind them."""

from malgil.cli.entry import main

__all__ = ["main"]
