"""The verbs of the school: each a callable object with its ports as fields."""

from haitech_domain.use_cases.answering import (
    AnswerOnce,
    ForgetAnswers,
    Lock,
    UnderLock,
    lock_cycle,
    lock_mark,
    lock_meeting,
    lock_registration,
    lock_time_off,
)
from haitech_domain.use_cases.api_keys import (
    API_KEYS,
    FindApiKey,
    IssueApiKey,
    ListScopes,
    NoteKeyUses,
    RotateApiKey,
)
from haitech_domain.use_cases.attendance_reading import (
    ATTENDANCE,
    CountAttendance,
    ReadSheet,
    Sheet,
)
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
from haitech_domain.use_cases.catalogue import Catalogue, Create, ListPage, Read, Update
from haitech_domain.use_cases.convert_lead import Conversion, ConvertLead, StatedConversion
from haitech_domain.use_cases.cycle_deletion import DeleteCycle, RestoreCycle
from haitech_domain.use_cases.cycle_reading import ListCycles, ReadCycle
from haitech_domain.use_cases.cycle_writing import CreateCycle, SyncProgress, UpdateCycle
from haitech_domain.use_cases.cycles_in_bulk import GenerateMeetingsOfCycles, UpdateCycles
from haitech_domain.use_cases.day_reading import DayAsked, ReadDay
from haitech_domain.use_cases.deletion import Delete, Restore
from haitech_domain.use_cases.duplicate_cycle import DuplicateCycle
from haitech_domain.use_cases.free_instructors import INSTRUCTORS_ASKED, ListInstructors
from haitech_domain.use_cases.generate_meetings import Generated, GenerateMeetings
from haitech_domain.use_cases.inviting import CreateInstructor, Invitation, InviteInstructor
from haitech_domain.use_cases.leads import (
    LEAD_NOTES,
    LEADS,
    LeadRelatives,
    NoteLead,
    UpdateLead,
)
from haitech_domain.use_cases.logging_in import (
    LogIn,
    LogOut,
    Recognise,
    RefreshSession,
    Session,
)
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.use_cases.marking import (
    DeleteMark,
    MarkAttendance,
    Marked,
    RestoreMark,
    UpdateMark,
)
from haitech_domain.use_cases.meeting_deletion import DeleteMeeting, RestoreMeeting
from haitech_domain.use_cases.meeting_links import (
    CompleteByLink,
    LinkedMeeting,
    MakeMeetingLink,
    ReadByLink,
)
from haitech_domain.use_cases.meeting_reading import MEETINGS, Financials, ReadFinancials
from haitech_domain.use_cases.meeting_status import (
    CancelMeeting,
    CompleteMeeting,
    PostponeMeeting,
    Put,
    ReopenMeeting,
)
from haitech_domain.use_cases.meeting_writing import CreateMeeting, UpdateMeeting
from haitech_domain.use_cases.meetings_in_bulk import DeleteMeetings, UpdateMeetingStatuses
from haitech_domain.use_cases.passwords import ChangePassword, ForgotPassword, ResetPassword
from haitech_domain.use_cases.recalculating import RecalculateMeeting, RecalculateMeetings
from haitech_domain.use_cases.recalculation import Recalculated, Recalculation
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
from haitech_domain.use_cases.saved_views import SAVED_VIEWS, VIEWED
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.spec import Spec
from haitech_domain.use_cases.supposing import Supposition
from haitech_domain.use_cases.users import (
    ActivateUser,
    CreateAdmin,
    CreateUser,
    DeactivateUser,
    ReadMe,
)
from haitech_domain.use_cases.verbs import Verbs
from haitech_domain.use_cases.what_if import WhatIf, WhatIfs
from haitech_domain.use_cases.zoom import ForgetZoomEvents, HearZoom, ListZoomEvents

__all__ = [
    "API_KEYS",
    "ATTENDANCE",
    "BRANCHES",
    "CLOSURES",
    "COURSES",
    "CUSTOMERS",
    "INSTRUCTORS",
    "INSTRUCTORS_ASKED",
    "LEADS",
    "LEAD_NOTES",
    "MEETINGS",
    "ORDERS",
    "REGISTRATIONS",
    "SAVED_VIEWS",
    "STUDENTS",
    "TIME_OFF",
    "USERS",
    "VIEWED",
    "ActivateUser",
    "AnswerOnce",
    "CancelMeeting",
    "CancelRegistration",
    "Catalogue",
    "ChangePassword",
    "CompleteByLink",
    "CompleteMeeting",
    "Conversion",
    "ConvertLead",
    "CountAttendance",
    "Create",
    "CreateAdmin",
    "CreateCycle",
    "CreateInstructor",
    "CreateMeeting",
    "CreateUser",
    "DayAsked",
    "DeactivateUser",
    "Delete",
    "DeleteCycle",
    "DeleteMark",
    "DeleteMeeting",
    "DeleteMeetings",
    "DeleteRegistration",
    "DuplicateCycle",
    "Financials",
    "FindApiKey",
    "ForgetAnswers",
    "ForgetZoomEvents",
    "ForgotPassword",
    "GenerateMeetings",
    "GenerateMeetingsOfCycles",
    "Generated",
    "HearZoom",
    "Invitation",
    "InviteInstructor",
    "IssueApiKey",
    "IssueCalendarToken",
    "LeadRelatives",
    "LinkedMeeting",
    "ListAudit",
    "ListCycles",
    "ListInstructors",
    "ListPage",
    "ListPayments",
    "ListScopes",
    "ListZoomEvents",
    "Lock",
    "LogIn",
    "LogOut",
    "LoginRules",
    "MakeMeetingLink",
    "MarkAttendance",
    "Marked",
    "NoteKeyUses",
    "NoteLead",
    "PayRegistration",
    "PostponeMeeting",
    "Put",
    "Read",
    "ReadAudit",
    "ReadAvailability",
    "ReadByLink",
    "ReadCalendarFeed",
    "ReadCycle",
    "ReadDay",
    "ReadFinancials",
    "ReadMe",
    "ReadSchedule",
    "ReadSheet",
    "RecalculateMeeting",
    "RecalculateMeetings",
    "Recalculated",
    "Recalculation",
    "ReceiveLead",
    "Recognise",
    "RefreshSession",
    "RegisterStudent",
    "ReopenMeeting",
    "ResetPassword",
    "Restore",
    "RestoreCycle",
    "RestoreMark",
    "RestoreMeeting",
    "RestoreRegistration",
    "RevokeCalendarToken",
    "RotateApiKey",
    "School",
    "Session",
    "SetAvailability",
    "Sheet",
    "Spec",
    "StatedConversion",
    "Supposition",
    "SyncProgress",
    "UnderLock",
    "Update",
    "UpdateCycle",
    "UpdateCycles",
    "UpdateLead",
    "UpdateMark",
    "UpdateMeeting",
    "UpdateMeetingStatuses",
    "UpdateRegistration",
    "Verbs",
    "WhatIf",
    "WhatIfs",
    "lock_cycle",
    "lock_mark",
    "lock_meeting",
    "lock_registration",
    "lock_time_off",
]
