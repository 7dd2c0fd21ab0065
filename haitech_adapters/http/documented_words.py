"""What the OpenAPI document says in words: of the whole, and of parameters that recur."""

from __future__ import annotations

from typing import Final

ABOUT: Final = """\
The system that a school runs on: customers and students, courses and branches, cycles of weekly
meetings, what they earn and what their instructors are paid.

## Credentials

Log in with `POST /api/v1/auth/login` and send its token as `Authorization: Bearer …`, or send an
API key as `X-API-Key: haitech_live_…` (as Bearer works too). A key is allowed what its scopes say,
such as `read:meetings`; a user what the role says. An instructor sees what is his or her own:
other rows are 404, and prices are absent.

## Answers

One thing is `{"data": {…}, "meta": {"requestId", "timestamp"}}`; a list has `pagination` as well.
Field names are camelCase, dates `YYYY-MM-DD`, times `HH:MM` on the wall clock of Jerusalem,
instants RFC 3339 in UTC. Money is shekels with two decimals: a number in answers, a number or a
text in requests, more than two decimals are refused. Fields that a role may not see are absent.

## Lists

`limit` (1-100, else 20) and `offset` page through a list; `pagination` says how many there are and
whether more follow. `sortBy` and `sortOrder` order it, ties by id. `search` (or `q`) finds part of
a word, also in Hebrew, and a phone in any writing. A parameter that a list does not know is
refused, not passed over.

## Changes

PUT and PATCH change the given fields only; `null` clears an optional one. DELETE answers 204, and
`POST …/restore` undoes it. A body may have at most 1 MiB.

With an `Idempotency-Key` a request may be repeated for 24 hours: it is done once, and every retry
gets the first answer with `Idempotency-Replayed: true`. Single things have an `ETag`: `If-Match`
changes one only if nobody else has (else 412), `If-None-Match` spares an answer (304).

## Limits

Requests are counted by user or key, by the hour and by the minute; `X-RateLimit-*` and `RateLimit`
say how the caller stands. Beyond that 429 says in `Retry-After` how many seconds to wait.

## Refusals

`{"error": {"code", "message", "reason", "details"}, "meta": …}`: `code` is the coarse class and
goes with the status, `reason` is the stable name of the rule that refused, `details` lists
everything at fault by its path (`records[2].status`). With `Accept: application/problem+json` the
same comes as RFC 9457 has it. Checks come in this order: 401, 403 by route, 400, 404, 412, 409.
Every answer carries `X-Request-ID`, under which the log has what happened.
"""

LICENSE: Final = {"name": "MIT", "identifier": "MIT"}

TAGS: Final = {
    "api-keys": "Keys by which programs call, each with its scopes; only administrators make them.",
    "attendance": "Marks: who came to which meeting. Rates are of marks, and null where there is none.",
    "audit-logs": "Who changed what, and when. Changes write it themselves; here it is read.",
    "auth": "Logging in and out, sessions, passwords, and who one is.",
    "branches": "Where lessons happen, with the days on which a branch is closed.",
    "customers": "Parents and other paying persons. A phone is unique among live customers.",
    "cycles": "Runs of courses: planning their meetings, progress, copying, many at once, what-if.",
    "instructors": "Who teaches: rates (shekels for an hour), windows, time off, calendars, accounts.",
    "meetings": "Lessons: completing, postponing, cancelling; money with its explanation; marking.",
    "meta": "About the program itself: its version, this document, and the page for people.",
    "public": "Doors without a login: enquiries (by API key), links of instructors, what Zoom tells.",
    "registrations": "Students in cycles, their prices and payments.",
    "users": "Who logs in, with which role; letting in and shutting out.",
    "webhooks": "Targets that are told of events, and what became of each delivery.",
}
"""What a tag says that several controllers carry; others speak in their controller's words."""

PARAMETERS: Final = {
    "limit": "How many to answer at most.",
    "offset": "How many to pass over.",
    "cursor": "Where to go on, as the answer before said; stable while rows come and go.",
    "sortBy": "By which field to sort; ties are in order of id.",
    "sortOrder": "Ascending or descending.",
    "search": "Part of a word, in any script; a phone in any writing.",
    "q": "The same as `search`; give one of the two.",
    "from": "On this day or later.",
    "to": "On this day or earlier.",
    "date": "On this day.",
    "type": "Only those of this type.",
    "status": "Only those of this status.",
    "city": "Only those in this city.",
    "category": "Only those of this category.",
    "isTrial": "Only those that are, or are not, trials.",
    "hasActiveRegistration": "Only those with, or without, a live registration.",
    "isActive": "Only those that are, or are not, active.",
    "dayOfWeek": "Only those held on this weekday.",
    "activityType": "Only those given in this way.",
    "availableOn": "Only those who are free at some time of this day, or at the times given.",
    "availableFrom": "Only those who are free from this time of that day on; with `availableTo`.",
    "availableTo": "Only those who are free until this time of that day; with `availableFrom`.",
    "token": "The secret by which the address opens.",
    "format": "The form of the answer; without it `Accept` chooses, and JSON where it names none.",
    "language": "The language of titles in files; without it `Accept-Language` chooses.",
    "groupBy": "What there is a row for.",
    "include": "What to add.",
    "meetingsLimit": "How many meetings to list at most.",
    "meetingsCursor": "Where the list of meetings goes on, as the answer before said.",
}
"""What a query parameter means wherever it occurs; a shape may say it in its own words."""

SECURITY: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `accessToken` that `POST /api/v1/auth/login` answers.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key, `haitech_live_…`, allowed what its scopes say.",
    },
}
"""How a caller says who it is."""


def of_parameter(name: str) -> str:
    """What a query parameter says that has no words of its own: `courseId`, `grade`."""
    if name in PARAMETERS:
        return PARAMETERS[name]
    if name.endswith("Id"):
        return f"Only those of this {_words(name.removesuffix('Id'))}, by its id."
    return f"Only those with this {_words(name)}."


def of_path(name: str, one: str) -> str:
    """What an id in a path says."""
    thing = one if name == "id" else _words(name.removesuffix("Id"))
    return f"The id of the {thing}." if name.lower().endswith("id") else f"The {thing}."


def _words(name: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name)
