"""The school that templates call, and the document of its API."""

from __future__ import annotations

import pytest

from haitech_adapters.http.openapi import document_of
from tests.http.school_world import a_school_behind_its_api


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as made:
        yield made


@pytest.fixture(scope="module")
def document(world):
    return document_of(world.client.app)
