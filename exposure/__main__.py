"""`python -m exposure`."""

import sys

# -m has put the working folder first, where a click.py of a stranger's would be taken for the library.
if not sys.flags.safe_path:
    del sys.path[0]

from exposure.cli import main

main()
