"""Names for the demo school; none belongs to anybody in particular."""

from __future__ import annotations

from typing import Any, Final

FAMILIES: Final = (
    "כהן", "לוי", "מזרחי", "פרץ", "ביטון", "דהן", "אברהם", "פרידמן", "מלכה", "אזולאי",
    "כץ", "יוסף", "דוד", "עמר", "אוחיון", "חדד", "גבאי", "בן דוד", "אדלר", "לוין",
    "טל", "קליין", "שפירא", "רוזן", "ברק", "שגב", "נחום", "הררי", "סלע", "ארד",
)  # fmt: skip
PARENTS: Final = (
    "נועה", "דנה", "יעל", "מיכל", "רותם", "אורית", "שירה", "ענת", "גלית", "הילה",
    "יוסי", "אבי", "רועי", "עידו", "אלון", "גיל", "ערן", "תומר", "אסף", "ניר",
)  # fmt: skip
CHILDREN: Final = (
    "איתי", "נועם", "יובל", "אריאל", "עומר", "דניאל", "מאיה", "תמר", "שירה", "אביגיל",
    "רוני", "ליה", "אורי", "יהלי", "גפן", "אלה",
)  # fmt: skip
COURSES: Final[tuple[dict[str, Any], ...]] = (
    {"name": "פייתון למתחילים", "category": "programming"},
    {"name": "בינה מלאכותית", "category": "ai"},
    {"name": "רובוטיקה", "category": "robotics"},
    {"name": "הדפסה בתלת מימד", "category": "printing_3d"},
)
BRANCHES: Final[tuple[dict[str, Any], ...]] = (
    {"name": "בית ספר הרצל", "type": "school", "city": "חולון"},
    {"name": "מתנ״ס רימון", "type": "community_center", "city": "רחובות"},
    {"name": "סניף מרכז", "type": "frontal", "city": "תל אביב"},
    {"name": "אונליין", "type": "online"},
)

ENQUIRIES: Final[tuple[dict[str, str], ...]] = (
    {"name": "שירה אלון", "phone": "054-3001122", "child_name": "עומר אלון", "course": "רובוטיקה"},
    {"name": "גיל רז", "phone": "053-4005566", "message": "יש קורס בימי שישי?"},
    {"name": "גיל רז", "phone": "+972 53 400 5566", "message": "ועוד שאלה: כמה זה עולה?"},
    {"name": "הורה קיים", "phone": "050-2000000", "message": "מבקשים לרשום גם את האח הקטן"},
)
"""What came in from the website: the second asks twice, the last is of a family that is known."""
