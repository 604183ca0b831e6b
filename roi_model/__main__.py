"""Run the command line: ``python -m roi_model evaluate promevil --format json``."""

import sys

from roi_model.command_line import main

sys.exit(main())
