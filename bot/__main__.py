"""``python -m bot``: run the bot, load files, print a digest. Exit codes: 0 done, 1 refused, 2 usage."""

import sys

from bot.cli import main

sys.exit(main())
