"""Every reason of the packaged policy is shown in the reader's language."""

from __future__ import annotations

from babel.messages.pofile import read_po

from commands.kit.i18n import CATALOGUES, Reader, reading
from commands.policy import policy_words
from storage.policy.policy_reasons import reasons


def test_every_reason_has_its_translation_and_none_is_left_over():
    with (CATALOGUES / "policy.zh_Hans.po").open("rb") as file:
        translated = {message.id: message.string for message in read_po(file) if message.id}

    assert {reason for reason in reasons().values() if not translated.get(reason)} == set()
    assert translated.keys() - set(reasons().values()) == set()


def test_a_reason_is_read_in_the_language_of_its_reader():
    path, english = next((path, reason) for path, reason in reasons().items() if "backstop of IFRS 9" in reason)

    assert policy_words.reason(path) == english
    with reading(Reader("zh_Hans_CN", masked=False)):
        assert policy_words.reason(path) == "超过30天为IFRS 9第二阶段的兜底标准"
