"""Lines that stand in an article and are not of it: see also, subscribe, follow us, share this."""

from __future__ import annotations

import re

__all__ = ["is_aside", "opens_aside"]

_LONGEST = 320

_LABEL = re.compile(
    r"(?:related(?:\s+(?:stories|articles?|news|coverage|content|links?|reading))?"
    r"|(?:read|see|watch|listen|learn)\s+(?:more|also|next|now)"
    r"|see\s+also|also\s+read|further\s+reading|more\s+(?:on|from|about)\s+[^.:]{2,40}"
    r"|(?:you\s+(?:may|might)\s+also\s+(?:like|be\s+interested\s+in))"
    r"|don[’']t\s+miss|recommended(?:\s+(?:stories|reading|for\s+you))?|trending(?:\s+now)?"
    r"|most\s+(?:read|popular)|up\s+next|editor[’']?s?\s+(?:picks?|choice)"
    r"|相关(?:阅读|新闻|链接|报道)|延伸阅读|推荐阅读|更多(?:新闻|阅读)|猜你喜欢|热门(?:新闻|推荐))",
    re.I,
)
_HEADING = re.compile(rf"(?:{_LABEL.pattern})\s*(?:\.{{2,3}}|…|[:：])?", re.I)
# "Recommended: a fine" is the court's, not the editor's.
_LABELLED = re.compile(rf"(?!recommended)(?:{_LABEL.pattern})\s*[:：|›»]\s*\S.{{,160}}", re.I)
_REQUEST = re.compile(
    r"(?:please\s+)?(?:"
    r"(?:click|tap)\s+here\b"
    r"|(?:sign|signing)\s+up\s+(?:for|to|here|now|today)\b"
    r"|subscribe\s+(?:to|now|here|today|for)\b"
    r"|get\s+(?:the\s+)?(?:latest|day[’']s|access\s+to|our|more)\b.*"
    r"(?:inbox|newsletters?|subscri|e-?mail|updates|app\b)"
    r"|get\s+[\w ]{2,40}\b(?:on\s+the\s+go|delivered)\b"
    r"|follow\s+[^.]{2,80}\s+on\s+(?:twitter|facebook|instagram|x|linkedin|youtube|whatsapp|weibo)\b"
    r"|(?:like|find|join|visit|follow)\s+us\s+on\s+(?:twitter|facebook|instagram|x|linkedin|youtube"
    r"|whatsapp|telegram|wechat|weibo)\b"
    r"|follow\s+us\b"
    r"|(?:have|got)\s+a\s+(?:news\s+)?(?:tip|story)\b.*"
    r"|share\s+this(?:\s+(?:article|story|post|page|entry|on\s+\w+)\b|\W*\Z)"
    r"|(?:leave|post|add)\s+a\s+(?:comment|reply)"
    r"|(?:view|read|show)\s+(?:all\s+)?(?:the\s+)?comments"
    r"|download\s+(?:the|our)\s+[\w ]{0,30}\bapp\b"
    r"|(?:thanks|thank\s+you)\s+for\s+(?:signing\s+up|subscribing|reading)"
    r"|explore\s+further\Z|advert(?:isement)?\W*\Z|this\s+slideshow\s+requires"
    r"|(?:last\s+)?updated\s+(?:at|on)\b.{1,40}\Z|sponsored(?:\s+(?:content|post|links?))?\W*\Z"
    r"|story\s+continues\s+below|article\s+continues\s+(?:below|after)"
    r"|(?:tell\s+us\s+what\s+you\s+think|comments?)\s*(?:\.{2,3}|…|[:!])?\Z"
    r"|扫码|扫描二维码|关注(?:我们|微信|公众号)|分享到|点击(?:查看|进入|下载|阅读))",
    re.I,
)
# Short codes that a page's system left undone, and moments as a machine writes them.
_MACHINE = re.compile(
    r"\[/?[a-z_]+(?:\s[^\]]*)?\].*\[/[a-z_]+\]|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?",
    re.I,
)


def is_aside(line: str) -> bool:
    """Whether a line is nothing but a pointer elsewhere or a request to the reader."""
    if _MACHINE.fullmatch(line.strip()):
        return True
    text = line.strip(" \t\u3000-–—•*|[]()►▶»>")
    if len(text) > _LONGEST:
        return False
    return bool(_LABELLED.fullmatch(text) or _REQUEST.match(text)) or opens_aside(text)


def opens_aside(line: str) -> bool:
    """Whether a line is the heading of a list of other articles."""
    return _HEADING.fullmatch(line.strip()) is not None
