"""Letters: put into the queue with the change that asks for them, and sent by whoever works."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import attrs

from haitech_domain.ids import JobId
from haitech_domain.people import Email
from haitech_domain.ports import DONE, Clock, Ids, Job, Mail, Mailer, Outcome, Transaction

MAIL: Final = "mail.send"
"""The kind of job that a letter is."""
LOST_KEY: Final = Outcome(buried=True, why="it was encrypted with another secret key")
"""What becomes of a job whose secret facts can be read no more."""


@attrs.frozen(kw_only=True)
class Post:
    """Takes letters in. They lie encrypted in the queue, for a link in one opens an account."""

    clock: Clock
    ids: Ids

    async def put(self, tx: Transaction, mail: Mail, *, until: datetime) -> None:
        """Have a letter sent once this transaction is committed, unless that is after `until`."""
        letter = {"to": str(mail.to), "subject": mail.subject, "text": mail.text}
        await tx.jobs.put(
            Job(
                id=JobId(self.ids.new()),
                kind=MAIL,
                lane="mail",
                due_at=self.clock.now(),
                until=until,
                secret=letter,
            )
        )


@attrs.frozen(kw_only=True)
class SendMail:
    """Send a letter that lies in the queue. It may arrive twice, where a worker was killed."""

    mailer: Mailer

    async def __call__(self, job: Job) -> Outcome:
        """:raises Unavailable: nobody took it; it is tried again"""
        if job.secret is None:
            return LOST_KEY
        to, subject, text = (job.secret[part] for part in ("to", "subject", "text"))
        await self.mailer.send(Mail(to=Email.of(to), subject=subject, text=text))
        return DONE
