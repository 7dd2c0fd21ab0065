"""What each setting is, in a sentence; a test fails where one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "The program": {
        "env": "Where the program runs. In `dev` and `demo` limits are a hundred times as wide.",
        "data_dir": "Where the program keeps its own data: the embedded PostgreSQL, generated secrets.",
        "database_url": "The PostgreSQL to use; without it, an embedded one in the data folder.",
        "spool_dir": "Where exports are written before they are kept; unset, the system's temporary folder.",
        "pool_size": "Connections to the database that each process holds at the most.",
        "host": "The address to listen on.",
        "port": "The port to listen on.",
        "workers": "Processes that serve.",
        "worker_inside": "Whether each serving process also does what waits in the queue.",
        "log_level": "From which level on lines are logged; unset, `DEBUG` in `dev` and else `INFO`.",
    },
    "Secrets and sessions": {
        "jwt_secret": "What signs access tokens; the same for all processes.",
        "secret_key": "What encrypts kept answers and secrets, and signs links and the audit log. Keep it.",
        "token_minutes": "How long an access token is good for, in minutes.",
        "refresh_days": "How long a login lives without being used, in days.",
        "session_days": "How long a login lives at the most, in days.",
        "reset_minutes": "How long the link of a forgotten password opens, in minutes.",
        "invitation_days": "How long the link of an invitation opens, in days.",
        "admin_email": "The address of the administrator whom the first start makes.",
        "admin_password": "That administrator's password; without it, one is made and printed once.",
    },
    "Limits and the network": {
        "redis_url": "Where processes count limits together; without it, each counts alone.",
        "rate_limit_per_hour": "Requests an hour of one caller; unset, 1000.",
        "rate_limit_per_minute": "Requests a minute of one caller; unset, 100.",
        "leads_per_minute": "Enquiries a minute from one key; unset, 30.",
        "login_limit": "Failed logins within 15 minutes before an address has to wait.",
        "trusted_proxies": "Networks of the proxies in front, whose word on the client's address is taken.",
        "trusted_hosts": "Names that requests may ask for; unset, any.",
        "cors_origins": "Origins of the pages that may call from a browser.",
        "webhook_allow_hosts": "Hosts in your own network that webhooks may tell; unset, only public ones.",
        "metrics_token": "What Prometheus sends as its bearer token to `/metrics` beside the API; unset, none.",
        "metrics_port": "A port of its own for `/metrics` and `/health`, also of `haitech worker`.",
        "otlp_url": "Where traces go, by OTLP over HTTP (extra `telemetry`); unset, nowhere.",
        "sentry_dsn": "The Sentry project that failures are told to (extra `sentry`); unset, none.",
    },
    "Mail and others": {
        "public_url": "The address that links in mails begin with; unset, the one listened on.",
        "smtp_url": "The mail server, also `smtps://` or with `?starttls=required`; without it, nothing is sent.",
        "mail_from": "From whom mails come.",
        "zoom_secret": "The secret token of your app at Zoom; without it nothing of Zoom is believed.",
    },
    "The school": {
        "employer_factor": "What an employee costs for each shekel of pay (R-PAY-4).",
        "completion_window_days": "Days after a meeting's own in which its instructor reports it (R-MEET-4).",
        "rest_days": "Weekdays without teaching (R-SCHED-3).",
        "closed_days": "Days to close beyond the «israeli school» calendar, by name (R-SCHED-2).",
    },
}
"""By group and field of `Settings`."""
