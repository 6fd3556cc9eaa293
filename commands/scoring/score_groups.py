"""Further parts of a score by group: credit, capital, financial condition, repayment, market moves, project."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from commands.kit.i18n import Text, _, listed, pgettext
from commands.kit.wording import words
from commands.scoring import default_words, measure_words, pd_words
from risk_engine.financials import ratios
from risk_engine.financials.financial import Model, Zone
from risk_engine.financials.financial_policy import Zones
from risk_engine.grading import Grade
from risk_engine.impairment import provisioning
from risk_engine.loans.facility_lgd import LgdOrigin
from risk_engine.market.sensitivity_policy import Move
from risk_engine.policy.policy import Policy
from risk_engine.repayment.repayment import Refinancing, Source
from storage.scoring.scores import Detail, Score

Pairs = list[tuple[Text | str, str]]

_SIGNS = {Model.Z: "Z", Model.Z_PRIME: "Z′", Model.Z_DOUBLE_PRIME: "Z″"}
_NAMES = {Model.Z: "z", Model.Z_PRIME: "z_prime", Model.Z_DOUBLE_PRIME: "z_double_prime"}
_ZONES = {Zone.DISTRESS: _("distress"), Zone.GREY: _("grey zone"), Zone.SAFE: _("safe")}


def money(value: float | Decimal | None, currency: str) -> str:
    return "–" if value is None else words.money(Decimal(value).quantize(Decimal("0.01")), currency)


def category(score: Score) -> Text | None:
    return words.category(score.category)


def provision(score: Score, detail: Detail) -> str | None:
    """Return ``stage 2 · ECL EUR 1.2 m · 关注 special mention · RWA EUR 4 m IRB, indicative / EUR 6 m standardised``."""
    parts = [
        words.stage(score.stage) if score.stage else None,
        f"ECL {money(score.ecl, score.currency)}" if score.ecl is not None else None,
        category(score),
        _weighted(score, detail.figures.get("rwa_standard")),
    ]
    return " · ".join(str(one) for one in parts if one is not None) or None


def _weighted(score: Score, standard: float | None) -> str | None:
    found = []
    if score.rwa is not None:
        found.append(str(_("{amount} IRB, indicative").format(amount=money(score.rwa, score.currency))))
    if standard is not None:
        found.append(str(_("{amount} standardised").format(amount=money(standard, score.currency))))
    return f"RWA {' / '.join(found)}" if found else None


def credit(score: Score, detail: Detail, policy: Policy) -> Pairs:
    late = detail.figures.get("days_past_due")
    return [
        ("PD", pd_words.whole(score, detail, policy.scoring.calibration)),
        ("LGD", words.share(score.lgd)),
        *([(_("Basis of LGD"), basis)] if (basis := lgd_basis(detail)) else []),
        ("EAD", money(score.ead, score.currency)),
        ("EL", money(score.expected_loss, score.currency)),
        (_("Stage of IFRS 9"), default_words.stage(score.stage, detail.figures, score.currency)),
        ("ECL", _ecl(score, policy)),
        (_("Loan category"), default_words.category(category(score), detail.figures)),
        (_("Days past due"), words.reading(late, "days")),
        (_("Secured by collateral"), words.reading(detail.figures.get("secured_share"), "percent")),
        (_("Covered by better guarantors"), words.reading(detail.figures.get("guaranteed_share"), "percent")),
    ]


_BASES = {
    LgdOrigin.OWN: _("own estimate"),
    LgdOrigin.SENIORITY: _("foundation approach by seniority"),
    LgdOrigin.UNKNOWN_SENIORITY: _("foundation approach, seniority unknown"),
    LgdOrigin.COLLATERAL: _("reduced by collateral"),
}


def lgd_basis(detail: Detail) -> str | None:
    """Return the bases of the LGDs of a customer's facilities; None without facilities, and for earlier scores."""
    mask = int(detail.figures.get("lgd_origin") or 0)
    return str(listed(str(said) for one, said in _BASES.items() if mask & one)) if mask else None


def _ecl(score: Score, policy: Policy) -> str:
    """Return the expected credit loss; a neutral view of the economy is said."""
    amount = money(score.ecl, score.currency)
    if score.ecl is None or not provisioning.is_neutral(policy.impairment):
        return amount
    return str(_("{amount} · point-in-time factor 1, scenarios neutral until your economists set them").format(amount=amount))


def capital(score: Score, detail: Detail, policy: Policy) -> Pairs:
    return [
        *_size(detail, policy),
        *_floored(detail),
        (_("RWA by internal ratings, indicative"), money(score.rwa, score.currency)),
        (_("RWA, standardised"), money(detail.figures.get("rwa_standard"), score.currency)),
        *_slotted(score, detail),
    ]


_SLOTS = {
    1: pgettext("slot", "strong"),
    2: pgettext("slot", "good"),
    3: pgettext("slot", "satisfactory"),
    4: pgettext("slot", "weak"),
    5: pgettext("slot", "default"),
}


def _slotted(score: Score, detail: Detail) -> Pairs:
    """Return weights and losses of project loans by their supervisory category; nothing without one."""
    slot = detail.figures.get("slot")
    if slot is None:
        return []
    weighted, lost = (money(detail.figures.get(name), score.currency) for name in ("rwa_slotting", "expected_loss_slotting"))
    return [
        (_("RWA by slotting, project loans"), f"{weighted} ({_SLOTS[int(slot)]})"),
        (_("EL by slotting, project loans"), lost),
    ]


def _floored(detail: Detail) -> Pairs:
    """Return the LGD of risk weights where the regulator's floor has raised an own estimate."""
    floored = detail.figures.get("lgd_in_rwa")
    if floored is None:
        return []
    return [(_("LGD in RWA"), str(_("{share}, the input floor of own estimates").format(share=words.share(floored))))]


def _size(detail: Detail, policy: Policy) -> Pairs:
    """Return the sales by which the firm is judged small or not; nothing if they are unknown."""
    sales = detail.figures.get("group_sales")
    if detail.figures.get("financial_firm") is not None:
        return [(_("Size of the firm"), str(_("does not count: a financial firm")))]
    if sales is None:
        return []
    amount = money(sales, policy.capital.irb.size.currency)
    bound = detail.figures.get("group_sales_bound") is not None
    told = _("{amount}, the sum of the members: an upper bound").format(amount=amount) if bound else amount
    unsure = [(_("Size of the firm"), str(_("small, unless it is a financial firm: kind and sector unknown")))]
    return [(_("Sales of the accounting group"), str(told)), *(unsure if detail.figures.get("perhaps_financial") is not None else [])]


# --- financial condition ---------------------------------------------------------------------------------------------


def altman(detail: Detail, kind: str | None, policy: Policy) -> Text | str | None:
    """Return the model of this kind of customer with score and zone, and which model the scorecard counts; None without any."""
    own, counts = _altman(detail, kind, policy), _counted(detail, policy)
    if own is None or counts is None:
        return own
    return _("{own} · for information; the scorecard counts {model}, which compares customers of all kinds").format(own=own, model=counts)


def _counted(detail: Detail, policy: Policy) -> str | None:
    """Return the model in the scorecard with its value, where it is not that of the kind of customer."""
    own = Model(int(detail.figures.get("altman_model") or 0))
    for model, name in _NAMES.items():
        value = detail.figures.get(name)
        if name in policy.scoring.card.measures and model is not own and value is not None:
            return f"{_SIGNS[model]} {words.number(value)}"
    return None


def _altman(detail: Detail, kind: str | None, policy: Policy) -> Text | str | None:
    model = Model(int(detail.figures.get("altman_model") or 0))
    if model is Model.NONE:
        return _("none: a project company is assessed by its debt service cover") if kind == "project" else None
    why = _why(model, kind)
    value = detail.figures.get("altman_score")
    if value is None:
        return _("{model} cannot be computed: a figure of the statement is missing · {why}").format(model=_SIGNS[model], why=why)
    zone = Zone(int(detail.figures.get("altman_zone") or 0))
    bounds: Zones = getattr(policy.financial, _NAMES[model])
    return _("{model} {value}: {zone} · distress below {distress}, safe above {safe} · {why}").format(
        model=_SIGNS[model],
        value=words.number(value),
        zone=_ZONES.get(zone, "–"),
        distress=words.number(bounds.distress),
        safe=words.number(bounds.safe),
        why=why,
    )


def _why(model: Model, kind: str | None) -> Text:
    if model is Model.Z:
        return _("listed-manufacturer model")
    if model is Model.Z_PRIME:
        return _("manufacturer model") if kind == "manufacturer" else _("listed, but market value unknown")
    return _("non-manufacturer model") if kind == "other" else _("kind of customer unknown; model for any kind")


def condition(detail: Detail, kind: str | None, policy: Policy) -> Pairs:
    """Return Altman's score, and every computable ratio."""
    judged = altman(detail, kind, policy)
    others = (*ratios.RATIOS, "ohlson_probability", "zmijewski_probability")
    return [*([(_("Altman"), str(judged))] if judged else []), *_figures(others, detail, policy)]


def _figures(names: Sequence[str], detail: Detail, policy: Policy) -> Pairs:
    """Return the available figures of these names."""
    found = ((name, detail.figures.get(name)) for name in names)
    return [(measure_words.name(name, policy), measure_words.value(name, figure, policy)) for name, figure in found if figure is not None]


# --- repayment -------------------------------------------------------------------------------------------------------


def _verdict(source: Source) -> Text:
    return {
        Source.NONE: _("repayment capacity cannot be computed"),
        Source.NOTHING_DUE: _("no payments due"),
        Source.CASH_FLOW: _("covered by cash flow"),
        Source.CASH: _("covered by cash flow and cash"),
        Source.UNDRAWN_LINES: _("covered by cash flow, cash and undrawn lines"),
        Source.COLLATERAL: _("repayment depends on collateral"),
        Source.GUARANTOR: _("repayment depends on the guarantor"),
        Source.NOT_ENOUGH: _("shortfall after all sources"),
    }[source]


def ability(score: Score, detail: Detail, policy: Policy) -> str | None:
    """Return payments due in the coming months, their cover by cash flow, and the completing source, on one line."""
    due, cover = detail.figures.get("due_12_months"), detail.figures.get("repayment_cover")
    if due is None:
        lent = detail.figures.get("exposure") is not None
        return str(_("the amount due in {months} months cannot be computed").format(months=policy.repayment.months)) if lent else None
    source = Source(int(detail.figures.get("repayment_source") or 0))
    short = detail.figures.get("repayment_shortfall")
    parts = [
        _("{amount} due in {months} months").format(amount=money(due, score.currency), months=policy.repayment.months),
        _("cash flow covers {ratio}").format(ratio=words.reading(cover, "ratio")) if cover is not None else None,
        _("not covered by the known sources") if source is Source.NONE and cover is not None else _verdict(source),
        _("{amount} short").format(amount=money(short, score.currency)) if source is Source.NOT_ENOUGH and short else None,
        _("depends on refinancing") if detail.figures.get("refinancing") == Refinancing.DEPENDENT else None,
    ]
    return " · ".join(str(one) for one in parts if one is not None)


def repayment(score: Score, detail: Detail, policy: Policy) -> Pairs:
    found = detail.figures
    if (line := ability(score, detail, policy)) is None:
        return []
    return [
        (_("Ability"), line),
        (_("Gap of the cash flow"), money(found.get("repayment_gap"), score.currency)),
        (_("Bullet at maturity"), words.reading(found.get("bullet_share"), "percent")),
    ]


def project(detail: Detail, policy: Policy) -> Pairs:
    """Return cover ratios from the newest projection; empty without one."""
    return _figures(("llcr", "plcr", "dscr_minimum"), detail, policy)


# --- market moves ----------------------------------------------------------------------------------------------------

MOVES_HEADINGS = (_("Scenario"), _("Debt service cover"), _("Interest cover"), _("Grade"))


def moves(score: Score, detail: Detail, policy: Policy) -> list[tuple[str, ...]]:
    """Return cover and grade under each of the policy's moves; empty if no move is computable."""
    rows = [_moved(move, detail) for move in policy.sensitivity.move]
    if all(cell == "–" for row in rows for cell in row[1:3]):
        return []
    covers = (words.reading(detail.figures.get(name), "ratio") for name in ("dscr", "interest_coverage"))
    return [(str(_("Base case")), *covers, words.grade(score.model)), *rows]


def _moved(move: Move, detail: Detail) -> tuple[str, ...]:
    grade = detail.figures.get(f"grade.{move.name}")
    covers = [_cover(name, move, detail) for name in ("dscr", "interest_coverage")]
    # a grade without any moved figure does not depend on the move
    known = grade is not None and any(cover != "–" for cover in covers)
    return (moved(move), *covers, words.grade(Grade(int(grade))) if known and grade is not None else "–")


def _cover(name: str, move: Move, detail: Detail) -> str:
    after, change = detail.figures.get(f"{name}.{move.name}"), detail.figures.get(f"{name}_change.{move.name}")
    if after is None:
        return "–"
    return f"{words.reading(after, 'ratio')} {words.difference(change, 'ratio') if change is not None else ''}".rstrip()


def moved(move: Move) -> str:
    """Return a move by its figures: ``interest rates +200 bp``."""
    parts = [
        _("Interest rates {change} bp").format(change=f"{move.rate_bp:+.0f}") if move.rate_bp else None,
        _home_currency(move.home_currency),
        _("Commodity prices {change}").format(change=_signed(move.commodity)) if move.commodity else None,
    ]
    return listed(str(one) for one in parts if one is not None)


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else '−'}{words.part(abs(share))}"


def _home_currency(fall: float) -> Text | None:
    """Return a fall or a rise of the customer's own currency."""
    if not fall:
        return None
    said = _("Home currency −{share}") if fall > 0 else _("Home currency +{share}")
    return said.format(share=words.part(abs(fall)))
