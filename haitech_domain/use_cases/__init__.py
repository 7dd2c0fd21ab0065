"""The verbs of the school: each a callable object with its ports as fields."""

from haitech_domain.use_cases.catalogue import (
    Catalogue,
    Create,
    Delete,
    ListPage,
    Read,
    Restore,
    Spec,
    Update,
)
from haitech_domain.use_cases.cycle_deletion import DeleteCycle, RestoreCycle
from haitech_domain.use_cases.cycle_reading import ListCycles, ReadCycle, Relatives
from haitech_domain.use_cases.cycle_writing import CreateCycle, SyncProgress, UpdateCycle
from haitech_domain.use_cases.generate_meetings import Generated, GenerateMeetings
from haitech_domain.use_cases.inviting import CreateInstructor, Invitation, InviteInstructor
from haitech_domain.use_cases.logging_in import (
    LogIn,
    LogOut,
    Recognise,
    RefreshSession,
    Session,
)
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.use_cases.meeting_reading import MEETINGS, Financials, ReadFinancials
from haitech_domain.use_cases.meeting_status import (
    CancelMeeting,
    CompleteMeeting,
    PostponeMeeting,
    Put,
    RecalculateMeeting,
    ReopenMeeting,
)
from haitech_domain.use_cases.meeting_writing import (
    CreateMeeting,
    DeleteMeeting,
    RestoreMeeting,
    UpdateMeeting,
)
from haitech_domain.use_cases.passwords import ChangePassword, ForgotPassword, ResetPassword
from haitech_domain.use_cases.register_student import RegisterStudent
from haitech_domain.use_cases.resources import (
    BRANCHES,
    CLOSURES,
    COURSES,
    CUSTOMERS,
    INSTRUCTORS,
    ORDERS,
    STUDENTS,
    USERS,
)
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.users import (
    ActivateUser,
    CreateAdmin,
    CreateUser,
    DeactivateUser,
    ReadMe,
)
from haitech_domain.use_cases.verbs import Verbs

__all__ = [
    "BRANCHES",
    "CLOSURES",
    "COURSES",
    "CUSTOMERS",
    "INSTRUCTORS",
    "MEETINGS",
    "ORDERS",
    "STUDENTS",
    "USERS",
    "ActivateUser",
    "CancelMeeting",
    "Catalogue",
    "ChangePassword",
    "CompleteMeeting",
    "Create",
    "CreateAdmin",
    "CreateCycle",
    "CreateInstructor",
    "CreateMeeting",
    "CreateUser",
    "DeactivateUser",
    "Delete",
    "DeleteCycle",
    "DeleteMeeting",
    "Financials",
    "ForgotPassword",
    "GenerateMeetings",
    "Generated",
    "Invitation",
    "InviteInstructor",
    "ListCycles",
    "ListPage",
    "LogIn",
    "LogOut",
    "LoginRules",
    "PostponeMeeting",
    "Put",
    "Read",
    "ReadCycle",
    "ReadFinancials",
    "ReadMe",
    "RecalculateMeeting",
    "Recognise",
    "RefreshSession",
    "RegisterStudent",
    "Relatives",
    "ReopenMeeting",
    "ResetPassword",
    "Restore",
    "RestoreCycle",
    "RestoreMeeting",
    "School",
    "Session",
    "Spec",
    "SyncProgress",
    "Update",
    "UpdateCycle",
    "UpdateMeeting",
    "Verbs",
]
