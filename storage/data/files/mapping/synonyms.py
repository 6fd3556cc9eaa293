"""Words in the headings of files, in English, German and Chinese, for the columns that they probably mean.

Used for proposals that a person confirms, never while a file is loaded. Words are compared as :func:`headings.loose` writes them.
"""

from __future__ import annotations

from storage.data.files.mapping.headings import loose

_CUSTOMER = (
    "customer id, customer no, customer number, customer code, client, client id, client no, borrower, borrower id, debtor, "
    "obligor, obligor id, counterparty, kunde, kundennummer, kunden nr, kundennr, kd nr, kreditnehmer, kreditnehmernummer, "
    "partner, partnernummer, 客户, 客户号, 客户编号, 客户代码, 借款人, 借款人编号"
)
_WORDS: dict[str, str] = {
    "customer": _CUSTOMER,
    "name": (
        "customer name, client name, borrower name, company, company name, firm, legal name, firma, firmenname, kundenname, "
        "bezeichnung, 客户名称, 名称, 企业名称, 公司名称, 单位名称, 借款人名称"
    ),
    "group": "group name, parent, konzern, gruppe, konzernname, kreditnehmereinheit, 集团, 集团名称, 所属集团, 关联集团",
    "sector": "industry, branch, business sector, branche, wirtschaftszweig, sektor, 行业, 所属行业, 行业分类",
    "country": "country code, domicile, land, sitzland, 国家, 国别, 国家或地区, 注册地",
    "department": "branch office, unit name, abteilung, filiale, 部门, 机构, 经办机构, 支行",
    "manager": ("relationship manager, account manager, rm, betreuer, kundenbetreuer, firmenkundenbetreuer, 客户经理, 管户经理, 经办人"),
    "currency": "ccy, curr, currency code, währung, waehrung, whg, 币种, 货币, 币别",
    "since": "customer since, kunde seit, 建立关系日期, 开户日期",
    "aliases": "other names, short name, kurzname, 简称, 别名",
    "rating": "grade, credit rating, bonität, ratingnote, ratingklasse, 评级, 信用评级, 信用等级, 评级结果",
    "rating_date": "date of rating, ratingdatum, 评级日期",
    "kind": "type, product, product type, art, produkt, produktart, kreditart, typ, 类型, 种类, 业务品种, 产品类型, 贷款种类",
    "limit": (
        "credit limit, facility limit, limit amount, commitment, committed amount, approved amount, amount, zusage, kreditlimit, "
        "kreditrahmen, linie, betrag, limit eur, 额度, 授信额度, 合同金额, 贷款金额, 批准金额"
    ),
    "outstanding": (
        "outstanding amount, outstanding balance, balance, drawn, drawn amount, utilisation amount, exposure, saldo, "
        "inanspruchnahme, restschuld, valuta, 余额, 贷款余额, 未偿余额, 本金余额, 已用额度"
    ),
    "start": (
        "start date, value date, origination date, drawdown date, beginn, startdatum, laufzeitbeginn, auszahlungsdatum, "
        "起始日, 起始日期, 放款日期, 发放日期, 起息日"
    ),
    "maturity": (
        "maturity date, end date, due date, expiry, fälligkeit, faelligkeit, endfälligkeit, laufzeitende, 到期日, 到期日期, 终止日期"
    ),
    "rate": "interest rate, interest, coupon, zins, zinssatz, nominalzins, 利率, 年利率, 执行利率",
    "lgd": "loss given default, verlustquote, 违约损失率",
    "ccf": "credit conversion factor, konversionsfaktor, 信用转换系数",
    "collateral": "collateral value, security value, sicherheiten, sicherheitenwert, 押品价值, 抵押物价值, 担保金额",
    "days_past_due": "dpd, days overdue, past due days, verzugstage, tage in verzug, überfällige tage, 逾期天数",
    "overdue": "overdue amount, past due amount, arrears, rückstand, rueckstand, überfälliger betrag, 逾期金额, 逾期本金",
    "forborne": "forbearance, forbearance flag, gestundet, 展期, 重组标志",
    "as_of": (
        "as of date, reporting date, report date, cut off date, date, position date, stichtag, berichtsdatum, per, datum, "
        "截止日期, 数据日期, 基准日, 报表日期, 统计日期"
    ),
    "period_end": (
        "period, fiscal year end, year end, balance sheet date, fye, reporting date, stichtag, bilanzstichtag, "
        "abschlussstichtag, 报告期, 报表日期, 会计期末, 期末"
    ),
    "unit": "units, einheit, 单位, 金额单位",
    "months": "period months, duration, monate, 月数, 期间月数",
    "total_assets": "assets, balance sheet total, bilanzsumme, 资产总计, 总资产, 资产合计",
    "current_assets": "umlaufvermögen, 流动资产, 流动资产合计",
    "cash": "cash and equivalents, cash & equivalents, liquide mittel, kasse, 货币资金, 现金及现金等价物",
    "receivables": "trade receivables, accounts receivable, forderungen, 应收账款",
    "inventory": "inventories, stock, vorräte, 存货",
    "total_liabilities": "liabilities, verbindlichkeiten, fremdkapital, 负债合计, 总负债, 负债总计",
    "current_liabilities": "kurzfristige verbindlichkeiten, 流动负债, 流动负债合计",
    "short_term_debt": "kurzfristige finanzschulden, 短期借款",
    "long_term_debt": "langfristige finanzschulden, 长期借款",
    "equity": "total equity, shareholders equity, eigenkapital, 所有者权益, 所有者权益合计, 股东权益, 净资产",
    "revenue": "sales, turnover, net sales, umsatz, umsatzerlöse, 营业收入, 主营业务收入, 销售收入",
    "ebit": "operating profit, operating income, betriebsergebnis, 息税前利润, 营业利润",
    "ebitda": "息税折旧摊销前利润",
    "interest_expense": "interest expenses, zinsaufwand, 利息支出, 财务费用",
    "net_income": "net profit, profit, jahresüberschuss, ergebnis, 净利润",
    "operating_cash_flow": "cash flow from operations, cfo, operativer cashflow, 经营活动现金流量净额, 经营现金流",
    "indicator": "metric, measure, kri, kennzahl, indikator, 指标, 指标名称",
    "value": "figure, reading, wert, amount, 值, 指标值, 数值, 估值, 评估价值",
    "source": "quelle, 来源, 数据来源",
    "note": "comment, remark, bemerkung, kommentar, 备注, 说明",
    "agency": "rating agency, agentur, ratingagentur, 评级机构",
    "outlook": "ausblick, 展望, 评级展望",
    "facility": (
        "facility id, loan, loan id, loan no, contract, contract no, account, konto, kontonummer, vertrag, vertragsnummer, "
        "kredit, kreditnummer, 合同号, 合同编号, 借据号, 贷款账号, 额度编号"
    ),
    "due": "due date, fälligkeit, fällig am, 到期日, 应还日期",
    "principal": "tilgung, kapital, 本金, 应还本金",
    "interest": "zins, zinsen, 利息, 应还利息",
    "paid": "payment date, paid on, zahlungsdatum, bezahlt am, 还款日期, 实还日期",
    "amount": "payment, betrag, zahlbetrag, 金额, 还款金额, 交易金额",
    "reference": "ref, reference no, verwendungszweck, referenz, 流水号, 摘要",
    "account": "account no, iban, konto, kontonummer, 账号, 账户",
    "date": "booking date, value date, buchungsdatum, buchungstag, 交易日期, 记账日期",
    "balance": "saldo, kontostand, 余额, 账户余额",
    "base": "base currency, quote currency, basiswährung, 基准货币",
    "event": "default event, ereignis, 事件",
    "guarantor": "guarantor id, bürge, garant, 担保人, 保证人",
}
_NUMBER = ", number, nr, nummer, 编号"
# where the id of a kind has words of its own
_IDS = {"customers": _CUSTOMER + _NUMBER, "facilities": _WORDS["facility"] + _NUMBER, "collateral": "collateral id, 押品编号"}
_RATE = "exchange rate, fx rate, kurs, wechselkurs, 汇率"


def words_for(kind: str, column: str) -> frozenset[str]:
    """Return the words that probably head a column of a kind; its own name is one."""
    said = _IDS.get(kind, "") if column == "id" else _RATE if (kind, column) == ("rates", "rate") else _WORDS.get(column, "")
    return frozenset(loose(word) for word in (column, *said.split(",")) if word.strip())
