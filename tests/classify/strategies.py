"""Texts that go wherever Unicode goes: what the compiled code must read as the plain specification does."""

from __future__ import annotations

from hypothesis import strategies as st

SNIPPETS = (
    "", " ", "\n", "\r\n", "\t", "a", "A1b2", "3D-printed", "AI", "state-of-the-art", "naïve", "Ünïcödé", "e\u0301",
    "ﬁnance", "ＦＵＬＬｗｉｄｔｈ", "İstanbul", "ΣΊΣΥΦΟΣ", "straße", "ǅ",
    "½", "²", "Ⅷ", "①", "٣٤", "१२", "𝟘𝟙", "𝒜𝒷", "𐐀",
    "사이버 공격", "한국어는", "ㄱㄴ", "\u1112\u1161\u11ab", "가\u0301",
    "中文網路", "日本語のカタカナ", "ｶﾞｷﾞ", "々〆〇", "𠮷野", "豈",
    "الهجوم السيبراني", "بِسْمِ", "والأمن", "кибербезопасность", "ёж", "שָׁלוֹם", "हिन्दी", "ไทย", "မြန်မာ", "ქართული",
    "👩‍🚀🛰️", "\u200b", "\u200d", "\ufeff", "\ufffd", "\x00", "\x1c",
    "\x85", "\u2028", "\ud800", "\udfff", "\ud83d\ude00",
    "\U000e0101", "\U0010ffff", "\U000f0000", "\u0378", "_", "a_b",
    "*", "a*", "don’t", "U.S.", "ﷺ", "ﬃ", "㎏", "™", "…",
    "\u0345", "ΐ", "ŉ", "\u0130", "\u1e9e", "\uac00\u11a8", "\ua960", "\ud7b0", "\u3031", "\u3099", "ー",
)  # fmt: skip
"""Pieces that have broken tokenisers: marks, ligatures, case pairs, jamo, surrogates, invisible and unassigned."""

any_text = st.text(st.characters(), max_size=40)
"""Every category of code point, lone surrogates too."""
snippets = st.lists(st.sampled_from(SNIPPETS), max_size=12).map(" ".join)
glued = st.lists(st.sampled_from(SNIPPETS), max_size=8).map("".join)
wild_text = st.one_of(any_text, snippets, glued, st.tuples(snippets, any_text).map("".join))
