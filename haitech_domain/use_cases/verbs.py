"""Every verb of the school in one value: what a controller, a worker or an embedder calls."""

from __future__ import annotations

from typing import Self

import attrs

from haitech_domain.api_key import KeyKind
from haitech_domain.attendance import Mark
from haitech_domain.branch import Branch, Closure
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.lead import Lead, LeadNote
from haitech_domain.meeting import Meeting
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import (
    Attempts,
    CalendarFeeds,
    Clock,
    Courier,
    Ids,
    Mailer,
    MeetingLinks,
    Passwords,
    Randomness,
    Sheets,
    Snapshots,
    Spool,
    Tokens,
    UnitOfWork,
    Vault,
    ZoomSecret,
)
from haitech_domain.registration import Registration
from haitech_domain.saved_view import SavedView
from haitech_domain.student import Student
from haitech_domain.use_cases.answering import AnswerOnce, ForgetAnswers, UnderLock
from haitech_domain.use_cases.api_keys import ApiKeyVerbs, KeyMaker
from haitech_domain.use_cases.attendance_reading import ATTENDANCE, CountAttendance, ReadSheet
from haitech_domain.use_cases.audit import ListAudit, ReadAudit
from haitech_domain.use_cases.availability import (
    ReadAvailability,
    ReadSchedule,
    SetAvailability,
)
from haitech_domain.use_cases.calendar_feed import (
    IssueCalendarToken,
    ReadCalendarFeed,
    RevokeCalendarToken,
)
from haitech_domain.use_cases.catalogue import Catalogue, ListPage, Read, Related
from haitech_domain.use_cases.coming_round import BeginRounds
from haitech_domain.use_cases.convert_lead import ConvertLead
from haitech_domain.use_cases.cycle_deletion import DeleteCycle, RestoreCycle
from haitech_domain.use_cases.cycle_reading import ListCycles, ReadCycle, ShowCycle
from haitech_domain.use_cases.cycle_writing import CreateCycle, SyncProgress, UpdateCycle
from haitech_domain.use_cases.cycles_in_bulk import GenerateMeetingsOfCycles, UpdateCycles
from haitech_domain.use_cases.day_reading import ReadDay
from haitech_domain.use_cases.duplicate_cycle import DuplicateCycle
from haitech_domain.use_cases.export_verbs import ExportVerbs
from haitech_domain.use_cases.free_instructors import ListInstructors
from haitech_domain.use_cases.generate_meetings import GenerateMeetings, Generation
from haitech_domain.use_cases.inviting import CreateInstructor, InviteInstructor
from haitech_domain.use_cases.leads import LEAD_NOTES, LEADS, NoteLead, UpdateLead
from haitech_domain.use_cases.logging_in import LogIn, LogOut, Recognise, RefreshSession
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.use_cases.marking import DeleteMark, MarkAttendance, RestoreMark, UpdateMark
from haitech_domain.use_cases.meeting_deletion import DeleteMeeting, RestoreMeeting
from haitech_domain.use_cases.meeting_links import CompleteByLink, MakeMeetingLink, ReadByLink
from haitech_domain.use_cases.meeting_reading import MEETINGS, ReadFinancials
from haitech_domain.use_cases.meeting_status import (
    CancelMeeting,
    CompleteMeeting,
    PostponeMeeting,
    ReopenMeeting,
)
from haitech_domain.use_cases.meeting_writing import CreateMeeting, UpdateMeeting
from haitech_domain.use_cases.meetings_in_bulk import DeleteMeetings, UpdateMeetingStatuses
from haitech_domain.use_cases.passwords import (
    AnswerForgotten,
    ChangePassword,
    ForgotPassword,
    Links,
    ResetPassword,
)
from haitech_domain.use_cases.posting import Post, SendMail
from haitech_domain.use_cases.recalculating import RecalculateMeeting, RecalculateMeetings
from haitech_domain.use_cases.receive_lead import ReceiveLead
from haitech_domain.use_cases.register_student import RegisterStudent
from haitech_domain.use_cases.registration_paying import (
    CancelRegistration,
    ListPayments,
    PayRegistration,
)
from haitech_domain.use_cases.registration_reading import REGISTRATIONS
from haitech_domain.use_cases.registration_writing import (
    DeleteRegistration,
    RestoreRegistration,
    UpdateRegistration,
)
from haitech_domain.use_cases.reports import ReportVerbs
from haitech_domain.use_cases.resources import (
    BRANCHES,
    CLOSURES,
    COURSES,
    CUSTOMERS,
    INSTRUCTORS,
    ORDERS,
    STUDENTS,
    TIME_OFF,
    USERS,
)
from haitech_domain.use_cases.saved_views import SAVED_VIEWS
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.users import (
    ActivateUser,
    CreateAdmin,
    CreateUser,
    DeactivateUser,
    ReadMe,
)
from haitech_domain.use_cases.watching import Watch
from haitech_domain.use_cases.webhook_verbs import WebhookVerbs
from haitech_domain.use_cases.what_if import WhatIf
from haitech_domain.use_cases.zoom import ForgetZoomEvents, HearZoom, ListZoomEvents
from haitech_domain.user import User


@attrs.frozen(kw_only=True)
class Verbs:
    """The use cases, made once over one set of ports."""

    log_in: LogIn
    refresh_session: RefreshSession
    log_out: LogOut
    recognise: Recognise
    change_password: ChangePassword
    forgot_password: ForgotPassword
    answer_forgotten: AnswerForgotten
    send_mail: SendMail
    reset_password: ResetPassword
    read_me: ReadMe
    users: Catalogue[User]
    activate_user: ActivateUser
    deactivate_user: DeactivateUser
    invite_instructor: InviteInstructor
    create_admin: CreateAdmin
    api_keys: ApiKeyVerbs
    webhooks: WebhookVerbs
    watch: Watch
    exports: ExportVerbs
    reports: ReportVerbs
    customers: Catalogue[Customer]
    students: Catalogue[Student]
    courses: Catalogue[Course]
    branches: Catalogue[Branch]
    closures: Catalogue[Closure]
    orders: Catalogue[InstitutionalOrder]
    saved_views: Catalogue[SavedView]
    instructors: Catalogue[Instructor]
    time_off: Catalogue[TimeOff]
    read_availability: ReadAvailability
    set_availability: SetAvailability
    read_schedule: ReadSchedule
    issue_calendar_token: IssueCalendarToken
    revoke_calendar_token: RevokeCalendarToken
    read_calendar_feed: ReadCalendarFeed
    calendar_feeds: CalendarFeeds
    sheets: Sheets
    create_cycle: CreateCycle
    read_cycle: ReadCycle
    show_cycle: ShowCycle
    list_cycles: ListCycles
    update_cycle: UpdateCycle
    delete_cycle: DeleteCycle
    restore_cycle: RestoreCycle
    sync_progress: SyncProgress
    what_if: WhatIf
    generate_meetings: GenerateMeetings
    duplicate_cycle: DuplicateCycle
    update_cycles: UpdateCycles
    generate_meetings_of_cycles: GenerateMeetingsOfCycles
    create_meeting: CreateMeeting
    read_meeting: Read[Meeting]
    list_meetings: ListPage[Meeting]
    update_meeting: UpdateMeeting
    delete_meeting: DeleteMeeting
    restore_meeting: RestoreMeeting
    complete_meeting: CompleteMeeting
    cancel_meeting: CancelMeeting
    postpone_meeting: PostponeMeeting
    reopen_meeting: ReopenMeeting
    recalculate_meeting: RecalculateMeeting
    recalculate_meetings: RecalculateMeetings
    read_financials: ReadFinancials
    update_meeting_statuses: UpdateMeetingStatuses
    delete_meetings: DeleteMeetings
    make_meeting_link: MakeMeetingLink
    read_by_link: ReadByLink
    complete_by_link: CompleteByLink
    register_student: RegisterStudent
    receive_lead: ReceiveLead
    read_lead: Read[Lead]
    related_to_lead: Related[Lead]
    list_leads: ListPage[Lead]
    update_lead: UpdateLead
    note_lead: NoteLead
    list_lead_notes: ListPage[LeadNote]
    convert_lead: ConvertLead
    answer_once: AnswerOnce
    forget_answers: ForgetAnswers
    begin_rounds: BeginRounds
    under_lock: UnderLock
    read_audit: ReadAudit
    list_audit: ListAudit
    read_registration: Read[Registration]
    list_registrations: ListPage[Registration]
    update_registration: UpdateRegistration
    delete_registration: DeleteRegistration
    restore_registration: RestoreRegistration
    pay_registration: PayRegistration
    cancel_registration: CancelRegistration
    list_payments: ListPayments
    read_mark: Read[Mark]
    list_attendance: ListPage[Mark]
    read_sheet: ReadSheet
    read_day: ReadDay
    count_attendance: CountAttendance
    mark_attendance: MarkAttendance
    update_mark: UpdateMark
    delete_mark: DeleteMark
    restore_mark: RestoreMark
    hear_zoom: HearZoom
    list_zoom_events: ListZoomEvents
    forget_zoom_events: ForgetZoomEvents

    @classmethod
    def over(
        cls,
        *,
        uow: UnitOfWork,
        clock: Clock,
        ids: Ids,
        passwords: Passwords,
        tokens: Tokens,
        randomness: Randomness,
        school: School,
        attempts: Attempts,
        mailer: Mailer,
        courier: Courier,
        vault: Vault,
        calendar_feeds: CalendarFeeds,
        meeting_links: MeetingLinks,
        sheets: Sheets,
        spool: Spool,
        snapshots: Snapshots | None = None,
        login: LoginRules | None = None,
        keys: KeyKind = KeyKind.TEST,
        zoom: ZoomSecret | None = None,
    ) -> Self:
        """All verbs over these ports, by the policies of this school; its API keys are `keys`.

        Without `snapshots` what exports read is not of one moment, unless `uow` sees to that.
        Without the secret shared with `zoom` nothing is believed of it.
        """
        rules = login or LoginRules()
        links = Links(clock=clock, ids=ids, randomness=randomness, rules=rules)
        post = Post(clock=clock, ids=ids)
        users = Catalogue.of(USERS, uow=uow, clock=clock, ids=ids)
        instructors = Catalogue.of(INSTRUCTORS, uow=uow, clock=clock, ids=ids)
        by_link = ReadByLink(uow=uow, clock=clock, links=meeting_links)
        new_key = KeyMaker(randomness=randomness, kind=keys)
        register_student = RegisterStudent(uow=uow, clock=clock, ids=ids, school=school)
        generate = Generation(clock=clock, ids=ids, school=school)
        return cls(
            log_in=LogIn(
                uow=uow,
                clock=clock,
                ids=ids,
                passwords=passwords,
                tokens=tokens,
                randomness=randomness,
                attempts=attempts,
                rules=rules,
            ),
            refresh_session=RefreshSession(
                uow=uow,
                clock=clock,
                tokens=tokens,
                randomness=randomness,
                attempts=attempts,
                rules=rules,
            ),
            log_out=LogOut(uow=uow, clock=clock),
            recognise=Recognise(uow=uow, clock=clock),
            change_password=ChangePassword(
                uow=uow, clock=clock, passwords=passwords, attempts=attempts, rules=rules
            ),
            forgot_password=ForgotPassword(
                uow=uow, attempts=attempts, clock=clock, ids=ids, rules=rules
            ),
            answer_forgotten=AnswerForgotten(links=links, post=post),
            send_mail=SendMail(mailer=mailer),
            reset_password=ResetPassword(
                uow=uow, clock=clock, passwords=passwords, attempts=attempts, rules=rules
            ),
            read_me=ReadMe(uow=uow),
            create_admin=CreateAdmin(
                uow=uow, clock=clock, ids=ids, passwords=passwords, policy=rules.passwords
            ),
            users=attrs.evolve(
                users,
                create=CreateUser(
                    spec=USERS,
                    uow=uow,
                    clock=clock,
                    ids=ids,
                    passwords=passwords,
                    policy=rules.passwords,
                ),
            ),
            activate_user=ActivateUser(spec=USERS, uow=uow, clock=clock),
            deactivate_user=DeactivateUser(spec=USERS, uow=uow, clock=clock),
            invite_instructor=InviteInstructor(
                uow=uow, clock=clock, ids=ids, mailer=mailer, links=links, post=post
            ),
            api_keys=ApiKeyVerbs.of(uow=uow, clock=clock, ids=ids, new_key=new_key),
            watch=Watch(uow=uow, clock=clock),
            exports=ExportVerbs.of(
                uow=uow,
                clock=clock,
                ids=ids,
                snapshots=snapshots or uow,
                sheets=sheets,
                spool=spool,
                school=school,
            ),
            reports=ReportVerbs.of(uow=uow, school=school),
            webhooks=WebhookVerbs.of(
                uow=uow, clock=clock, ids=ids, randomness=randomness, vault=vault, courier=courier
            ),
            customers=Catalogue.of(CUSTOMERS, uow=uow, clock=clock, ids=ids),
            students=Catalogue.of(STUDENTS, uow=uow, clock=clock, ids=ids),
            courses=Catalogue.of(COURSES, uow=uow, clock=clock, ids=ids),
            branches=Catalogue.of(BRANCHES, uow=uow, clock=clock, ids=ids),
            closures=Catalogue.of(CLOSURES, uow=uow, clock=clock, ids=ids),
            orders=Catalogue.of(ORDERS, uow=uow, clock=clock, ids=ids),
            saved_views=Catalogue.of(SAVED_VIEWS, uow=uow, clock=clock, ids=ids),
            instructors=attrs.evolve(
                instructors,
                create=CreateInstructor(
                    spec=INSTRUCTORS,
                    uow=uow,
                    clock=clock,
                    ids=ids,
                    passwords=passwords,
                    policy=rules.passwords,
                    links=links,
                    post=post,
                ),
                list=ListInstructors(spec=INSTRUCTORS, uow=uow, school=school),
            ),
            time_off=Catalogue.of(TIME_OFF, uow=uow, clock=clock, ids=ids),
            read_availability=ReadAvailability(uow=uow, clock=clock, school=school),
            set_availability=SetAvailability(uow=uow, clock=clock, school=school),
            read_schedule=ReadSchedule(uow=uow, clock=clock),
            issue_calendar_token=IssueCalendarToken(
                uow=uow, clock=clock, randomness=randomness, public_url=rules.public_url
            ),
            revoke_calendar_token=RevokeCalendarToken(uow=uow, clock=clock),
            read_calendar_feed=ReadCalendarFeed(uow=uow, clock=clock),
            calendar_feeds=calendar_feeds,
            sheets=sheets,
            create_cycle=CreateCycle(uow=uow, clock=clock, ids=ids, school=school),
            read_cycle=ReadCycle(uow=uow),
            show_cycle=ShowCycle(uow=uow),
            list_cycles=ListCycles(uow=uow),
            update_cycle=UpdateCycle(uow=uow, clock=clock, school=school),
            delete_cycle=DeleteCycle(uow=uow, clock=clock, ids=ids),
            restore_cycle=RestoreCycle(uow=uow, clock=clock),
            sync_progress=SyncProgress(uow=uow, clock=clock),
            what_if=WhatIf(uow=uow, school=school),
            generate_meetings=GenerateMeetings(uow=uow, generate=generate),
            duplicate_cycle=DuplicateCycle(
                uow=uow, clock=clock, ids=ids, school=school, generate=generate
            ),
            update_cycles=UpdateCycles(uow=uow, clock=clock, school=school),
            generate_meetings_of_cycles=GenerateMeetingsOfCycles(uow=uow, generate=generate),
            create_meeting=CreateMeeting(uow=uow, clock=clock, ids=ids, school=school),
            read_meeting=Read(spec=MEETINGS, uow=uow),
            list_meetings=ListPage(spec=MEETINGS, uow=uow),
            update_meeting=UpdateMeeting(uow=uow, clock=clock, school=school),
            delete_meeting=DeleteMeeting(uow=uow, clock=clock, ids=ids),
            restore_meeting=RestoreMeeting(uow=uow, clock=clock, school=school),
            complete_meeting=CompleteMeeting(uow=uow, clock=clock, school=school),
            cancel_meeting=CancelMeeting(uow=uow, clock=clock),
            postpone_meeting=PostponeMeeting(uow=uow, clock=clock, ids=ids, school=school),
            reopen_meeting=ReopenMeeting(uow=uow, clock=clock),
            recalculate_meeting=RecalculateMeeting(uow=uow, clock=clock, school=school),
            recalculate_meetings=RecalculateMeetings(uow=uow, clock=clock, school=school),
            read_financials=ReadFinancials(uow=uow, school=school),
            update_meeting_statuses=UpdateMeetingStatuses(uow=uow, clock=clock, school=school),
            delete_meetings=DeleteMeetings(uow=uow, clock=clock, ids=ids),
            make_meeting_link=MakeMeetingLink(
                uow=uow,
                clock=clock,
                links=meeting_links,
                school=school,
                public_url=rules.public_url,
            ),
            read_by_link=by_link,
            complete_by_link=CompleteByLink(uow=uow, clock=clock, school=school, by_link=by_link),
            register_student=register_student,
            receive_lead=ReceiveLead(uow=uow, clock=clock, ids=ids),
            read_lead=Read(spec=LEADS, uow=uow),
            related_to_lead=Related(spec=LEADS, uow=uow),
            list_leads=ListPage(spec=LEADS, uow=uow),
            update_lead=UpdateLead(uow=uow, clock=clock),
            note_lead=NoteLead(uow=uow, clock=clock, ids=ids),
            list_lead_notes=ListPage(spec=LEAD_NOTES, uow=uow),
            convert_lead=ConvertLead(uow=uow, clock=clock, ids=ids, register=register_student),
            answer_once=AnswerOnce(uow=uow, clock=clock),
            forget_answers=ForgetAnswers(uow=uow, clock=clock),
            begin_rounds=BeginRounds(uow=uow, clock=clock, ids=ids),
            under_lock=UnderLock(uow=uow),
            read_audit=ReadAudit(uow=uow),
            list_audit=ListAudit(uow=uow),
            read_registration=Read(spec=REGISTRATIONS, uow=uow),
            list_registrations=ListPage(spec=REGISTRATIONS, uow=uow),
            update_registration=UpdateRegistration(uow=uow, clock=clock),
            delete_registration=DeleteRegistration(uow=uow, clock=clock, ids=ids),
            restore_registration=RestoreRegistration(uow=uow, clock=clock, school=school),
            pay_registration=PayRegistration(uow=uow, clock=clock, ids=ids),
            cancel_registration=CancelRegistration(uow=uow, clock=clock, ids=ids),
            list_payments=ListPayments(uow=uow),
            read_mark=Read(spec=ATTENDANCE, uow=uow),
            list_attendance=ListPage(spec=ATTENDANCE, uow=uow),
            read_sheet=ReadSheet(uow=uow),
            read_day=ReadDay(uow=uow, clock=clock, school=school),
            count_attendance=CountAttendance(uow=uow),
            mark_attendance=MarkAttendance(uow=uow, clock=clock, ids=ids, school=school),
            update_mark=UpdateMark(uow=uow, clock=clock, school=school),
            delete_mark=DeleteMark(uow=uow, clock=clock, ids=ids, school=school),
            restore_mark=RestoreMark(uow=uow, clock=clock, school=school),
            hear_zoom=HearZoom(uow=uow, clock=clock, ids=ids, secret=zoom),
            list_zoom_events=ListZoomEvents(uow=uow),
            forget_zoom_events=ForgetZoomEvents(uow=uow, clock=clock),
        )
