"""The kit for testing what is built on the domain (extra `testing`).

- `strategies`: Hypothesis strategies for every value and entity.
- `builders`: valid entities with defaults, one line each.
- `contracts`: suites that every adapter of a port must pass.
- `machine`: the verbs in any order beside a school on paper that predicts every figure.
"""

import pytest

# The suites assert; without this, a failure of theirs would say nothing but «AssertionError».
pytest.register_assert_rewrite("haitech_domain.testing.contracts", "haitech_domain.testing.machine")
