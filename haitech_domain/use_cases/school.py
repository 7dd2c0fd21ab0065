"""The school's own settings and policies, as values: one place, replaceable by whoever embeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

import attrs

from haitech_domain.branch import Closure, closures_by_range
from haitech_domain.calendar import DayOfWeek, HolidayCalendar, TeachingDays
from haitech_domain.ids import BranchId
from haitech_domain.meeting import CompletionWindow
from haitech_domain.pay import DEFAULT_EMPLOYER_FACTOR
from haitech_domain.ports import Transaction
from haitech_domain.registration.policies import DEFAULT_POLICIES, RegistrationPolicy
from haitech_domain.vat import ISRAEL, VatSchedule


@attrs.frozen(kw_only=True)
class School:
    """How this school decides: calendar, VAT, cost factor, windows, registration policies."""

    holidays: HolidayCalendar
    rest_days: frozenset[DayOfWeek] = frozenset({DayOfWeek.SATURDAY})
    vat: VatSchedule = ISRAEL
    employer_factor: Decimal = DEFAULT_EMPLOYER_FACTOR
    completion_window: CompletionWindow = attrs.field(factory=CompletionWindow)
    registration_policies: tuple[RegistrationPolicy, ...] = DEFAULT_POLICIES

    @property
    def days_of_all(self) -> TeachingDays:
        """Which days teach whatever the branch: the calendar alone."""
        return TeachingDays(self.holidays, rest_days=self.rest_days)

    async def teaching_days(self, tx: Transaction, branch: BranchId) -> TeachingDays:
        """Which days teach at a branch: the calendar, with the branch's closures on top."""
        closures = await tx.closures.of_branch(branch)
        return attrs.evolve(self.days_of_all, closures=closures_by_range(closures))

    async def teaching_days_of(
        self, tx: Transaction, branches: Collection[BranchId]
    ) -> Mapping[BranchId, TeachingDays]:
        """Which days teach at each of several branches, in one question."""
        closures: dict[BranchId, list[Closure]] = {branch: [] for branch in branches}
        for closure in await tx.closures.of_branches(closures):
            closures[closure.branch_id].append(closure)
        return {
            branch: attrs.evolve(self.days_of_all, closures=closures_by_range(those))
            for branch, those in closures.items()
        }
