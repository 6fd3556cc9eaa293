"""The reader of lines: what people type, as they type it, becomes a command and its arguments, or a clear no."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commands.kit.contract import Refused
from commands.kit.input import inline, markup
from commands.kit.input.stray_characters import storable
from commands.kit.registry import registry
from risk_engine.characters import is_blank, refused_in
from tests.commands.texts import hostile


def read(line: str) -> tuple[str, dict]:
    asked = inline.read(registry(), line)
    return asked.command.name, dict(asked.values)


def values(line: str) -> dict:
    return read(line)[1]


def refusal(line: str) -> str:
    with pytest.raises(Refused) as refused:
        inline.read(registry(), line).checked()
    return str(refused.value.sentence)


ACME = {"customer": "ACME", "category": "credit", "likelihood": "4", "severity": "3", "scope": "2", "title": "lost its main buyer"}


@pytest.mark.parametrize(
    "line",
    [
        'log ACME credit L4 S3 X2 "lost its main buyer"',
        "log ACME credit L4 S3 X2 “lost its main buyer”",
        "log ACME credit L4 S3 X2 „lost its main buyer“",
        "log ACME credit L4 S3 X2 «lost its main buyer»",
        "log ACME credit L4 S3 X2 lost its main buyer",
        "log ACME credit lost its main buyer L4 S3 X2",
        "LOG ACME credit l4 s3 x2 lost its main buyer",
        "  log   ACME\tcredit\nL4 S3 X2   'lost its main buyer'".replace("'", '"'),
        'log X2 S3 L4 ACME credit "lost its main buyer"',
        'log title="lost its main buyer" scope=2 severity=3 likelihood=4 category=credit customer=ACME',
        "log ACME L4 S3 X2 title=“lost its main buyer” category=credit",
        'log Title="lost its main buyer" SCOPE=2 S3 L4 ACME credit',
    ],
)
def test_one_risk_can_be_typed_in_many_ways(line):
    assert read(line) == ("log", ACME)


def test_an_apostrophe_is_a_letter():
    assert values("log McDonald's credit L4 S3 X2 it can't pay its suppliers' bills") == {
        **ACME,
        "customer": "McDonald's",
        "title": "it can't pay its suppliers' bills",
    }
    assert values("show O’Neill's")["customer"] == "O’Neill's"


def test_a_last_customer_takes_the_rest_of_the_line():
    assert values("show Nordwind  Energie GmbH") == {"customer": "Nordwind  Energie GmbH"}
    assert values('show "Nordwind Energie"') == {"customer": "Nordwind Energie"}
    assert values("find 江河 重工") == {"text": "江河 重工"}


def test_a_name_of_several_words_ends_where_the_next_argument_begins():
    assert values("log Acme Steel Works credit L4 S3 X2 lost its buyer") == {
        **ACME,
        "customer": "Acme Steel Works",
        "title": "lost its buyer",
    }
    assert values("log Acme Steel") == {"customer": "Acme Steel"}


@pytest.mark.parametrize(
    ("line", "title", "missing"),
    [
        ("log ACME credit L4 X2 supplier of S2 boards is insolvent", "supplier of S2 boards is insolvent", ["severity"]),
        ("log ACME credit L4 S3 X2 supplier of S2 boards is insolvent", "supplier of S2 boards is insolvent", []),
        ("log ACME credit L4 X2 the boards come from S2", "the boards come from S2", ["severity"]),
        ("log ACME credit lost L4 its main S3 X2 buyer", "lost L4 its main S3 X2 buyer", ["likelihood", "severity", "scope"]),
        ("log ACME credit L4 S3 X2 the kind=opportunity column is empty", "the kind=opportunity column is empty", []),
        ("log ACME credit L4 S3 X2 the owner = bank, so they say", "the owner = bank, so they say", []),
        ('log ACME credit L4 S3 X2 "Force majeure" declared by supplier', '"Force majeure" declared by supplier', []),
        ("log ACME credit L4 S3 X2 “Force majeure” declared kind=threat", "“Force majeure” declared", []),
        ('log ACME credit L4 S3 X2 he said "we are fine', 'he said "we are fine', []),
        ("log ACME credit L4 S3 X2 Ｆｕｌｌ–width stays", "Ｆｕｌｌ–width stays", []),
        ('log ACME L4 "lost its main buyer"', "lost its main buyer", ["category", "severity", "scope"]),
        ("log ACME L4 lost its main buyer", "lost its main buyer", ["category", "severity", "scope"]),
        ("log ACME lost its main buyer", "lost its main buyer", ["category", "likelihood", "severity", "scope"]),
        ('log ACME "lost its main buyer" credit L4 S3 X2', "lost its main buyer", []),
        ('log Acme Steel L4 "lost its main buyer"', "lost its main buyer", ["category", "severity", "scope"]),
    ],
)
def test_options_count_only_before_a_title_begins_and_what_is_missing_is_left_to_the_form(line, title, missing):
    asked = inline.read(registry(), line)
    asked.check_given()

    assert (asked.values["title"], asked.missing) == (title, missing)
    assert asked.values["customer"] in ("ACME", "Acme Steel")


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("respond R-17 sell the plant", {"risk": "R-17", "measure": "sell the plant"}),
        ("respond reduce R-17 sell the plant", {"risk": "R-17", "strategy": "reduce", "measure": "sell the plant"}),
        ('respond "sell the plant"', {"measure": "sell the plant"}),
        ('override ACME "the parent has paid in new equity"', {"customer": "ACME", "reason": "the parent has paid in new equity"}),
        ("top Energy", {"sector": "Energy"}),
        ("top exposure 20", {"by": "exposure", "n": "20"}),
        ("top sector=Real Estate 20", {"sector": "Real Estate", "n": "20"}),
        ("show ACME score", {"customer": "ACME", "view": "score"}),
        ("respond R-17 take more grow with them", {"risk": "R-17", "strategy": "take more", "measure": "grow with them"}),
    ],
)
def test_a_word_goes_to_the_argument_that_it_fits(line, given):
    assert values(line) == given


@pytest.mark.parametrize(
    ("line", "command", "given"),
    [
        ("ｌｏｇ ACME ｃｒｅｄｉｔ Ｌ４ Ｓ３ Ｘ２ lost", "log", {"category": "credit", "likelihood": 4}),
        ("respond R–17 reduce sell the plant due=2027–03–31", "respond", {"risk": 17, "due": date(2027, 3, 31)}),
        ("respond r−17 reduce sell the plant due = 2027‑03‑31", "respond", {"risk": 17, "due": date(2027, 3, 31)}),
        ("respond Ｒ－１７ reduce “sell the plant” due＝２０２７－０３－３１", "respond", {"risk": 17, "due": date(2027, 3, 31)}),
        ("top by ＝ ｅｘｐｏｓｕｒｅ", "top", {"by": "exposure"}),
        ("top ２０", "top", {"n": 20}),
        ("approvals A–1", "approvals", {"which": "a-1"}),
        ("digest subscribe at=８：３０", "digest subscribe", {"at": time(8, 30)}),
        ("delegate <@U0EVA|eva> until=2026—12—20 on holiday", "delegate", {"until": date(2026, 12, 20)}),
        ("audit since=2026–10–01", "audit", {"since": date(2026, 10, 1)}),
        ("ｈｅｌｐ", "help", {}),
    ],
)
def test_dashes_widths_and_spaces_around_a_sign_do_not_matter(line, command, given):
    asked = inline.read(registry(), line)
    args = asked.checked()

    assert asked.command.name == command
    assert {name: getattr(args, name) for name in given} == given


@pytest.mark.parametrize(
    ("line", "command", "given"),
    [
        ("mitigate R-17 reduce sell the plant", "respond", {"strategy": "reduce"}),
        ("respond R-17 mitigate sell the plant", "respond", {"strategy": "reduce"}),
        ("respond R-17 缓释 出售工厂和土地", "respond", {"strategy": "reduce"}),
        ("el", "top", {"by": "expected_loss"}),
        ("top by=EL", "top", {"by": "expected_loss"}),
        ("top by=预期损失", "top", {"by": "expected_loss"}),
        ("trend ACME", "show", {"view": "trend", "customer": "ACME"}),
        ("chart Acme Steel", "show", {"view": "trend", "customer": "Acme Steel"}),
        ("score ACME", "show", {"view": "score"}),
        ("查看 江河重工", "show", {"customer": "江河重工", "view": None}),
        ("登记 ACME 信用 L4 S3 X2 失去主要买家", "log", {"category": "credit", "title": "失去主要买家"}),
        ("log ACME 信用风险 L4 S3 X2 失去主要买家", "log", {"category": "credit"}),
        ("list 风险 负责人=me", "list", {"what": "risks", "owner": "me"}),
        ("list clients 行业=Energy", "list", {"what": "customers", "sector": "Energy"}),
        ("list risks order=newest color=red", "list", {"sort": "newest", "colour": "red"}),
        ("digest subscribe time=8am", "digest subscribe", {"at": time(8)}),
        ("digest subscribe at=早上8点半", "digest subscribe", {"at": time(8, 30)}),
        ("risks", "list", {"what": "risks"}),
        ("VK-01", "show", {"customer": "VK-01"}),
        ("a–15", "show", {"customer": "a–15"}),
    ],
)
def test_other_words_for_commands_options_and_values_are_understood(line, command, given):
    asked = inline.read(registry(), line)
    args = asked.checked()

    assert asked.command.name == command
    assert {name: getattr(args, name) for name in given} == given


@pytest.mark.parametrize(
    ("due", "meant"),
    [
        ("tomorrow", date(2026, 12, 1)),
        ("next friday", date(2026, 12, 4)),
        ("in two weeks", date(2026, 12, 14)),
        ("下周五", date(2026, 12, 11)),
        ("end of month", date(2026, 11, 30)),
        ("年底", date(2026, 12, 31)),
        ("2027/03/31", date(2027, 3, 31)),
    ],
)
def test_a_relative_date_is_one_of_the_readers_calendar(due, meant):
    for line in (f"respond R-17 reduce “sell the plant” due={due}", f"respond R-17 reduce sell the plant due = {due}"):
        args = inline.read(registry(), line, today=date(2026, 11, 30)).checked()

        assert (args.due, args.measure) == (meant, "sell the plant")


def test_since_a_weekday_is_the_last_one():
    assert inline.read(registry(), "audit since=上周五", today=date(2026, 11, 30)).checked().since == date(2026, 11, 27)
    assert inline.read(registry(), "audit since=friday", today=date(2026, 11, 30)).checked().since == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("see <https://news.example/report> today", "see https://news.example/report today"),
        ("see <http://news.example|news.example>, <mailto:mei@bank.example|mei@bank.example>", "see news.example, mei@bank.example"),
        ("says <@U0MEI|mei>, tell <!here> and <!subteam^S1|@risk>", "says @mei, tell @here and @risk"),
        ("says <@U0MEI>", "says @Mei"),
        ("in <#C1|deals> &lt;50 &amp; falling", "in #deals <50 & falling"),
    ],
)
def test_slacks_markup_is_shown_as_people_see_it(sent, seen):
    called = {"U0MEI": "Mei"}.__getitem__

    assert inline.read(registry(), f'log ACME credit L4 S3 X2 "{sent}"', called=called).values["title"] == seen
    assert markup.readable(sent, called) == seen


def test_a_refused_value_is_shown_as_it_was_typed():
    assert refusal('log ACME category="Lost Its-Buyer" L4 S3 X2 abc').startswith("Category “Lost Its-Buyer” is not accepted")


@pytest.mark.parametrize("word", ["trendd", "trond", "banana", "wxyz", "respect"])
def test_an_unrelated_command_is_never_suggested(word):
    assert refusal(word) in (
        f"There is no command “{word}”. `/risk help` lists all commands.",
        "There is no command “trendd”. Did you mean `/risk trend`? `/risk help` lists all commands.",
    )


def test_an_equals_sign_in_a_text_is_a_character():
    assert values("find a=b c")["text"] == "a=b c"
    assert values("log ACME credit L4 S3 X2 ratio=3 is too much")["title"] == "ratio=3 is too much"


def test_a_quoted_letter_is_a_word():
    assert values('log "L4" credit L4 S3 X2 xyz')["customer"] == "L4"


def test_what_slack_escapes_is_read_as_it_was_typed():
    assert values("show Smith &amp; Sons")["customer"] == "Smith & Sons"
    assert values("log ACME credit L4 S3 X2 &lt;50 % &amp;amp; falling")["title"] == "<50 % &amp; falling"


@given(hostile)
def test_slacks_escaping_is_undone_exactly(text):
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert markup.unescape(sent) == text


@pytest.mark.parametrize("unseen", ["\u2060", "\u200b", "\ufeff", "\u00ad", "\u200e", "\u202a", "\u2066", "\u200d", "\u200c"])
def test_what_cannot_be_seen_is_not_read(unseen):
    line = f"{unseen}top{unseen} by=expected{unseen}_{unseen}loss sector{unseen}=Steel{unseen}"

    assert read(line) == ("top", {"by": "expected_loss", "sector": "Steel"})


def test_the_joiners_of_scripts_and_emoji_stay():
    assert values("find می\u200cخواهم 👩\u200d🚀")["text"] == "می\u200cخواهم 👩\u200d🚀"


@pytest.mark.parametrize("mention", ["<@U0MEI>", "<@U0MEI|mei>", "U0MEI"])
def test_a_mention_is_a_person(mention):
    asked = inline.read(registry(), f'log ACME credit L4 S3 X2 "lost its buyer" owner={mention}')

    assert asked.checked().owner == "U0MEI"


def test_values_are_read_in_any_case():
    args = inline.read(registry(), 'log ACME CREDIT L4 S3 X2 "new tender" kind=Opportunity').checked()

    assert (args.category.value, args.kind.value) == ("credit", "opportunity")
    assert inline.read(registry(), "respond r17 Remove-Source sell the plant due=2027-03-31").checked().strategy.value == "remove_source"


def test_nothing_is_help_and_a_lone_word_is_its_form():
    assert read("") == read("   ") == ("help", {})
    assert inline.read(registry(), "log").missing == ["customer", "category", "likelihood", "severity", "scope", "title"]
    assert inline.read(registry(), "list").missing == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("shwo ACME", "There is no command “shwo”. Did you mean `/risk show`? `/risk help` lists all commands."),
        ("aprovals", "There is no command “aprovals”. Did you mean `/risk approvals`? `/risk help` lists all commands."),
        ("digest subscibe", "`digest` has no “subscibe”. Did you mean `/risk digest subscribe`?"),
        ("digest Pasue until=2027-01-04", "`digest` has no “Pasue”. Did you mean `/risk digest pause`?"),
        ("digest previw", "`digest` has no “previw”. Did you mean `/risk digest preview`?"),
        ("digest xyz", "`digest` has no “xyz”: expected one of now, preview, subscribe, pause, resume, unsubscribe."),
        ("zzzz", "There is no command “zzzz”. `/risk help` lists all commands."),
        ('find "abc', 'The quotation mark opened at “"abc” is not closed: close it, or leave it out.'),
        (
            "find “a very long quote that nobody closes",
            "The quotation mark opened at ““a very long quote t…” is not closed: close it, or leave it out.",
        ),
        ("log ACME weather L4", "Category “weather” is not accepted: expected one of credit, financial"),
        ("respond R-17 sell", "Strategy “sell” is not accepted: expected one of avoid, reduce"),
        ("log ACME credit L4 L5", "“likelihood” is given twice: “4” and “5”."),
        ("log ACME credit L4 likelihood=4", "“likelihood” is given twice: “4” and “4”."),
        ("digest resume now", "“now” was not expected: `digest resume` takes nothing."),
        ("digest resume please", "“please” was not expected: `digest resume` takes nothing."),
        ("log ACME credit L6 S3 X2 abc", "Likelihood “6” is not accepted: expected a whole number from 1 to 5."),
        ("log ACME credit likelihood=٣ S3 X2 abc", "Likelihood “٣” is not accepted: expected a whole number from 1 to 5."),
        ("respond T-17 reduce sell the plant", "Risk “T-17” is not accepted: expected an id like R-17."),
        ("respond R-17 reduce sell the plant due=31.12.2026", "Due “31.12.2026” is not accepted: expected a date like 2026-12-31."),
        ("respond R-17 reduce sell the plant due=2026-02-30", "Due “2026-02-30” is not accepted: expected a date like 2026-12-31."),
        ('respond R-17 reduce "sell the plant" owner=mei', "Owner “mei” is not accepted: expected a person, as @name."),
        ("respond R-17 reduce sell", "Measure “sell” is not accepted: expected text of 5 to 1000 characters."),
        ('log ACME "" L4 S3 X2 abc', "Category “” is not accepted: expected one of credit, financial, liquidity, market,"),
        ("list colour=green", "Colour “green” is not accepted: expected one of red, amber."),
        ("list page=0", "Page “0” is not accepted: expected a whole number from 1 to 100000."),
        ("find " + "x" * 3000, "Your line has 3005 characters; at most 3000 are accepted."),
    ],
)
def test_a_mistake_is_named_with_what_would_be_accepted(line, said):
    assert refusal(line).startswith(said)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("list risks state=clsed", "closed"),
        ("top by=expsure", "exposure"),
        ("breaches opn", "open"),
        ("log ACME creditt L4 S3 X2 abc", "credit"),
    ],
)
def test_the_nearest_of_several_choices_is_named(line, meant):
    assert refusal(line).endswith(f"Did you mean `{meant}`?")


def test_a_second_word_of_a_command_is_read_in_any_case():
    assert read("Digest Subscribe at=08:00") == ("digest subscribe", {"at": "08:00"})
    assert read("digest NOW") == ("digest", {"when": "NOW"})
    assert read('digest department="Corporate Asia"') == ("digest", {"department": "Corporate Asia"})


def test_a_wrong_value_is_refused_before_a_form_asks_for_the_others():
    asked = inline.read(registry(), "log ACME credit L9")

    with pytest.raises(Refused) as refused:
        asked.check_given()

    assert refused.value.field == "likelihood"
    inline.read(registry(), "log ACME credit L4").check_given()


@pytest.mark.parametrize("name", ["source", "key"])
def test_what_is_hidden_cannot_be_typed(name):
    assert name not in values(f"log ACME credit L4 S3 X2 {name}=forged")


words = st.sampled_from(
    [*registry().commands, "L4", "S3", "X2", "credit", "R-17", '"', "“", "”", "«", "=", "due=", "owner=<@U0ANA>", "page=2", "&amp;"]
)
lines = st.one_of(hostile, st.lists(st.one_of(words, hostile), max_size=12).map(" ".join))


@given(lines)
@example("log title")
@example('log "')
@example("log L99999999999999999999")
@example("list page=" + "9" * 500)
@example("respond R-" + "9" * 500)
@example("show \x00")
def test_whatever_is_typed_is_read_or_refused_in_words(line):
    said = "read"
    try:
        asked = inline.read(registry(), line)
        asked.check_given()
        if not asked.missing:
            asked.checked()
    except Refused as refused:
        said = str(refused.sentence)

    assert said


@given(st.sampled_from(sorted(registry().commands)), st.lists(hostile, max_size=6))
def test_a_reading_holds_only_arguments_of_its_command(name, rest):
    try:
        asked = inline.read(registry(), " ".join([name, *rest]))
    except Refused:
        return

    assert set(asked.values) <= set(asked.command.args.model_fields)
    assert set(asked.missing).isdisjoint(asked.values)


@given(
    st.text(st.characters(exclude_characters='"“”„«»', exclude_categories=["Cs", "Cc"]), min_size=3, max_size=80).filter(
        lambda text: len(text.strip()) > 2 and not refused_in(storable(text)) and not is_blank(text)
    )
)
def test_a_quoted_text_arrives_whole(text):
    assert values(f'log ACME credit L4 S3 X2 "{text}"')["title"] in (storable(text), storable(markup.unescape(text)))


@pytest.mark.parametrize("line", [example for command in registry().commands.values() for example in command.examples])
def test_every_example_of_the_help_can_be_typed(line):
    # Slack sends the mention of somebody in place of their name
    asked = inline.read(registry(), re.sub(r"@([a-z]+)", r"<@U0ADA|\1>", line), today=date(2026, 11, 23))

    asked.check_given()
    shorter = [command.name for command in registry().commands.values() if command.more == asked.command.name]
    assert any(line == name or line.startswith(f"{name} ") for name in (asked.command.name, *shorter))
    if not asked.missing:
        asked.checked()


def test_a_text_whose_quotation_mark_is_not_closed_is_understood_for_the_form_and_not_done_at_once():
    asked = inline.read(registry(), 'log ACME credit L4 S3 X2 "lost its main buyer')

    assert (asked.values["title"], asked.values["category"], asked.missing) == ("lost its main buyer", "credit", [])
    assert asked.doubtful
    assert not inline.read(registry(), 'log ACME credit L4 S3 X2 "lost its main buyer"').doubtful
