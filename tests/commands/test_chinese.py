"""Chinese readers get Chinese punctuation: every command, notice and section of the digest, and Home, over the whole book.

What is run comes from the registry, as in ``test_masked``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from risk_engine.policy.policy import Policy
from storage.database import Database
from tests.commands.whole_book import Stage, fill
from tests.databases import Masters

# a comma, colon, semicolon or bracket of Latin script beside a Chinese word
LATIN = re.compile(r"[一-鿿）」”][,:;] |[一-鿿）」”] ?\((?!\d)|\([^()\n]*[一-鿿][^()\n]*\)")
# customers and agencies have the names that they have
NAMES = re.compile(r"\S*(公司|资信)\S*")


@pytest.fixture(scope="module")
def shown(masters: Masters, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """All texts of the whole book for a reader in Shanghai."""
    roles = policy.roles.known_as(members={}, administrators={"U0ADA"})
    database = Database(masters.sqlite(fill, tmp_path_factory.mktemp("chinese") / "riskbot.db"))
    stage = Stage(database, policy.model_copy(update={"roles": roles}), masked=False, language="zh_Hans_CN")
    stage.ask_everything()
    stage.read_the_digest()
    stage.look_at_home()
    yield stage.texts
    database.close()


def test_no_sentence_mixes_chinese_words_with_latin_punctuation(shown: dict[str, str]):
    mixed = [
        (label, text[max(0, found.start() - 20) : found.end() + 20])
        for label, said in shown.items()
        for text in [NAMES.sub("", said)]
        for found in LATIN.finditer(text)
    ]

    assert mixed == []
