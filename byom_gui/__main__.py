"""``python -m byom_gui`` is ``byom-gui``."""

import sys

from byom_gui.cli import main

if __name__ == "__main__":
    sys.exit(main())
