"""The examples of the document: real-looking values in one place, put together by a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

ID: Final = "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35"

_BY_FORMAT: Final[Mapping[str, Any]] = {
    "date": "2026-02-08",
    "date-time": "2026-02-06T12:00:00Z",
    "uuid": ID,
    "decimal": 282.49,
    "email": "dana.levi@example.com",
    "phone": "050-123-4567",
    "uri": "https://example.com/r/4821",
}
_BY_TYPE: Final[Mapping[str, Any]] = {
    "boolean": True,
    "integer": 1,
    "number": 1.5,
    "null": None,
    "object": {},
    "array": [],
}
_BY_NAME: Final[Mapping[str, Any]] = {
    "cursor": "N2Y2ZjY0ZDQ5OGQ0NGIzMVsiMjAyNi0wMi0wNlQxMjowMDowMCswMDowMCJd",
    "nextCursor": "N2Y2ZjY0ZDQ5OGQ0NGIzMVsiMjAyNi0wMi0wNlQxMjowMDowMCswMDowMCJd",
    # people and places
    "name": "דנה לוי",
    "phone": "+972501234567",
    "email": "dana.levi@example.com",
    "contactEmail": "office@example.com",
    "contactName": "רונית אברהם",
    "contactPhone": "+97235551234",
    "address": "רחוב הרצל 12",
    "city": "חולון",
    "grade": "ד׳",
    "birthDate": "2016-05-14",
    "childName": "נועם לוי",
    "guestName": "איתי כהן",
    "notes": "מעדיפים שעות אחר הצהריים",
    "bankName": "בנק לדוגמה",
    "bankBranch": "123",
    "accountNumber": "456789",
    "password": "sunrise over the harbour 42",
    "userPassword": "sunrise over the harbour 42",
    "currentPassword": "sunrise over the harbour 42",
    "newPassword": "lanterns along the river 57",
    # teaching
    "description": "קורס ראשון בתכנות",
    "targetAudience": "כיתות ג׳–ו׳",
    "topic": "לולאות",
    "location": "חדר 4",
    "zoomMeetingId": "98712345678",
    "zoomJoinUrl": "https://example.com/j/98712345678",
    "recordingUrl": "https://example.com/rec/98712345678",
    "startTime": "16:00",
    "endTime": "17:30",
    "newStartTime": "16:00",
    "newEndTime": "17:30",
    "newDate": "2026-02-15",
    "startDate": "2026-02-08",
    "endDate": "2026-10-11",
    "dayOfWeek": "sunday",
    "durationMinutes": 90,
    "totalMeetings": 30,
    "completedMeetings": 12,
    "remainingMeetings": 18,
    "studentCount": 12,
    "maxStudents": 14,
    "number": 13,
    "orderNumber": "2026-114",
    "estimatedMeetings": 30,
    # what things belong to
    "courseName": "תכנות בפייתון",
    "branchName": "בית ספר ביאליק",
    "branchAddress": "רחוב ביאליק 7",
    "branchCity": "חולון",
    "cycleName": "פייתון, ימי ראשון",
    "noTeaching": "Purim",
    "instructorName": "יעל ברק",
    # money, in shekels
    "amount": 2880,
    "price": 45.5,
    "balance": 1440,
    "paidAmount": 1440,
    "refundAmount": 360,
    "pricePerStudent": 45.5,
    "pricePerMeeting": 600,
    "defaultRegistrationAmount": 2880,
    "meetingRevenue": 600,
    "instructorDailyRate": 600,
    "rateFrontal": 150,
    "rateOnline": 140,
    "ratePrivate": 170,
    "ratePreparation": 80,
    "estimatedTotal": 18000,
    "revenue": 600,
    "instructorPayment": 225,
    "employerCost": 292.5,
    "profit": 307.5,
    "rate": "150.00",
    "quantity": "90",
    "unit": "minutes",
    "invoiceLink": "https://example.com/invoices/4821",
    # what is said, and by whom
    "reason": "בית הספר בטיול שנתי",
    "cancellationReason": "המשפחה עברה דירה",
    "message": "done",
    "author": "רונית אברהם",
    "text": "12 children × 45.50 = 546.00",
    "rule": "R-REV-1",
    "source": "website",
    "userAgent": "Mozilla/5.0",
    # answers
    "accessToken": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTljM2IxZSJ9.c2lnbmF0dXJl",
    "refreshToken": "rt_4f9c2b7e1d8a4c6fb0e35d7a9c1f2e48",
    "tokenType": "Bearer",
    "expiresIn": 3600,
    "status": "ok",
    "version": 3,
    "total": 150,
    "limit": 20,
    "offset": 0,
    "requestId": ID,
    "timestamp": "2026-02-06T12:00:00Z",
    "allowConflicts": False,
    "allowNoTeachingDay": False,
    "conflictOverride": False,
    "dryRun": False,
    "created": 2,
    "fields": ["notes"],
    "paymentStatus": "partial",
}
_BY_OWNER: Final[Mapping[str, Mapping[str, Any]]] = {
    "Course": {"name": "Python למתחילים", "notes": "מחשב לכל ילד"},
    "Branch": {"name": "בית ספר הרצל", "email": "office@example.com"},
    "Instructor": {"name": "נועה כהן", "phone": "+972521112233", "notes": "מלמדת גם רובוטיקה"},
    "Student": {"name": "נועם לוי", "notes": "אלרגי לבוטנים"},
    "Cycle": {"name": "Python, יום ראשון 16:00", "status": "active", "notes": "חדר 4, קומה שנייה"},
    "Progress": {
        "total": 30,
        "completed": 12,
        "scheduled": 18,
        "cancelled": 1,
        "postponed": 2,
        "remaining": 18,
    },
    "Meeting": {"notes": "להביא מחברות", "status": "completed"},
    "Customer": {"name": "דנה לוי"},
    "Version": {"name": "HaiTech CRM", "version": "0.1.0"},
    "Closure": {"from": "2026-03-22", "to": "2026-04-08", "reason": "שיפוצים"},
    "Conflict": {
        "message": "2026-02-08 16:00-17:30 overlaps meeting 019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    },
    "Lead": {"message": "מבקשים פרטים על קורס רובוטיקה", "course": "רובוטיקה", "status": "new"},
    "LeadNote": {"text": "דיברנו, לחזור אחרי החגים"},
    "ReceivedLead": {"message": "the enquiry was received"},
    "Skipped": {"date": "2026-04-05", "reason": "Pesach"},
    "Registration": {"status": "active", "notes": "אח שני, הנחה"},
    "SavedView": {
        "name": "לקוחות בחולון",
        "entity": "customers",
        "filters": {"city": "חולון", "hasActiveRegistration": True},
        "columns": ["name", "phone"],
        "sortBy": "name",
        "sortOrder": "asc",
    },
    "ApiKey": {
        "name": "אתר הבית",
        "prefix": "haitech_live_7Kq2",
        "rateLimit": 1000,
        "expiresAt": "2035-12-31T22:00:00Z",
        "lastUsedIp": "203.0.113.7",
        "key": "haitech_live_EXAMPLEexampleEXAMPLEexample000000",
    },
    "Webhook": {
        "url": "https://hooks.example.com/haitech",
        "events": ["meeting.*", "registration.paid"],
        "name": "הנהלת חשבונות",
        "headers": {"X-Tenant": "haitech"},
        "status": "active",
        "statusReason": "every try has failed since 2026-02-01",
        "secret": "EXAMPLEexampleEXAMPLEexampleEXAMPLE00000",
        "whsec": "whsec_RVhBTVBMRWV4YW1wbGVFWEFNUExFZXhhbXBsZUVYQU1QTEUwMDAwMA==",
    },
    "Delivery": {
        "eventId": "evt_019c3b1e7a527c1e9d0b2f4a6c8e1b35",
        "eventType": "meeting.completed",
        "status": "delivered",
        "attempts": 1,
        "responseStatus": 204,
        "error": "no answer in time",
    },
    "Attempt": {
        "number": 1,
        "tookMs": 180,
        "responseStatus": 204,
        "answer": "ok",
        "error": "no answer in time",
    },
    "EventType": {
        "type": "meeting.completed",
        "description": "A meeting was held, and its money is fixed (shekels).",
        "version": 1,
        "schema": {"type": "object", "required": ["id", "type", "timestamp", "data"]},
    },
    "RevenueRow": {
        "key": "2026-02",
        "meetings": 3,
        "revenue": 1228.50,
        "instructorPayment": 675.00,
        "employerCost": 675.00,
        "profit": 553.50,
        "margin": 0.4505,
    },
    "Earned": {
        "meetings": 3,
        "revenue": 1228.50,
        "instructorPayment": 675.00,
        "employerCost": 675.00,
        "profit": 553.50,
        "margin": 0.4505,
    },
    "Payments": {"nextMeetingsCursor": "MTk3M2YyZTVhYjEwN2M5ZFsiMjAyNi0wMi0wOCJd"},
    "Scope": {"name": "read:meetings", "description": "Read meetings."},
    "AuditLog": {"address": "203.0.113.7", "entity": "customer"},
    "ErrorFacts": {
        "code": "VALIDATION_ERROR",
        "message": "Invalid input",
        "reason": "phone.invalid",
    },
    "ErrorDetail": {
        "field": "phone",
        "message": "not an Israeli or E.164 number",
        "reason": "phone.invalid",
    },
}
"""What differs from the above in the shapes of one thing."""

FACTS: Final[Mapping[str, Any]] = {
    "what": "customer", "id": ID, "field": "phone", "count": 3, "dependants": "active cycles",
    "name": "Python, יום ראשון 16:00", "status": "cancelled", "day": "2026-04-05",
    "why": "Pesach", "weekday": "sunday", "first": "2026-02-08", "weeks": 104, "taken": 14,
    "places": 14, "parent": "customer", "opens": "2026-02-08 16:00", "closes": "2026-02-09 23:59",
    "total": 10, "highest": 12, "retry_after": 30, "verb": "complete", "allowed": "scheduled",
    "who": "instructor", "action": "update", "resource": "customers", "file": "cycles.csv",
}  # fmt: skip
"""The facts of refusals, by the names that their sentences use."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_SUFFIXES: Final = ("Body", "Changes", "Details", "View")

Schema = Mapping[str, Any]


def example_of(
    schema: Schema, components: Mapping[str, Schema], name: str = "", owner: str = ""
) -> Any:
    """A value that fits `schema`; `name` is the field's, which often says more than its type."""
    if "$ref" in schema:
        shape = schema["$ref"].rpartition("/")[2]
        inner = components[shape]
        if "properties" in inner:
            owner = name.capitalize() if name.capitalize() in _BY_OWNER else _thing(shape)
        return example_of(inner, components, name, owner)
    for known in (_BY_OWNER.get(owner, {}), _BY_NAME):
        if name in known and _fits(known[name], schema):
            return known[name]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            kept = [one for one in schema[several] if one.get("type") != "null"]
            return example_of(kept[0], components, name, owner)
    if "properties" in schema:
        fields = schema["properties"].items()
        return {field: example_of(inner, components, field, owner) for field, inner in fields}
    if "items" in schema:
        return [example_of(schema["items"], components, name, owner)]
    return _single(schema)


def _thing(shape: str) -> str:
    shape = shape.removeprefix("Whole")
    for suffix in _SUFFIXES:
        if shape.endswith(suffix) and shape != suffix:
            return shape.removesuffix(suffix)
    return shape


def _fits(value: Any, schema: Schema) -> bool:
    """Whether a value is of one of the types that a schema allows."""
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(_fits(value, one) for one in schema["anyOf"])
    if schema.get("format") == "date-time":
        return str(value).endswith("Z")
    if schema.get("format") == "uuid":
        return False
    kind = _TYPES.get(str(schema.get("type")), ())
    return isinstance(value, kind) and (isinstance(value, bool) == (kind == (bool,)))


def _single(schema: Schema) -> Any:
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    if schema.get("type") == "string":
        return "text"
    return schema.get("minimum", _BY_TYPE.get(str(schema.get("type"))))
