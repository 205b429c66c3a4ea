"""``python -m malgil`` is the command line."""

import sys

from malgil.cli import main

if __name__ == "__main__":
    sys.exit(main())
