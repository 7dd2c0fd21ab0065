"""`python -m haitech_app.reference`, in the folder of the project."""

from __future__ import annotations

import sys

from haitech_app.reference import write

sys.stdout.writelines(f"{page}\n" for page in write())
