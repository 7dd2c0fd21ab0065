"""The letters that are sent, in Hebrew and English."""

from __future__ import annotations

from datetime import timedelta

from haitech_domain.ports import Mail
from haitech_domain.session import TokenPurpose
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.user import User

_SUBJECTS = {
    TokenPurpose.RESET: "איפוס סיסמה · Reset your password",
    TokenPurpose.INVITATION: "הזמנה למערכת · Your account",
}
_TEXTS = {
    TokenPurpose.RESET: (
        "שלום {name},\n\nלבחירת סיסמה חדשה (הקישור תקף {life} ולשימוש אחד):\n"
        "To choose a new password (once, within {life_en}):\n\n{link}\n\n"
        "לא ביקשת? אפשר להתעלם מהודעה זו.\nIf you did not ask for this, do nothing.\n"
    ),
    TokenPurpose.INVITATION: (
        "שלום {name},\n\nנפתח עבורך חשבון. לבחירת סיסמה (הקישור תקף {life} ולשימוש אחד):\n"
        "An account was made for you. To choose your password (once, within {life_en}):\n\n"
        "{link}\n"
    ),
}


def letter(user: User, purpose: TokenPurpose, token: str, rules: LoginRules) -> Mail:
    """The letter with a one-time link.

    The token stands behind a `#`, so it is in no server's log and no Referer.
    """
    invited = purpose is TokenPurpose.INVITATION
    life = rules.invitation_life if invited else rules.reset_life
    link = f"{rules.public_url}/reset-password#token={token}"
    hebrew, english = _said(life)
    text = _TEXTS[purpose].format(name=user.name, link=link, life=hebrew, life_en=english)
    return Mail(to=user.email, subject=_SUBJECTS[purpose], text=text)


def _said(life: timedelta) -> tuple[str, str]:
    if life >= timedelta(days=2):
        return f"{life.days} ימים", f"{life.days} days"
    minutes = int(life.total_seconds() // 60)
    return f"{minutes} דקות", f"{minutes} minutes"
