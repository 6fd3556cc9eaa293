"""Power is not given away by two ordinary people: protected keys take an administrator and a risk manager besides the maker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands.kit.access.authority import authority_of
from commands.kit.contract import Refused
from commands.kit.i18n import Reader, Text, reading, supported_locale
from commands.kit.registry import registry
from commands.policy import policy_changing
from risk_engine.approvals.approval_policy import AuthorityRule, Step
from risk_engine.approvals.ballot import Stage
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_keys import differences, guard_at, leaves
from risk_engine.policy_part import Guard
from risk_engine.references import PolicyChangeId
from storage.approvals import approvals
from storage.audit.reconciliation import reconciling
from storage.policy import policies, policies_in_force, policy_changes
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.commands.kit.test_authority import with_roles
from tests.conftest import MONDAY

ANA, OMAR, RITA, BOSS, MEI, EVA = "U0ANA", "U0OMAR", "U0RITA", "U0BOSS", "U0MEI", "U0EVA"
WHY = "as was agreed in the meeting"
LATER = MONDAY + timedelta(hours=1)
ATTACKS = (
    'roles.analyst.rights "[read, write, propose, administer]"',
    "roles.others [administrator]",
    "retention.audit_days 400",
    "channels.audit nowhere",
    "approvals.days 1",
    "approvals.authority.5.steps.1.quorum 2",
    "delegations.longest_days 183",
    "people.accounts.U0EVIL U0BOSS",
    "people.known_as.U0ANA [U0MEI]",
    "roles.groups.S0US administrator",
    "privacy.masked true",
    "privacy.unlisted restricted",
    "privacy.channels.general restricted",
    "reads.again_after_minutes 120",
    "second_line.sample 3",
    "digest.channels.leak.department Corporate",
    "audit.anchor_at 12:00",
)


@pytest.fixture
def house(one_book: Book) -> Book:
    """A house with an administrator by setting, an analyst, an approver and a risk manager."""
    book = one_book
    book.policy = with_roles(book.policy, admins=(BOSS,))
    with book.database.begin(EVERYTHING, write=True) as tx:
        policies_in_force.begin(tx, policies.read(None), file=None, at=MONDAY)
    for person, role in ((ANA, "analyst"), (OMAR, "approver"), (RITA, "risk_manager"), (MEI, "approver"), ("U0AUDIT", "auditor")):
        book.assign(f"people <@{person}> {role}", BOSS)
    book.told()
    return book


def propose(book: Book, what: str, user: str = ANA) -> str:
    book.ask(f'policy {what} "{WHY}"', user)
    *_before, message = (message for delivery, message in book.told() if delivery.notice == "approval.request")
    return buttons_of(message.blocks)["approval.approve"]


def approve(book: Book, key: str, user: str) -> str:
    return book.press("approval.approve", user, key=key, at=LATER).text


def changed(book: Book) -> list[str]:
    """The keys that the policy in force has other than the packaged one."""
    with book.database.begin(EVERYTHING) as tx:
        now = policies_in_force.standing(tx).values
    return [".".join(path) for path, _before, _after in differences(policies.read(None).model_dump(mode="json"), now)]


# --- the attack ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ATTACKS)
def test_an_analyst_and_an_approver_change_no_protected_key(house: Book, what: str):
    key = propose(house, what)

    for person in (OMAR, MEI, ANA):
        with pytest.raises(Refused):
            approve(house, key, person)
    assert changed(house) == []


@pytest.mark.parametrize("order", [(BOSS, RITA), (RITA, BOSS)])
def test_an_administrator_and_a_risk_manager_change_it_in_either_order(house: Book, order: tuple[str, str]):
    key = propose(house, "channels.audit deep-audit")
    first = approve(house, key, order[0])
    between = changed(house)
    approve(house, key, order[1])

    assert "Your vote is recorded" in first
    assert between == []
    assert changed(house) == ["channels.audit"]
    with house.database.begin(EVERYTHING) as tx:
        assert reconciling.reconcile(tx).first == []


@pytest.mark.parametrize("spelt", ["ROLES.others", "roles.Others", '"roles.others"', "‮roles.others", "key=roles.others"])
def test_a_protected_key_is_one_however_it_is_spelt(house: Book, spelt: str):
    house.ask(f'policy {spelt} [viewer] reason="{WHY}"' if "=" not in spelt else f'policy {spelt} value=[viewer] reason="{WHY}"', ANA)

    with house.database.begin(EVERYTHING) as tx:
        asked = approvals.of_subject(tx, PolicyChangeId(1))
    assert [stage.role for stage in asked.stages if stage.in_person] == [Role.ADMINISTRATOR, Role.RISK_MANAGER]


@pytest.mark.parametrize("spelt", ["rоles.others", "roles. others", "roles..others", "roles.others.0", "roles", "roles.analyst"])
def test_a_look_alike_or_a_whole_table_is_no_key(house: Book, spelt: str):
    with pytest.raises(Refused):
        house.ask(f'policy "{spelt}" [administrator] "{WHY}"', ANA)
    with house.database.begin(EVERYTHING) as tx:
        assert policy_changes.waiting(tx) == []


def test_to_go_back_to_what_is_packaged_takes_the_two_as_well(house: Book):
    key = propose(house, "retention.audit_days 4000")
    for person in (BOSS, RITA):
        approve(house, key, person)
    back = propose(house, "retention.audit_days packaged")

    with pytest.raises(Refused):
        approve(house, back, OMAR)
    assert changed(house) == ["retention.audit_days"]


def test_one_person_who_holds_both_roles_is_one_voice(house: Book):
    house.assign(f"people <@{RITA}> risk_manager,administrator", BOSS)
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, RITA)

    with pytest.raises(Refused, match="one person, one vote"):
        approve(house, key, RITA)
    assert changed(house) == []


def test_a_second_account_is_the_same_person(house: Book):
    house.policy = house.policy.model_copy(update={"people": house.policy.people.model_copy(update={"accounts": {"U0TWIN": RITA}})})
    house.assign("people <@U0TWIN> administrator", BOSS)
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, RITA)

    with pytest.raises(Refused, match="one person, one vote"):
        approve(house, key, "U0TWIN")


def test_a_risk_manager_who_asked_is_not_the_one_who_decides(house: Book):
    key = propose(house, "channels.audit deep-audit", RITA)
    approve(house, key, BOSS)

    with pytest.raises(Refused, match="requested A-1 yourself"):
        approve(house, key, RITA)
    assert changed(house) == []


def test_a_second_risk_manager_is_told_that_an_administrator_is_what_is_missing(house: Book):
    house.assign(f"people <@{MEI}> risk_manager", BOSS)
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, RITA)

    with pytest.raises(Refused, match="what it still needs is an administrator"):
        approve(house, key, MEI)


def test_both_who_approved_a_protected_change_are_named_where_it_is_told(house: Book):
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, RITA)
    approve(house, key, BOSS)
    *_before, outcome = (message for delivery, message in house.told() if delivery.notice == "approval.outcome")

    assert f"was approved by <@{RITA}> and <@{BOSS}>" in outcome.text
    origin = str(house.ask("policy channels.audit", ANA).blocks)
    assert all(person in origin for person in (RITA, BOSS))


def test_a_long_value_is_not_said_back_whole(house: Book):
    with pytest.raises(Refused) as refused:
        house.ask(f'policy digest.weekdays {"[" * 300}{"]" * 300} "{WHY}"', ANA)

    assert len(str(refused.value.sentence)) < 250


def test_a_deputy_does_not_speak_for_a_guard_of_a_protected_key(house: Book):
    house.assign(f"people <@{RITA}> risk_manager,approver", BOSS)
    house.ask(f"delegate <@{EVA}> until=2026-12-20 “on leave”", RITA)
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, BOSS)

    with pytest.raises(Refused, match="given these roles by name"):
        approve(house, key, EVA)


@pytest.mark.parametrize("how", ["others", "group"])
def test_a_role_that_everybody_or_a_user_group_plays_does_not_guard(house: Book, how: str):
    rules = {"others": {"others": (Role.RISK_MANAGER,)}, "group": {"groups": {"S0RISK": Role.RISK_MANAGER}, "members": {"S0RISK": [EVA]}}}
    house.policy = with_roles(house.policy, admins=(BOSS,), **rules[how])
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, BOSS)

    with pytest.raises(Refused, match="given these roles by name"):
        approve(house, key, EVA)
    assert changed(house) == []


def test_the_table_of_authorities_lowers_nothing(house: Book):
    rows = (AuthorityRule(kind="policy", steps=(Step(),)), AuthorityRule(steps=(Step(),)))
    house.policy = house.policy.model_copy(update={"approvals": house.policy.approvals.model_copy(update={"authority": rows})})
    key = propose(house, "roles.others [administrator]")

    with pytest.raises(Refused):
        approve(house, key, OMAR)
    assert changed(house) == []


def test_more_voices_that_the_table_asks_for_come_on_top(house: Book):
    rows = (AuthorityRule(kind="policy", steps=(Step(quorum=2),)), AuthorityRule(steps=(Step(),)))
    house.policy = house.policy.model_copy(update={"approvals": house.policy.approvals.model_copy(update={"authority": rows})})
    key = propose(house, "channels.audit deep-audit")
    for person in (OMAR, MEI, RITA):
        approve(house, key, person)
    between = changed(house)
    approve(house, key, BOSS)

    assert between == []
    assert changed(house) == ["channels.audit"]


def test_a_request_of_before_the_guards_is_not_carried_out(house: Book):
    key = propose(house, "roles.others [administrator]")
    with house.database.begin(EVERYTHING, write=True) as tx:
        asked = approvals.of_subject(tx, PolicyChangeId(1))
        approvals.save(tx, asked, replace(asked, stages=(Stage(),)))

    with pytest.raises(Refused, match="withdraw it and propose it anew"):
        approve(house, key, OMAR)
    assert changed(house) == []


def test_an_ordinary_key_takes_one_approver_as_before_and_no_administrator(house: Book):
    key = propose(house, "responses.default_days 60")
    with pytest.raises(Refused, match="Administrators assign roles and cannot decide"):
        approve(house, key, BOSS)
    with pytest.raises(Refused, match="You need the role approver to decide"):
        approve(house, key, RITA)
    approve(house, key, OMAR)

    assert changed(house) == ["responses.default_days"]


def test_what_nobody_could_undo_is_refused_whoever_asks(house: Book):
    said = house.refusal('policy roles.approver.rights [read] "no more approvals"', ANA)

    assert said == "Nobody would then have the right “decide”, and this could not be undone."


# --- what it gives to whom -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            'roles.analyst.rights "[read, write, propose, share, export, administer]"',
            "Analysts (1 person) could then assign roles (administer).",
        ),
        (
            "roles.analyst.rights [read]",
            "Analysts (1 person) could no longer edit the register (write), propose for approval",
        ),
        ("roles.others [administrator]", "Everybody without a role (117 members) would then be: administrator."),
        ("roles.others [viewer]", "Everybody without a role (117 members) would see all customers."),
        ("roles.analyst.reach own", "Analysts (1 person) would see the customers whose relationship manager they are."),
        ("roles.groups.S0US administrator", "Members of the user group S0US would then be: administrator."),
        ("people.accounts.U0EVIL U0BOSS", "The account <@U0EVIL> would count as a second account of <@U0BOSS>"),
        ("people.known_as.U0ANA [U0MEI]", "would see as their own the customers whose manager is called U0MEI"),
        ("approvals.authority.5.steps.1.role analyst", "Different or fewer people could decide requests"),
        ("retention.audit_days 400", "would be erased after 400 days instead of 3650"),
        ("channels.audit elsewhere", "Messages of the route “audit” would go to elsewhere"),
        ("privacy.masked true", "names and figures would be masked"),
        ("privacy.unlisted restricted", "Channels not named in the policy could carry restricted content."),
    ],
)
def test_a_change_says_in_words_what_it_gives_to_whom(house: Book, what: str, said: str):
    reply = house.ask(f'policy {what} "{WHY}"', ANA, members=lambda: 123)
    ((_delivery, message),) = [each for each in house.told() if each[0].notice == "approval.request"]
    trail = text_of(house.ask("audit P-1", "U0AUDIT").blocks)

    assert plain(said) in plain(text_of(reply.blocks))
    assert plain(said) in plain(text_of(message.blocks))
    assert plain(said) in plain(trail)
    assert plain(said)[:60] in plain(confirmation(message.blocks))


def plain(text: str) -> str:
    """A text without what makes a mention of an id."""
    return text.replace("<@", "@").replace(">", "")


def confirmation(body: list) -> str:
    """What Slack asks before it sends the approval."""
    return next(part["confirm"]["text"]["text"] for block in body for part in block.get("elements", ()) if "confirm" in part)


def test_the_form_says_it_before_it_is_sent(house: Book, asks):
    command = registry().commands["policy change"]
    with house.database.begin(EVERYTHING) as tx:
        request = asks(authority=authority_of(tx, ANA, house.policy), policy=house.policy)
        said = command.ready({"key": "roles.analyst.rights", "value": "[read, administer]"}, request, tx)

    assert "needs an administrator and a risk manager besides the requester" in said
    assert "Analysts (1 person) could then assign roles (administer)." in said


def test_it_is_said_in_chinese_too(house: Book):
    propose(house, 'roles.analyst.rights "[read, write, propose, share, export, administer]"')
    with house.database.begin(EVERYTHING) as tx, reading(Reader(supported_locale("zh-CN"), "Asia/Shanghai", masked=False)):
        said = "".join(map(str, policy_changing.gives(tx, "P-1")))

    assert said == "分析员（1 人）届时可：授予角色（administer）。"


def test_a_policy_key_says_who_changes_it(house: Book):
    for key, said in (("roles.others", "an administrator and a risk manager together"), ("audit.anchor_file", "the policy file alone")):
        assert f"Can be changed by  {said}" in text_of(house.ask(f"policy {key}", ANA).blocks)


# --- channels --------------------------------------------------------------------------------------------------------


def test_a_channel_that_is_not_there_or_that_outsiders_read_is_refused_when_it_is_proposed(house: Book):
    told = Text("There is no channel #nowhere that I can see: create it, or invite me.")

    said = house.refusal(f'policy channels.audit nowhere "{WHY}"', ANA, channel_trouble=lambda name: told if name == "nowhere" else None)

    assert said == f"channels.audit cannot be nowhere: {told}"


def test_a_channel_that_has_gone_meanwhile_is_refused_at_the_second_yes(house: Book):
    key = propose(house, "channels.audit deep-audit")
    approve(house, key, BOSS)
    gone = Text("I am not in #deep-audit: invite me with /invite.")

    with pytest.raises(Refused, match="I am not in #deep-audit"):
        house.press("approval.approve", RITA, key=key, at=LATER, channel_trouble=lambda name: gone)
    assert changed(house) == []


# --- before roles, and from the file alone ---------------------------------------------------------------------------


@pytest.mark.parametrize("what", ATTACKS[:4])
def test_until_roles_are_given_a_protected_key_changes_in_the_file_only(one_book: Book, what: str):
    said = one_book.refusal(f'policy {what} "{WHY}"')

    assert "is a protected key" in said
    assert "Set it in the policy file (RISKBOT_POLICY)" in said


def test_a_path_is_never_set_from_slack(house: Book):
    assert "cannot be set from Slack: set it in the policy file" in house.refusal(f'policy audit.anchor_file /tmp/x "{WHY}"', ANA)
    assert "cannot be set from Slack" in house.refusal(f'policy audit.anchor_file packaged "{WHY}"', ANA)


@pytest.mark.parametrize(
    ("what", "accepted"),
    [
        ("retention.audit_days 30", "from 365 to"),
        ("retention.audit_days 364", "from 365 to"),
        ("approvals.days 365", "from 1 to 90"),
        ("approvals.authority.1.steps.1.quorum 0", "from 1 to 20"),
        ("delegations.longest_days 366", "from 1 to 183"),
        ("privacy.reveal_minutes 1440", "from 1 to 240"),
        ("reads.again_after_minutes 1440", "from 0 to 120"),
        ("reads.named 1", "from 10 to"),
        ("second_line.sample 1", "from 3 to"),
        ("retention.answers 3650", "from 1 to 366"),
    ],
)
def test_a_value_beyond_a_floor_or_a_ceiling_is_refused_at_the_form_and_in_the_file(house: Book, tmp_path, what: str, accepted: str):
    said = house.refusal(f'policy {what} "{WHY}"', ANA)
    key, _blank, value = what.partition(" ")
    table, _point, name = key.partition(".")
    (tmp_path / "policy.toml").write_text(f"[{table}]\n{name} = {value}\n" if "authority" not in key else "", "utf-8")

    assert accepted in said
    if "authority" not in key:
        with pytest.raises(policies.PolicyError, match=key):
            policies.read(tmp_path / "policy.toml")


# --- in the model ----------------------------------------------------------------------------------------------------


def test_every_table_of_the_policy_says_how_it_is_guarded():
    classed = {name for name, field in Policy.model_fields.items() if isinstance(field.json_schema_extra, dict)}

    assert set(Policy.model_fields) - classed == set()


def test_what_gives_power_or_hides_traces_is_protected_and_what_the_discipline_counts_is_not():
    guards = {path: guard_at(path) for path, _value in leaves(policies.read(None).model_dump(mode="json"))}
    tables = {guard: {path[0] for path, found in guards.items() if found is guard} for guard in Guard}

    assert {"roles", "approvals", "delegations", "people", "privacy", "retention", "audit", "channels", "second_line", "reads"} == tables[
        Guard.PROTECTED
    ]
    assert tables[Guard.FILE] == {"audit"}
    assert {"kri", "matrix", "scoring", "language"} <= tables[Guard.ORDINARY]
    assert guard_at(("digest", "channels", "leak", "at")) is Guard.PROTECTED


def test_no_text_of_the_policy_that_can_be_set_from_slack_is_a_path_or_a_secret():
    settable = [path for path, _value in leaves(policies.read(None).model_dump(mode="json")) if guard_at(path) is not Guard.FILE]
    telling = ("file", "path", "folder", "token", "secret", "url")

    assert [path for path in settable if any(word in path[-1] for word in telling)] == []
