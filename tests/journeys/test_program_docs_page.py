"""The docs page in a real browser: under its own policy, with nothing from elsewhere."""

from __future__ import annotations

import json

import pytest

from haitech_app.testing import databases
from tests.journeys.browser import a_page
from tests.journeys.program import as_url

pytestmark = pytest.mark.postgres

FILL = """((field, text) => {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  set.call(field, text);
  field.dispatchEvent(new Event("input", {bubbles: true}));
})"""


def test_shows_every_operation_and_authorizes_by_token_and_by_key(start, folder):
    program = start(database_url=as_url(databases.new_database())).ready()
    with program.client() as client, a_page(folder / "browser") as page:
        document = client.get("/meta/schema").json()
        items = [*document["paths"].values(), *document["webhooks"].values()]
        operations = sum(map(len, items))
        page.open(f"{program.base}/docs")
        page.until("document.querySelectorAll('.opblock').length")
        assert page.value("document.querySelectorAll('.opblock').length") == operations

        page.value("document.querySelector('.btn.authorize').click()")
        offered = page.until("document.querySelector('.modal-ux')?.innerText")
        assert "bearer" in offered
        assert "X-API-Key" in offered

        token = client.headers["authorization"].removeprefix("Bearer ")
        field = "document.querySelector('.modal-ux input')"
        page.value(f"{FILL}({field}, {json.dumps(token)})")
        page.value("document.querySelector('.modal-ux .btn.authorize').click()")
        page.until("document.querySelector('.modal-ux')?.innerText.includes('Logout')")
        page.value("document.querySelector('.modal-ux .btn-done').click()")

        me = "document.querySelector('[data-path=\"/api/v1/auth/me\"]').closest('.opblock')"
        page.value(f"{me}.querySelector('.opblock-summary-control').click()")
        page.until(f"{me}.querySelector('.btn.execute')")
        page.value(f"{me}.querySelector('.btn.execute').click()")
        answer = page.until(f"{me}.querySelector('.live-responses-table .response')?.innerText")
        assert answer.split()[0] == "200", answer
        assert page.complaints == []
