"""The books that dev/tryton puts into a new Tryton database: two companies, ready to be posted to.

Reads its order as JSON on stdin (configuration, database, years, passwords) and prints every id as JSON.
It talks to Tryton's own models inside one transaction: all of it is there, or nothing.
"""
import datetime as dt
import json
import sys
from decimal import Decimal

order = json.load(sys.stdin)

from trytond.config import config                  # noqa: E402  the configuration is read before the rest is imported
config.update_etc(order['configuration'])
from trytond.pool import Pool                      # noqa: E402
from trytond.transaction import Transaction        # noqa: E402

CURRENCIES = {'USD': ('US Dollar', '$', '1.0'), 'EUR': ('Euro', '€', '0.8'), 'GBP': ('Pound Sterling', '£', '0.5')}
COUNTRIES = {'US': 'United States', 'DE': 'Germany', 'GB': 'United Kingdom'}
TERMS = {'receipt': ('Due on receipt', 0), 'net30': ('Net 30', 30)}
LAW_OF_2020 = {'start_date': dt.date(2020, 7, 1), 'end_date': dt.date(2020, 12, 31)}
COMPANIES = {
    'US': dict(name='Halden Cloud Inc.', currency='USD', city='Portland', identifier=('us_ein', '91-1144442'), taxes=[
        ('US-CA', 'California sales tax 7.25%', '0.0725', {}),
        ('US-WA', 'Washington sales tax 6.5%', '0.065', {}),
        ('US-EXEMPT', 'Exempt', '0', {})]),
    'DE': dict(name='Halden Cloud GmbH', currency='EUR', city='Hamburg', identifier=('eu_vat', 'DE136695976'), taxes=[
        ('DE-19', 'MwSt 19%', '0.19', {}),
        ('DE-7', 'MwSt 7%', '0.07', {}),
        ('DE-RC', 'Reverse charge 0%', '0', {}),
        ('DE-16-EXPIRED', 'MwSt 16% (second half of 2020)', '0.16', LAW_OF_2020)]),
}
# Two types are more than names: an invoice line may hit only accounts of a type with `revenue` or `deposit`.
# So 2200 can stand on an invoice line, and 2210 cannot.
TYPES = {
    'cash': dict(name='Cash', statement='balance', assets=True),
    'receivable': dict(name='Receivable', statement='balance', assets=True, receivable=True),
    'asset': dict(name='Contract assets', statement='balance', assets=True),
    'payable': dict(name='Payable', statement='balance', payable=True),
    'tax': dict(name='Tax', statement='balance'),
    'deposit': dict(name='Deferred revenue', statement='balance', deposit=True),
    'liability': dict(name='Contract liabilities', statement='balance'),
    'revenue': dict(name='Revenue', statement='income', revenue=True),
    'expense': dict(name='Expense', statement='income', expense=True),
}
ACCOUNTS = [
    ('cash', '1000', 'Main Cash', 'cash', {}),
    ('bank_clearing', '1050', 'Bank Clearing', 'cash', {}),
    ('receivable', '1100', 'Main Receivable', 'receivable', dict(reconcile=True, party_required=True)),
    ('receivable_disputed', '1110', 'Disputed Receivables', 'receivable', dict(reconcile=True, party_required=True)),
    ('revaluation', '1190', 'Revaluation of Foreign Currency', 'asset', {}),
    ('unbilled_receivable', '1200', 'Unbilled Receivables', 'asset', {}),
    ('contract_asset', '1210', 'Contract Assets', 'asset', {}),
    ('payable', '2000', 'Main Payable', 'payable', dict(reconcile=True, party_required=True)),
    ('tax', '2100', 'Main Tax', 'tax', {}),
    ('deferred_revenue', '2200', 'Deferred Revenue', 'deposit', dict(reconcile=True, party_required=True)),
    ('contract_liability', '2210', 'Contract Liabilities', 'liability', {}),
    ('prepaid_credit', '2220', 'Prepaid Credit', 'deposit', dict(reconcile=True, party_required=True)),
    ('deposit', '2290', 'Deposit', 'deposit', dict(reconcile=True, party_required=True)),
    ('revenue', '4000', 'Main Revenue', 'revenue', {}),
    ('revenue_usage', '4010', 'Usage Revenue', 'revenue', {}),
    ('revenue_closed', '4090', 'Old Revenue (closed)', 'revenue', dict(closed=True)),
    ('expense', '5000', 'Main Expense', 'expense', {}),
    ('bad_debt', '5100', 'Receivables Written Off', 'expense', {}),
    ('bank_fees', '5200', 'Bank Fees', 'expense', {}),
    ('fx', '5300', 'Exchange Differences', 'expense', {}),
    ('fx_unrealised', '5310', 'Unrealised Exchange Differences', 'expense', {}),
]
USERS = {
    'hub': ['account.group_account', 'account_payment.group_payment'],
    'controller': ['account.group_account_admin', 'account_payment.group_payment_approval', 'party.group_party_admin',
                   'product.group_product_admin', 'company.group_company_admin', 'currency.group_currency_admin'],
}


def create(model, *values):
    records = Pool().get(model).create(list(values))
    return records[0].id if len(records) == 1 else [r.id for r in records]


def write(model, id, **values):
    Model = Pool().get(model)
    Model.write([Model(id)], values)


def shipped(name):
    """The id of a record that a module brings, by module.name."""
    return Pool().get('ir.model.data').get_id(*name.split('.'))


def new(*values):
    return [('create', list(values))]


def common(first_day):
    """What the companies share."""
    currencies = {code: create('currency.currency', dict(
        code=code, name=name, symbol=symbol, digits=2, rounding=Decimal('0.01'),
        rates=new(dict(date=first_day, rate=Decimal(rate)))))           # units of it per USD
        for code, (name, symbol, rate) in CURRENCIES.items()}
    create('account.journal', dict(name='Miscellaneous', code='MISC', type='general', sequence=shipped('account.sequence_account_journal')))
    return {
        'currencies': currencies,
        'currency_rates': {code: rate for code, (_, _, rate) in CURRENCIES.items()},
        'countries': {code: create('country.country', dict(code=code, name=name)) for code, name in COUNTRIES.items()},
        'payment_terms': {key: create('account.invoice.payment_term', dict(
            name=name, lines=new(dict(type='remainder', relativedeltas=new(dict(days=days))))))
            for key, (name, days) in TERMS.items()},
        'journals': {j.code: j.id for j in Pool().get('account.journal').search([])},
    }


def company(key, spec, shared, years):
    kind, number = spec['identifier']
    party = create('party.party', dict(
        name=spec['name'], identifiers=new(dict(type=kind, code=number)),
        addresses=new(dict(street='1 Main St', city=spec['city'], country=shared['countries'][key]))))
    id = create('company.company', dict(party=party, currency=shared['currencies'][spec['currency']]))
    write('res.user', Transaction().user, companies=[('add', [id])], company=id, company_filter='all')
    with Transaction().set_context(company=id, companies=[id]):
        accounts = chart(id)
        taxes = {code: tax(id, accounts['tax'], code, text, rate, valid) for code, text, rate, valid in spec['taxes']}
        bank = accounts['bank_clearing']
        return {
            'id': id, 'name': spec['name'], 'currency': spec['currency'], 'party': party,
            'accounts': {name: {'id': accounts[name], 'code': code} for name, code, *_ in ACCOUNTS},
            'taxes': taxes,
            'payment_method': create('account.invoice.payment.method', dict(
                name=key + ' bank', company=id, journal=shared['journals']['CASH'], credit_account=bank, debit_account=bank)),
            'payment_journal': create('account.payment.journal', dict(
                name=key + ' manual', company=id, currency=shared['currencies'][spec['currency']], process_method='manual')),
            'fiscal_years': {str(year): fiscal_year(key, id, year) for year in years},
        }


def chart(company):
    top = {statement: create('account.account.type', dict(name=name, company=company, statement=statement))
           for statement, name in (('balance', 'Balance sheet'), ('income', 'Income statement'))}
    types = {key: create('account.account.type', dict(values, company=company, parent=top[values['statement']], sequence=10 * n))
             for n, (key, values) in enumerate(TYPES.items(), 1)}
    root = create('account.account', dict(name='Chart of Accounts', company=company))
    accounts = {key: create('account.account', dict(more, code=code, name=name, company=company, parent=root, type=types[type_]))
                for key, code, name, type_, more in ACCOUNTS}
    configuration = Pool().get('account.configuration')(1)
    configuration.default_account_receivable = accounts['receivable']
    configuration.default_account_payable = accounts['payable']
    configuration.save()
    return accounts


def tax(company, account, code, text, rate, valid):
    id = create('account.tax', dict(valid, name=code, description=text, type='percentage', rate=Decimal(rate), company=company,
                                    invoice_account=account, credit_note_account=account))
    for amount in ('base', 'tax'):
        create('account.tax.code', dict(name='%s %s' % (code, amount), company=company, lines=new(*(
            dict(operator=operator, tax=id, amount=amount, type=kind) for kind, operator in (('invoice', '+'), ('credit', '-'))))))
    return id


def fiscal_year(key, company, year):
    """A year of open months; its invoices and its credit notes are numbered without gaps."""
    moves = create('ir.sequence', dict(name='%s moves %d' % (key, year), company=company, prefix='%s%d-' % (key, year), padding=6,
                                       sequence_type=shipped('account.sequence_type_account_move')))
    numbers = {kind + '_sequence': create('ir.sequence.strict', dict(
        name='%s %s %d' % (key, kind, year), company=company, prefix='%s-%s-%d-' % (key, prefix, year), padding=6,
        sequence_type=shipped('account_invoice.sequence_type_account_invoice')))
        for kind, prefix in (('out_invoice', 'INV'), ('out_credit_note', 'CN'), ('in_invoice', 'BILL'), ('in_credit_note', 'BCN'))}
    FiscalYear = Pool().get('account.fiscalyear')
    id = create('account.fiscalyear', dict(name=str(year), company=company, start_date=dt.date(year, 1, 1), end_date=dt.date(year, 12, 31),
                                           post_move_sequence=moves, invoice_sequences=new(dict(numbers, company=company))))
    FiscalYear.create_period([FiscalYear(id)])
    return id


def product(companies):
    """One product for both companies; which account its category answers depends on the company in the context."""
    category = create('product.category', dict(name='Services', accounting=True))
    for c in companies:
        with Transaction().set_context(company=c['id']):
            write('product.category', category, account_revenue=c['accounts']['revenue']['id'],
                  account_expense=c['accounts']['expense']['id'])
    unit = shipped('product.uom_unit')
    template = create('product.template', dict(name='Subscription', code='SUB', type='service', default_uom=unit, list_price=Decimal(100),
                                               account_category=category, products=new({})))
    return {'id': Pool().get('product.template')(template).products[0].id, 'code': 'SUB', 'unit': unit}


def users(companies, passwords):
    ids = [c['id'] for c in companies]
    for login, groups in USERS.items():
        create('res.user', dict(name=login.capitalize() + ' API', login=login, password=passwords[login],
                                company=ids[0], companies=[('add', ids)], company_filter='all',
                                groups=[('add', [shipped(g) for g in groups])]))


def main():
    first, last = order['years']
    Pool.start()
    Pool(order['database']).init()
    admin = 1
    with Transaction().start(order['database'], admin, context={'language': 'en'}) as transaction:
        facts = {'fiscal_years': [first, last], **common(dt.date(first, 1, 1))}
        facts['companies'] = {key: company(key, spec, facts, range(first, last + 1)) for key, spec in COMPANIES.items()}
        companies = list(facts['companies'].values())
        facts['product'] = product(companies)
        users(companies, order['passwords'])
        # None of the ERP's own scheduled work while a test looks at it.
        Cron = Pool().get('ir.cron')
        Cron.write(Cron.search([]), {'active': False})
        transaction.commit()
    print(json.dumps(facts))


main()
