"""``python -m benchmarks.diagnosis``: see ``run``."""

import sys

from benchmarks.diagnosis.run import main

if __name__ == "__main__":
    sys.exit(main())
