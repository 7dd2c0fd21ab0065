"""Changing many cycles at once, and generating their meetings (R-CYC-6, R-SCHED-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import Invalid, Problem
from haitech_domain.fields import problems_in
from haitech_domain.ports import Clock, Transaction, UnitOfWork
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.use_cases.bulk import Refusals
from haitech_domain.use_cases.cycle_steps import (
    WORDS,
    bears_on_meetings,
    change_cycle,
    lock_for_change,
    own_fields,
    references,
    resting,
)
from haitech_domain.use_cases.cycle_upkeep import Needed, lock_for_meetings
from haitech_domain.use_cases.drafting import Draft
from haitech_domain.use_cases.generate_meetings import Generated, Generation
from haitech_domain.use_cases.references import missing
from haitech_domain.use_cases.school import School


async def lock_cycles(draft: Draft, paths: Mapping[UUID, str], refusals: Refusals) -> list[Cycle]:
    """The cycles of these ids, locked, in order of id. An id that names none is refused."""
    there = await draft.cycles.lock_many(paths)
    refusals.missing("cycle", paths, there)
    return [there[id] for id in sorted(there)]


@attrs.frozen(kw_only=True)
class UpdateCycles:
    """Change the given fields of many cycles, all or none; `status` runs its verb on each.

    The same fields and rules as for a single one. Meetings that move to another instructor, or
    come back, must overlap no others, also not among the cycles of the request.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        ids: Sequence[UUID],
        values: Mapping[str, Any],
        allow_conflicts: bool = False,
    ) -> list[Cycle]:
        """The cycles as they are now, in the order of their ids.

        :raises Invalid: no ids, or more than 200
        :raises Several: an id that is there twice or names nothing; values that break their rules
            or name nothing, under `data`; what the change of a single one refuses, under its id
        """
        grant(actor, Action.UPDATE, Resource.CYCLES)
        at, today = self.clock.now(), self.clock.civil().date()

        async def work(tx: Transaction) -> list[Cycle]:
            refusals = Refusals()
            paths = refusals.named(ids)
            draft = Draft(tx)
            cycles = await lock_cycles(draft, paths, refusals)
            wrong = tuple(self._wrong(values))
            await self._read_ahead(draft, cycles, values)
            wrong += tuple(await missing(references(draft.tx, values)))
            if wrong:
                refusals.add("data", Invalid(wrong))
            for cycle in () if wrong else cycles:
                with refusals.at(paths[cycle.id]), draft.attempt():
                    await change_cycle(
                        draft.tx,
                        self.school,
                        cycle,
                        values,
                        at=at,
                        today=today,
                        allow_conflicts=allow_conflicts,
                    )
            refusals.end()
            await draft.keep()
            after = await draft.cycles.many(ids)
            return [after[id] for id in ids]

        return await self.uow.run(actor, work)

    def _wrong(self, values: Mapping[str, Any]) -> Iterator[Problem]:
        """What is wrong with the values, whatever the cycles are."""
        fields = own_fields(values)
        for problem in problems_in(Cycle, {**fields, **_only(values, "status")}):
            yield attrs.evolve(problem, field=WORDS.get(problem.field, problem.field))
        yield from resting(fields.get("day_of_week"), self.school.rest_days)

    async def _read_ahead(
        self, draft: Draft, cycles: Sequence[Cycle], values: Mapping[str, Any]
    ) -> None:
        """Lock what the change needs, in the order of locks, and read what it looks at."""
        concerned = [cycle.id for cycle in cycles] if bears_on_meetings(values) else []
        await draft.meetings.of_cycles(concerned)
        if not values.keys().isdisjoint({"status", "total_meetings", "max_students"}):
            await draft.registrations.of_cycles([cycle.id for cycle in cycles])
        await lock_for_change(draft.tx, cycles, values)


def _only(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return {name: values[name]} if name in values else {}


@attrs.frozen(kw_only=True)
class GenerateMeetingsOfCycles:
    """Make the meetings that many cycles still miss, all or none.

    Each cycle is planned as by itself, in order of start date; an overlap with another meeting of
    the instructor, also with one that the same request plans, refuses the whole, unless conflicts
    are allowed. With `dry_run` nothing is stored, and every overlap is told.
    """

    uow: UnitOfWork
    generate: Generation

    async def __call__(
        self,
        *,
        actor: Actor,
        ids: Sequence[UUID],
        dry_run: bool = False,
        allow_conflicts: bool = False,
    ) -> list[Generated]:
        """What was generated, or would be, in the order of the ids.

        :raises Invalid: no ids, or more than 200
        :raises Several: an id that is there twice or names nothing; a cancelled cycle; overlaps
            that are not allowed; what the generation of a single one refuses
        """
        grant(actor, Action.UPDATE, Resource.CYCLES)

        async def work(tx: Transaction) -> list[Generated]:
            refusals = Refusals()
            paths = refusals.named(ids)
            draft = Draft(tx, locks=not dry_run)
            cycles = await lock_cycles(draft, paths, refusals)
            await _lock_what_they_plan_with(draft, cycles)
            done: dict[UUID, Generated] = {}
            for cycle in sorted(cycles, key=lambda c: (c.start_date, c.id)):
                path = paths[cycle.id]
                with refusals.at(path), draft.attempt():
                    await lock_for_meetings(draft.tx, cycle.id)
                    # with leave, so that the overlaps of the other cycles with this one are found
                    made = await self.generate(draft.tx, cycle, allow_conflicts=True)
                    done[cycle.id] = made.not_stored(cycle) if dry_run else made
                    if made.conflicts and not (allow_conflicts or dry_run):
                        refusals.add(path, InstructorBusy(made.conflicts))
            refusals.end()
            if not dry_run:
                await draft.keep()
            return [done[id] for id in ids]

        return await (self.uow.read(work) if dry_run else self.uow.run(actor, work))


async def _lock_what_they_plan_with(draft: Draft, cycles: Iterable[Cycle]) -> None:
    going_on = [c for c in cycles if c.status is not CycleStatus.CANCELLED]
    await draft.meetings.of_cycles([cycle.id for cycle in going_on])
    needed = Needed(instructors={cycle.instructor_id for cycle in going_on})
    await needed.to_reopen(draft.tx, going_on)
    await needed.lock(draft.tx)
