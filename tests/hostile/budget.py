"""How much is tried: a little in every test run, much more in `make fuzz`."""

import os

# Cases for each RPC or path, in each of the tests that draw at random.
EXAMPLES = int(os.environ.get("PERSONAKIT_FUZZ", "12"))
