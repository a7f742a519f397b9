namespace Tieout.Shell.Tests.Api;

/// <summary>Doors of bank statements and of dunning, as the others.</summary>
internal static partial class BadInputDoors
{
    private const string GoodCash =
        """
        payment-rules | PUT | /v1/payment-rules/US | {"grace-days":3,"tolerances":{"USD":"0.05"},"reason":"House rule","actor":"mara"}
        dunning-policy | PUT | /v1/dunning/policies/US | {"time-zone":"Europe/Berlin","steps":[{"name":"Reminder","days-overdue":7,"grace-days":7,"minimums":{"USD":"5.00"}},{"name":"Last","days-overdue":21}],"reason":"House rule","actor":"mara"}
        dunning-promise | POST | /v1/dunning/accounts/C-1/promises | {"until":"2026-12-15","invoices":["US-2026-0000001"],"reason":"Called","actor":"mara"}
        dunning-hold | POST | /v1/dunning/accounts/C-1/holds | {"until":"2026-12-15","reason":"New contact","actor":"mara"}
        dunning-release | POST | /v1/dunning/accounts/C-1/holds/release | {"reason":"Settled","actor":"mara"}
        statement | POST | /v1/bank-statements | {"account":"DE89370400440532013000","id":"S-1","mapping":{"booked-on":"Day","amount":"Amount","balance":"Balance","bank-reference":"Ref","text":["Text"]},"csv":"Day,Amount,Balance,Ref,Text\n2026-11-20,5.00,105.00,B-1,thanks\n2026-11-20,6.00,111.00,B-2,thanks\n2026-11-20,-3.50,107.50,B-3,fee\n","actor":"mara"}
        line-accept | POST | /v1/bank-lines/67d2961000ba9f971b69a4c23cc88d98-1/accept | {"billing-account":"C-1","invoices":[{"invoice":"US-2026-0000001","amount":"0.50"}],"reason":"Told by phone","actor":"mara"}
        line-book | POST | /v1/bank-lines/0d840f1ad6bfd3823c86f7ab2f964cfc-1/book | {"account":"bank-fees","reason":"Account maintenance","actor":"mara"}
        payer-forget | POST | /v1/payers/forget | {"number":"GB29NWBK60161331926819","billing-account":"C-1","reason":"Somebody else's account","actor":"mara"}
        line-decline | POST | /v1/bank-lines/831a9da16064403894b88323b6a44172-1/decline | {"reason":"Not ours","actor":"mara"}
        bank-account | POST | /v1/bank-accounts | {"legal-entity":"US","code":"ops","number":"021000021-4477","currency":"USD","ledger-number":"1150","ledger-name":"Operating account","reason":"Opened","actor":"mara"}
        bank-account-close | POST | /v1/bank-accounts/US/main/close | {"on":"2026-12-31","reason":"Moved to another bank","actor":"mara"}
        """;

    private const string BadCash =
        """
        settings | discountPercent | "100" | 400 bad-request discountPercent
        settings | discountPercent | "two" | 400 bad-request discountPercent
        settings | discountPercent | "2.00001" | 400 bad-request discountPercent
        settings | discountPercent | "-2" | 400 bad-request discountPercent
        settings | discountPercent | absent | 400 bad-request discountPercent
        settings | discountDays | 366 | 400 bad-request discountDays
        settings | discountDays | 15 | 400 bad-request discountDays
        settings | discountDays | absent | 400 bad-request discountDays
        settings | termDays | 9 | 400 bad-request discountDays
        payment | invoices[0].discount | "0" | 400 bad-request invoices[0].discount
        payment | invoices[0].discount | "NaN" | 400 bad-request invoices[0].discount
        payment | invoices[0].discount | "0.10" | 409 no-discount invoices[0].discount
        payment | difference | "yes" | 400 bad-request difference
        payment | difference | true | 409 more-than-tolerance difference
        payment | difference | true | 400 bad-request difference | "invoices":null
        payment-rules | grace-days | 11 | 400 bad-request grace-days
        payment-rules | grace-days | -1 | 400 bad-request grace-days
        payment-rules | grace-days | "three" | 400 bad-request grace-days
        payment-rules | tolerances | {"USD":"1.01"} | 400 bad-request tolerances.USD
        payment-rules | tolerances | {"USD":"0.001"} | 400 bad-request tolerances.USD
        payment-rules | tolerances | {"USD":"NaN"} | 400 bad-request tolerances.USD
        payment-rules | tolerances | {"XXX":"0.05"} | 400 bad-request tolerances.XXX
        payment-rules | reason | absent | 400 bad-request reason
        payment-rules | actor | absent | 400 bad-request actor
        payment-rules | colour | "red" | 400 bad-request colour
        dunning-policy | time-zone | "Mars/Olympus" | 400 bad-request time-zone
        dunning-policy | steps | [] | 400 bad-request steps
        dunning-policy | steps | absent | 400 bad-request steps
        dunning-policy | steps[0].name | absent | 400 bad-request steps[0].name
        dunning-policy | steps[0].name | "4111 1111 1111 1111" | 400 bad-request steps[0].name
        dunning-policy | steps[1].name | "Reminder" | 400 bad-request steps[1].name
        dunning-policy | steps[0].days-overdue | absent | 400 bad-request steps[0].days-overdue
        dunning-policy | steps[0].days-overdue | -1 | 400 bad-request steps[0].days-overdue
        dunning-policy | steps[0].days-overdue | "7.5" | 400 bad-request steps[0].days-overdue
        dunning-policy | steps[1].days-overdue | 7 | 400 bad-request steps[1].days-overdue
        dunning-policy | steps[0].grace-days | 3651 | 400 bad-request steps[0].grace-days
        dunning-policy | steps[0].minimums | {"XXX":"5.00"} | 400 bad-request steps[0].minimums.XXX
        dunning-policy | steps[0].minimums | {"USD":"5.001"} | 400 bad-request steps[0].minimums.USD
        dunning-policy | steps[0].minimums | {"USD":"-5"} | 400 bad-request steps[0].minimums.USD
        dunning-policy | steps[0].minimums | {"USD":"NaN"} | 400 bad-request steps[0].minimums.USD
        dunning-policy | steps[0].colour | "red" | 400 bad-request steps[0].colour
        dunning-policy | reason | absent | 400 bad-request reason
        dunning-policy | actor | absent | 400 bad-request actor
        dunning-hold | until | "2026-02-30" | 400 bad-request until
        dunning-hold | reason | absent | 400 bad-request reason
        dunning-hold | reason | "4111 1111 1111 1111" | 400 bad-request reason
        dunning-hold | actor | absent | 400 bad-request actor
        dunning-hold | colour | "red" | 400 bad-request colour
        dunning-promise | until | absent | 400 bad-request until
        dunning-promise | until | "2026-02-30" | 400 bad-request until
        dunning-promise | until | 20261215 | 400 bad-request until
        dunning-promise | invoices | [] | 400 bad-request invoices
        dunning-promise | reason | absent | 400 bad-request reason
        dunning-promise | reason | "4111 1111 1111 1111" | 400 bad-request reason
        dunning-promise | actor | absent | 400 bad-request actor
        dunning-promise | colour | "red" | 400 bad-request colour
        statement | account | absent | 400 bad-statement account
        statement | account | "GB29NWBK60161331926819" | 400 bad-statement account.Acct
        statement | mapping | absent | 400 bad-statement mapping
        statement | mapping.booked-on | absent | 400 bad-statement mapping.booked-on
        statement | mapping.amount | absent | 400 bad-statement amount
        statement | mapping.grouping | "." | 400 bad-statement grouping
        statement | mapping.delimiter | ";;" | 400 bad-statement mapping.delimiter
        statement | mapping.direction | "Text" | 400 bad-statement direction
        statement | mapping.colour | "red" | 400 bad-statement mapping.colour
        statement | csv | absent | 400 bad-statement csv
        statement | csv | "" | 400 bad-statement csv
        statement | csv | "<Document/>" | 400 bad-statement Day
        statement | csv | "Name,City\nQuay,Kiel\n" | 400 bad-statement Amount
        statement | csv | "Day,Amount,Balance,Ref,Text\n2026-11-20,5.00,105.00,B-1,a\n2026-11-20,5.00,111.00,B-2,b\n" | 400 bad-statement Balance
        statement | actor | absent | 400 bad-statement actor
        statement | colour | "red" | 400 bad-statement colour
        line-accept | proposal | "0123456789abcdef" | 400 bad-request proposal
        line-accept | billing-account | absent | 400 bad-request proposal
        line-accept | invoices[0].invoice | absent | 400 bad-request invoices[0].invoice
        line-accept | reason | absent | 400 bad-request reason
        line-accept | reason | "4111 1111 1111 1111" | 400 bad-request reason
        line-accept | actor | absent | 400 bad-request actor
        line-accept | colour | "red" | 400 bad-request colour
        line-accept | reason | "Of a line that no statement has" | 404 not-found key
        line-book | account | absent | 400 bad-request account
        line-book | account | "receivable" | 409 unfit-account account
        line-book | account | "deferred-revenue" | 409 unfit-account account
        line-book | account | "4111 1111 1111 1111" | 400 bad-request account
        line-book | account | 6100 | 400 bad-request account
        line-book | reason | absent | 400 bad-request reason
        line-book | reason | "4111 1111 1111 1111" | 400 bad-request reason
        line-book | actor | absent | 400 bad-request actor
        line-book | colour | "red" | 400 bad-request colour
        line-book | reason | "Of a line that no statement has" | 404 not-found key
        payer-forget | number | absent | 400 bad-request number
        payer-forget | number | "DE00000000000000000000" | 404 not-found number
        payer-forget | billing-account | "C-2" | 404 not-found number
        payer-forget | billing-account | absent | 400 bad-request billing-account
        payer-forget | reason | absent | 400 bad-request reason
        payer-forget | reason | "4111 1111 1111 1111" | 400 bad-request reason
        payer-forget | actor | absent | 400 bad-request actor
        payer-forget | colour | "red" | 400 bad-request colour
        payment | source | "bank" | 400 bad-request source
        payment | source | "Bank" | 400 bad-request source
        payment | source | "gateway:stripe-us" | 400 bad-request source
        line-decline | reason | absent | 400 bad-request reason
        line-decline | actor | absent | 400 bad-request actor
        line-decline | colour | "red" | 400 bad-request colour
        line-decline | reason | "Of a line that no statement has" | 404 not-found key
        statement | currency | "EUR" | 400 bad-statement account.Acct.Ccy
        statement | currency | "eur" | 400 bad-statement currency
        payment | bank-account | "nowhere" | 409 unknown-bank-account bank-account
        payment | bank-account | "4111 1111 1111 1111" | 400 bad-request bank-account
        bank-account | legal-entity | "XX" | 404 not-found legal-entity
        bank-account | legal-entity | absent | 400 bad-request legal-entity
        bank-account | code | "Ops" | 400 bad-request code
        bank-account | code | "a-very-long-code-of-21" | 400 bad-request code
        bank-account | code | "main" | 409 code-taken code
        bank-account | code | absent | 400 bad-request code
        bank-account | number | "DE88370400440532013000" | 400 bad-request number
        bank-account | number | "DE89 3704 0044 0532 0130 00" | 409 number-taken number
        bank-account | number | "4111 1111 1111 1111" | 400 bad-request number
        bank-account | number | 4477 | 400 bad-request number
        bank-account | number | absent | 400 bad-request number
        bank-account | currency | "XXX" | 400 bad-request currency
        bank-account | currency | "usd" | 400 bad-request currency
        bank-account | currency | absent | 400 bad-request currency
        bank-account | ledger-number | "1200" | 409 number-taken ledger-number
        bank-account | ledger-number | "11-50" | 409 bad-number ledger-number
        bank-account | ledger-name | "4111 1111 1111 1111" | 400 bad-request ledger-name
        bank-account | reason | absent | 400 bad-request reason
        bank-account | reason | "4111 1111 1111 1111" | 400 bad-request reason
        bank-account | actor | absent | 400 bad-request actor
        bank-account-close | on | absent | 400 bad-request on
        bank-account-close | on | "2026-02-30" | 400 bad-request on
        bank-account-close | on | 20261231 | 400 bad-request on
        bank-account-close | reason | absent | 400 bad-request reason
        bank-account-close | actor | absent | 400 bad-request actor
        dunning-release | reason | absent | 400 bad-request reason
        dunning-release | actor | absent | 400 bad-request actor
        """;
}
