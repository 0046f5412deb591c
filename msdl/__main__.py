"""`python -m msdl` is `msdl`."""

import sys

from msdl.cli import main

sys.exit(main())
