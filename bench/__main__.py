"""python -m bench: every measurement that needs no file of its own."""

import asyncio

from . import alerts

asyncio.run(alerts.main())
