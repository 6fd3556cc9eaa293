"""Texts that people and files may hold: ordinary ones, and those that try to become something else."""

from __future__ import annotations

from hypothesis import strategies as st

TRICKS = [
    "<!channel>",
    "<@U0ANA>",
    "<#C0GENERAL|general>",
    "<https://evil.example|your bank>",
    "https://evil.example",
    "0HTTP://evil.example",
    "*Approved by* _Omar_ ~not~ `code`",
    "&lt;!here&gt;",
    "&amp;amp;",
    "```\nforged\n```",
    "\n> quoted",
    "\u202egnp.exe",
    "江河重工 👩‍🚀",
    "=HYPERLINK(1)",
    "{who} %s %(n)s",
]
marks = st.text(alphabet="<>&*_~`|@!#:/;ht pP\n", max_size=40)
pieces = st.one_of(st.sampled_from(TRICKS), marks, st.text(max_size=40))
hostile = st.lists(pieces, min_size=0, max_size=4).map("".join)
