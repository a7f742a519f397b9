namespace Tieout.Shell.Tests.Api;

/// <summary>The doors of the program with a document that each of them takes, and what it must not take in its place.</summary>
internal static partial class BadInputDoors
{
    /// <summary>One line each: name, method, path, a good document.</summary>
    private const string Good =
        """
        plan | POST | /v1/plans | {"code":"API","name":"API calls","minimums":{"USD":"10"},"prices":[{"component":"calls","currency":"USD","recognition":"immediate","description":"Calls","model":{"type":"graduated","tiers":[{"from":"0","up-to":"100","unit-price":"0.10"},{"from":"100","unit-price":"0.08"}]},"terms":{"kind":"usage","meter":"calls"}}]}
        version | POST | /v1/plans/basic/versions | {"version":2,"effective-from":"2027-01-01","prices":[{"component":"base","currency":"USD","recognition":"immediate","description":"Base","model":"flat","unit-price":"99.00","terms":{"ramp":[{"from":"2028-01-01","model":{"type":"flat","amount":"101"}}]}}]}
        discount | POST | /v1/discounts | {"code":"TEN","kind":"amount","value":"10.00","currency":"USD","from":"2026-01-01","until":"2027-01-01"}
        grant | POST | /v1/credit-grants | {"key":"g-1","account":"C-1","credit":"tokens","amount":"5.00","currency":"USD","granted-on":"2026-11-01","expires-on":"2027-01-01","price":"4.00","tax-category":"standard","actor":"mara"}
        meter | POST | /v1/meters | {"code":"traffic","name":"Traffic","aggregation":"sum","eventTypes":["traffic"],"valueProperty":"n","hoursAhead":1}
        subscription | POST | /v1/subscriptions | {"code":"S-9","account":"C-1","plan":"basic","start":"2026-11-01","components":[{"component":"base","quantity":"1","price":"9.00"}],"reason":"signed","actor":"mara"}
        amendment | POST | /v1/subscriptions/C-1/amendments | {"kind":"change-price","component":"base","price":"12.00","effective":"2026-12-01","reason":"agreed","actor":"mara"}
        amendment-preview | POST | /v1/subscriptions/preview | {"subscription":"C-1","amendment":{"kind":"change-price","component":"base","price":"12.00","effective":"2026-12-01","reason":"agreed","actor":"mara"}}
        rating | POST | /v1/rating/preview | {"price":{"currency":"USD","model":{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.10"},{"unit-price":"0.08"}]}},"quantity":"183","period":{"start":"2026-11-01","end":"2026-12-01"}}
        invoice-preview | POST | /v1/invoices/preview | {"account":"C-1","date":"2026-12-01"}
        draft | POST | /v1/invoice-drafts | {"account":"C-1","date":"2026-12-01","actor":"mara"}
        charge | POST | /v1/billing-accounts/C-1/charges | {"on":"2026-11-20","quantity":"2","unitPrice":"25.005","description":"Training","actor":"mara"}
        given-discount | POST | /v1/billing-accounts/C-1/discounts | {"discount":"PART","subscription":"C-1","from":"2026-12-01","until":"2027-01-01","actor":"mara","reason":"agreed"}
        settings | PATCH | /v1/billing-accounts/C-1 | {"monthlyMinimum":"5.00","termDays":14,"discountPercent":"2","discountDays":10,"actor":"mara","reason":"agreed"}
        credit | POST | /v1/invoices/US-2026-0000001/credit-memos | {"amount":"1.00","on":"2026-11-20","reason":"Outage","actor":"mara"}
        void | POST | /v1/invoices/DE-2026-0000001/void | {"on":"2026-11-20","reason":"Wrong","actor":"mara"}
        write-off | POST | /v1/invoices/US-2026-0000001/write-offs | {"amount":"1.00","on":"2026-11-20","dimensions":{"cost-center":"4100"},"reason":"Insolvent","actor":"mara"}
        chart | PATCH | /v1/ledger/chart/receivable | {"entity":"US","number":"1400","name":"Forderungen","actor":"mara","reason":"SKR03"}
        own-account | POST | /v1/ledger/chart | {"entity":"US","code":"travel","number":"6815","name":"Travel","type":"expense","from":"2026-11-01","actor":"mara","reason":"Budget"}
        own-account-close | POST | /v1/ledger/chart/own.parking/close | {"entity":"US","on":"2026-11-30","actor":"mara","reason":"Not used"}
        own-account-open | POST | /v1/ledger/chart/own.parking/open | {"entity":"US","actor":"mara","reason":"Used again"}
        payment | POST | /v1/payments | {"billing-account":"C-1","received-on":"2026-11-20","amount":"5.00","currency":"USD","fee":"0.10","reference":"BANK-1","source":"lockbox","method":"wire","invoices":[{"invoice":"US-2026-0000001","amount":"2.00"}],"reason":"Statement 7","actor":"mara"}
        apply | POST | /v1/payments/USJ-2026-0000002/apply | {"invoices":[{"invoice":"US-2026-0000001","amount":"1.00"}],"on":"2026-11-20","reason":"Told by phone","actor":"mara"}
        unapply | POST | /v1/payments/USJ-2026-0000002/unapply | {"invoices":[{"invoice":"US-2026-0000001","amount":"1.00"}],"on":"2026-11-20","reason":"Wrong invoice","actor":"mara"}
        refund | POST | /v1/refunds | {"payment":"USJ-2026-0000002","amount":"1.00","on":"2026-11-20","reason":"Paid too much","actor":"mara"}
        dispute | POST | /v1/disputes | {"invoice":"US-2026-0000001","amount":"1.00","on":"2026-11-20","reason":"Not as agreed","actor":"mara"}
        won | POST | /v1/disputes/USJ-2026-0000006/won | {"on":"2026-11-20","reason":"Decided","actor":"mara"}
        charge-back | POST | /v1/disputes | {"payment":"USJ-2026-0000002","amount":"1.00","on":"2026-11-20","reason":"Bank took it","actor":"mara"}
        lost | POST | /v1/disputes/USJ-2026-0000008/lost | {"to":"owed-again","on":"2026-11-20","reason":"Decided","actor":"mara"}
        journal | POST | /v1/journals | {"kind":"revenue-journal","month":"2026-11","legal-entity":"US","date":"2026-11-20","currency":"USD","text":"Earned","reason":"Month end","actor":"mara","lines":[{"account":"deferred-revenue","debit":"1.00","dimensions":{"cost-center":"4100"}},{"account":"revenue","credit":"1.00"}]}
        reverse | POST | /v1/journals/USJ-2026-0000010/reverse | {"on":"2026-11-20","reason":"Twice","actor":"mara"}
        payer | POST | /v1/gateways/main/payers | {"payer":"cus_1","billing-account":"C-1","actor":"mara"}
        rates | POST | /v1/exchange-rates | {"rates":[{"base":"EUR","quote":"USD","date":"2026-11-02","rate":"1.0842"}],"actor":"mara"}
        tax-profile | PUT | /v1/customers/C-1/tax-profile | {"country":"DE","business":true,"vatNumber":"DE136695976"}
        close | POST | /v1/legal-entities/US/closed-through | {"through":"2026-09","reason":"Done","actor":"mara","accept":["signed","suspense-zero","revenue-aligned"]}
        revalue | POST | /v1/legal-entities/US/months/2026-10/revalue | {"reason":"Month end","actor":"mara"}
        late-arrivals | PUT | /v1/legal-entities/US/late-arrivals | {"policy":"next-open-month","reason":"House rule","actor":"mara"}
        case-work | POST | /v1/exceptions/work | {"filter":{"code":"no-such"},"owner":"mara","due":"2026-12-01","comment":"seen","actor":"juri"}
        case-plan | POST | /v1/exceptions/replay-plans | {"filter":{"code":"no-such"},"actor":"juri"}
        routes-draft | PUT | /v1/routes/draft | {"actor":"mara","note":"wave","rules":[{"name":"x","when":{"plan":["basic"],"currency":"EUR","from":"2026-11-01","until":"2026-12-01"},"target":"sap-de"}]}
        account-draft | PUT | /v1/account-rules/sap-de/draft | {"actor":"mara","rules":[{"name":"x","when":{"ledger-account":"revenue"},"account":"4000","tax-code":{"from":"tax-code"},"dimensions":{"cost-center":{"from":"plan","map":"centers"}}}]}
        map-draft | PUT | /v1/value-maps/sap-de/centers/draft | {"actor":"mara","values":{"DE":"PC-1"}}
        routes-look | POST | /v1/routes/validate | {"rules":[{"name":"x","when":{"currency":"EUR"},"target":"sap-de"},{"name":"y","when":{"currency":"USD"},"target":"sap-us"}]}
        event | POST | /v1/usage/events | {"specversion":"1.0","id":"e1","source":"/gate","type":"call","subject":"C-1","time":"2026-11-20T10:00:00Z","data":{"n":5}}
        """;

    /// <summary>One line each: door, what is replaced (or the whole document), by what, and the answer: status, code, field.</summary>
    private const string Bad =
        """
        plan | prices[0].model.tiers[0].unit-price | "-0.10" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | "NaN" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | "Infinity" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | 1e3 | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | "0.0000000000001" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | "99999999999999999" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[0].unit-price | "1,50" | 400 bad-plan prices[0].model.tiers[0].unit-price
        plan | prices[0].model.tiers[1].from | "101" | 400 bad-plan prices[0].model.tiers[1].from
        plan | prices[0].model.tiers[1].from | "99" | 400 bad-plan prices[0].model.tiers[1].from
        plan | prices[0].model.tiers[0].up-to | "0" | 400 bad-plan prices[0].model.tiers[1].from
        plan | prices[0].model.tiers[0].up-to | absent | 400 bad-plan prices[0].model.tiers[0].up-to
        plan | prices[0].model.tiers[1].up-to | "200" | 400 bad-plan prices[0].model.tiers[1].up-to
        plan | prices[0].model.tiers | [] | 400 bad-plan prices[0].model.tiers
        plan | prices[0].model.type | "cheap" | 400 bad-plan prices[0].model.type
        plan | prices[0].recognition | "prepaid" | 400 bad-plan prices[0].recognition
        plan | prices[0].currency | "XXX" | 400 bad-plan prices[0].currency
        plan | prices[0].currency | "usd" | 400 bad-plan prices[0].currency
        plan | prices[0].currency | absent | 400 bad-plan prices[0].currency
        plan | prices[0].terms.meter | absent | 400 bad-plan prices[0].terms.meter
        plan | prices[0].terms.timing | "advance" | 400 bad-plan prices[0].terms.timing
        plan | prices[0].terms.interval | {"count":0,"unit":"month"} | 400 bad-plan prices[0].terms.interval
        plan | prices[0].terms.interval | "fortnightly" | 400 bad-plan prices[0].terms.interval
        plan | prices[0].terms.surcharge | "5" | 400 bad-plan prices[0].terms.surcharge
        plan | prices[0].description | "4111 1111 1111 1111" | 400 bad-plan prices[0].description
        plan | minimums.USD | "-1" | 400 bad-plan minimums.USD
        plan | minimums.XXX | "1" | 400 bad-plan minimums.XXX
        plan | trial-days | "4000" | 400 bad-plan trial-days
        plan | prices | absent | 400 bad-plan prices
        plan | whole | [1,2] | 400 bad-plan (document)
        plan | whole | {"code": | 400 bad-json (document)
        plan | whole | {"code":"A","code":"B"} | 400 bad-json (document)
        version | effective-from | "2026-02-30" | 400 bad-plan effective-from
        version | effective-from | absent | 400 bad-plan effective-from
        version | version | "7" | 400 bad-plan version
        version | prices[0].unit-price | "-1" | 400 bad-plan prices[0].unit-price
        version | prices[0].unit-price | "１２" | 400 bad-plan prices[0].unit-price
        version | prices[0].terms.ramp[0].from | absent | 400 bad-plan prices[0].terms.ramp[0]
        version | prices[0].terms.ramp[0].model.amount | "NaN" | 400 bad-plan prices[0].terms.ramp[0].model.amount
        late-arrivals | policy | "never" | 400 bad-request policy
        late-arrivals | policy | absent | 400 bad-request policy
        late-arrivals | actor | "" | 400 bad-request actor
        late-arrivals | reason | "4111 1111 1111 1111" | 400 bad-request reason
        close | accept | ["month-over"] | 409 not-acceptable accept
        case-work | actor | "" | 400 bad-request actor
        case-work | owner | "4111 1111 1111 1111" | 400 bad-request owner
        case-work | owner | "none" | 400 bad-request owner
        case-work | due | "2026-02-30" | 400 bad-request due
        case-work | comment | "" | 400 bad-request comment
        case-work | comment | "4111 1111 1111 1111" | 400 bad-request comment
        case-work | filter | {"colour":"red"} | 400 bad-filter filter.colour
        case-plan | filter | {"age":"old"} | 400 bad-filter filter.age
        case-plan | filter | {"ids":"1,2"} | 400 bad-filter filter.ids
        case-plan | filter | {"queue":"nobody"} | 400 bad-filter filter.queue
        case-plan | actor | " " | 400 bad-request actor
        case-plan | actor | absent | 400 bad-request actor
        case-plan | whole | {"filter": | 400 bad-request filter
        discount | value | "-10" | 400 bad-discount value
        discount | value | "NaN" | 400 bad-discount value
        discount | value | "0" | 400 bad-discount value
        discount | currency | "XXX" | 400 bad-discount currency
        discount | currency | absent | 400 bad-discount currency
        discount | until | "2026-01-01" | 400 bad-discount until
        discount | kind | "percent" | 400 bad-discount value
        grant | amount | "-5" | 400 bad-credit-grant amount
        grant | amount | "0" | 400 bad-credit-grant amount
        grant | amount | "NaN" | 400 bad-credit-grant amount
        grant | amount | "99999999999999999" | 400 bad-credit-grant amount
        grant | currency | "XXX" | 400 bad-credit-grant currency
        grant | currency | "EUR" | 400 bad-credit-grant currency
        grant | account | "C-0" | 400 bad-credit-grant account
        grant | expires-on | "2026-11-01" | 400 bad-credit-grant expires-on
        grant | granted-on | absent | 400 bad-credit-grant granted-on
        grant | granted-on | "2001-01-01" | 400 bad-credit-grant granted-on
        grant | price | "0" | 400 bad-credit-grant price
        grant | price | "-4" | 400 bad-credit-grant price
        grant | price | "4.005" | 400 bad-credit-grant price
        grant | price | "1e3" | 400 bad-credit-grant price
        grant | price | "1000000000000" | 400 bad-credit-grant price
        grant | price | absent | 400 bad-credit-grant actor
        grant | actor | absent | 400 bad-credit-grant actor
        grant | actor | "4111 1111 1111 1111" | 400 bad-credit-grant actor
        grant | tax-category | 7 | 400 bad-credit-grant tax-category
        meter | aggregation | "average" | 400 bad-meter aggregation
        meter | valueProperty | absent | 400 bad-meter valueProperty
        meter | eventTypes | [] | 400 bad-meter eventTypes
        meter | hoursAhead | -1 | 400 bad-meter hoursAhead
        meter | code | "4111 1111 1111 1111" | 400 bad-meter code
        subscription | components[0].quantity | "-1" | 400 bad-request components[0].quantity
        subscription | components[0].quantity | "NaN" | 400 bad-request components[0].quantity
        subscription | components[0].quantity | "1e15" | 400 bad-request components[0].quantity
        subscription | components[0].price | "0.0000000000001" | 400 bad-request components[0].price
        subscription | components[0].price | "99999999999999999" | 400 bad-request components[0].price
        subscription | components[0].component | "rockets" | 400 bad-request components[0].component
        subscription | components | [] | 400 bad-request components
        subscription | start | "2026-02-30" | 400 bad-request start
        subscription | end | "2026-10-31" | 409 bad-end end
        subscription | trialEnd | "2026-10-31" | 409 bad-end trialEnd
        subscription | account | "C-0" | 400 bad-request account
        subscription | plan | "galaxy" | 400 bad-request plan
        subscription | code | "C-1" | 409 code-taken code
        subscription | term | "1 eon" | 400 bad-request term
        amendment | price | "-12" | 400 bad-request price
        amendment | price | "NaN" | 400 bad-request price
        amendment | price | "0.0000000000001" | 400 bad-request price
        amendment | price | "99999999999999999" | 400 bad-request price
        amendment | effective | "2025-12-31" | 409 before-start effective
        amendment | effective | "soon" | 400 bad-request effective
        amendment | kind | "fly" | 400 bad-request kind
        amendment | component | "rockets" | 409 unknown-component component
        amendment | reason | "card 4111111111111111" | 400 bad-request reason
        amendment | actor | absent | 400 bad-request actor
        amendment | whole | {"kind":"change-quantity","component":"base","quantity":"-2","reason":"r","actor":"a"} | 400 bad-request quantity
        amendment | whole | [1] | 400 bad-request (document)
        amendment-preview | amendment.price | "NaN" | 400 bad-request price
        amendment-preview | amendment.effective | "2025-12-31" | 409 before-start effective
        amendment-preview | subscription | absent | 400 bad-preview subscription
        rating | quantity | "-1" | 400 bad-rating quantity
        rating | quantity | "NaN" | 400 bad-rating quantity
        rating | quantity | "99999999999999999" | 400 bad-rating quantity
        rating | price.model.tiers[1].unit-price | "9999999999999999" | 400 bad-rating quantity | "quantity":"9999999999999999"
        rating | price.model.tiers[0].up-to | "0" | 400 bad-rating price.model.tiers[0].up-to
        rating | price.model.tiers[0].up-to | "-1" | 400 bad-rating price.model.tiers[0].up-to
        rating | price.currency | "ZZZ" | 400 bad-rating price.currency
        rating | period.end | "2026-11-01" | 400 bad-rating period.end
        rating | quantity | absent | 400 bad-rating quantity
        invoice-preview | date | "2026-02-30" | 400 bad-request date
        invoice-preview | month | "2026-12" | 400 bad-request month
        invoice-preview | account | absent | 400 bad-request account
        invoice-preview | account | "C-0" | 404 not-found account
        invoice-preview | amendments | [{"subscription":"C-1","amendment":{"kind":"cancel","effective":"2025-12-31","reason":"r","actor":"a"}}] | 409 before-start effective
        draft | date | "soon" | 400 bad-request date
        draft | account | "C-0" | 404 not-found account
        draft | actor | absent | 400 bad-request actor
        charge | quantity | "-1" | 400 bad-request quantity
        charge | quantity | "0" | 400 bad-request quantity
        charge | unitPrice | "NaN" | 400 bad-request unitPrice
        charge | unitPrice | "-25" | 400 bad-request unitPrice
        charge | unitPrice | "0.0000000000001" | 400 bad-request unitPrice
        charge | unitPrice | "9999999999999999" | 400 bad-request unitPrice
        charge | unitPrice | "0.001" | 409 nothing-charged unitPrice
        charge | unitPrice | 25 | 400 bad-request unitPrice
        charge | whole | {"unitPrice": | 400 bad-request unitPrice
        charge | whole | null | 400 bad-request (document)
        charge | whole | "x" | 400 bad-request (document)
        charge | on | "2026-10-31" | 409 before-billing on
        charge | on | "2026-02-30" | 400 bad-request on
        charge | subscription | "S-0" | 409 unknown-subscription subscription
        charge | recognition | "later" | 400 bad-request recognition
        charge | recognition | "prepaid" | 400 bad-request recognition
        charge | description | "4111 1111 1111 1111" | 400 bad-request description
        given-discount | discount | "NOPE" | 409 unknown-discount discount
        given-discount | subscription | "S-0" | 409 unknown-subscription subscription
        given-discount | until | "2026-12-01" | 400 bad-request until
        given-discount | from | absent | 400 bad-request from
        given-discount | component | "base" | 409 wrong-scope component
        settings | monthlyMinimum | "-1" | 400 bad-request monthlyMinimum
        settings | monthlyMinimum | "NaN" | 400 bad-request monthlyMinimum
        settings | monthlyMinimum | "5.005" | 400 bad-request monthlyMinimum
        settings | monthlyMinimum | "9999999999999999" | 400 bad-request monthlyMinimum
        settings | termDays | 366 | 400 bad-request termDays
        settings | termDays | "soon" | 400 bad-request termDays
        settings | actor | null | 400 bad-request actor
        settings | invoiceGrouping | "customer" | 400 bad-request invoiceGrouping
        settings | purchaseOrder | "4111 1111 1111 1111" | 400 bad-request purchaseOrder
        credit | amount | "-1" | 400 bad-request amount
        credit | amount | "NaN" | 400 bad-request amount
        credit | amount | "1.005" | 400 bad-amount amount
        credit | amount | "99999999999999999999999999999999" | 400 bad-request amount
        credit | amount | "1000000" | 409 more-than-billed amount
        credit | amount | absent | 400 bad-request whole
        credit | on | "2026-10-31" | 409 before-invoice on
        credit | on | "tomorrow" | 400 bad-request on
        credit | reason | " " | 400 bad-request reason
        credit | actor | null | 400 bad-request actor
        credit | lines | [{"no":1,"amount":1}] | 400 bad-request lines[0].amount | "amount":null
        credit | lines | [{"no":1,"amount":"NaN"}] | 400 bad-request lines[1] | "amount":null
        credit | lines | [{"no":9,"amount":"1"}] | 400 line-unknown lines[9] | "amount":null
        void | on | "2026-10-31" | 409 before-invoice on
        void | actor | absent | 400 bad-request actor
        payment | billing-account | "C-0" | 409 unknown-account billing-account
        payment | received-on | "2026-02-30" | 400 bad-request received-on
        payment | amount | "0" | 400 bad-request amount
        payment | amount | "-5" | 400 bad-request amount
        payment | amount | "NaN" | 400 bad-request amount
        payment | amount | "5.001" | 400 bad-request amount
        payment | amount | "9999999999999999" | 400 bad-request amount
        payment | amount | absent | 400 bad-request amount
        payment | currency | "XXX" | 400 bad-request currency
        payment | currency | "EUR" | 409 other-currency currency
        payment | fee | "5.00" | 400 bad-request fee
        payment | fee | "-0.10" | 400 bad-request fee
        payment | reference | absent | 400 bad-request reference
        payment | reference | "4111 1111 1111 1111" | 400 bad-request reference
        payment | method | "card 4111111111111111" | 400 bad-request method
        payment | oldest-first | true | 400 bad-request invoices
        payment | invoices | {} | 400 bad-request invoices
        payment | invoices[0].invoice | "US-2026-9999999" | 409 unknown-invoice invoices[0].invoice
        payment | invoices[0].invoice | "DE-2026-0000001" | 409 other-account invoices[0].invoice
        payment | invoices[0].amount | "5.01" | 409 more-than-received invoices[0].amount
        payment | invoices[0].amount | "NaN" | 400 bad-request invoices[0].amount
        payment | invoices[0].amount | "10.75" | 409 more-than-owed invoices[0].amount | "amount":"50.00"
        payment | received-on | "2026-10-31" | 409 before-invoice invoices[0].invoice
        payment | recovers | "USJ-2026-0000001" | 409 unknown-write-off recovers | "invoices":null
        payment | colour | "red" | 400 bad-request colour
        payment | whole | [] | 400 bad-request (document)
        payment | whole | {"amount": | 400 bad-json (document)
        apply | invoices | [] | 400 bad-request invoices
        apply | actor | absent | 400 bad-request actor
        apply | on | "soon" | 400 bad-request on
        apply | reason | "4111 1111 1111 1111" | 400 bad-request reason
        apply | invoices[0].amount | "-1" | 400 bad-request invoices[0].amount
        apply | reason | "r" | 404 not-found number
        unapply | invoices[0].invoice | absent | 400 bad-request invoices[0].invoice
        unapply | reason | "r" | 404 not-found number
        refund | payment | absent | 400 bad-request payment
        refund | payment | "USJ-2026-0000099" | 409 unknown-payment payment
        refund | amount | absent | 400 bad-request amount
        refund | amount | "-1" | 400 bad-request amount
        refund | credit-memo | "USC-2026-0000099" | 409 unknown-credit-memo credit-memo | "payment":null
        dispute | invoice | "US-2026-0000099" | 409 unknown-invoice invoice
        dispute | amount | "10.75" | 409 more-than-owed amount
        dispute | amount | "0.001" | 400 bad-amount amount
        dispute | on | "2026-10-31" | 409 before-invoice on
        dispute | payment | "USJ-2026-0000002" | 400 bad-request invoice
        charge-back | payment | "USJ-2026-0000099" | 409 unknown-payment payment
        won | to | "bad-debt" | 400 bad-request to
        won | reason | "r" | 404 not-found number
        lost | to | "nobody" | 400 bad-request to
        lost | actor | absent | 400 bad-request actor
        payer | payer | "cus 1" | 400 bad-request payer
        payer | payer | "4111111111111111" | 400 bad-request payer
        payer | payer | absent | 400 bad-request payer
        payer | billing-account | "C-0" | 400 bad-request billing-account
        payer | actor | absent | 400 bad-request actor
        payer | whole | {"payer": | 400 bad-json (document)
        rates | rates[0].rate | "-1" | 400 bad-exchange-rates rates[0].rate
        rates | rates[0].rate | "NaN" | 400 bad-exchange-rates rates[0].rate
        rates | rates[0].rate | "0" | 400 bad-exchange-rates rates[0].rate
        rates | rates[0].rate | "1.00000000000001" | 400 bad-exchange-rates rates[0].rate
        rates | rates[0].quote | "XXX" | 400 bad-exchange-rates rates[0].quote
        rates | rates[0].quote | "EUR" | 400 bad-exchange-rates rates[0].quote
        rates | rates[0].date | "2026-02-30" | 400 bad-exchange-rates rates[0].date
        rates | rates | [] | 400 bad-exchange-rates rates
        rates | rates | [null] | 400 bad-exchange-rates rates[0]
        rates | rates[0].rate | 1.0842 | 400 bad-request rates[0].rate
        rates | rates[0].date | absent | 400 bad-request rates[0].date
        rates | rates | absent | 400 bad-request rates
        tax-profile | country | "Germany" | 400 bad-tax-profile country
        tax-profile | country | "XX" | 400 bad-tax-profile country
        tax-profile | vatNumber | "DE136695977" | 400 bad-tax-profile vatNumber
        tax-profile | business | false | 400 bad-tax-profile business
        close | through | "2026-13" | 400 bad-request through
        close | through | "2026-11" | 409 month-not-over through
        routes-draft | rules[0].name | absent | 400 bad-mapping rules[0].name
        routes-draft | rules[0].target | "Sap DE" | 400 bad-mapping rules[0].target
        routes-draft | rules[0].target | absent | 400 bad-mapping rules[0].target
        routes-draft | rules[0].when.plan | [] | 400 bad-mapping rules[0].when.plan
        routes-draft | rules[0].when.plan | [7] | 400 bad-mapping rules[0].when.plan[0]
        routes-draft | rules[0].when.plan | "4111 1111 1111 1111" | 400 bad-mapping rules[0].when.plan
        routes-draft | rules[0].when.until | "2026-11-01" | 400 bad-mapping rules[0].when.until
        routes-draft | rules[0].when.from | "soon" | 400 bad-mapping rules[0].when.from
        routes-draft | rules[0].when.currency | "XXX" | 400 bad-mapping rules[0].when.currency
        routes-draft | rules[0].when.document-kind | "letter" | 400 bad-mapping rules[0].when.document-kind
        routes-draft | rules[0].when.component | "base" | 400 bad-mapping rules[0].when.component
        routes-draft | actor | absent | 400 bad-mapping actor
        routes-draft | note | "card 4111111111111111" | 400 bad-mapping note
        routes-draft | rules | absent | 400 bad-mapping rules
        routes-draft | rules | {"x":1} | 400 bad-mapping rules
        routes-draft | whole | [1] | 400 bad-mapping (document)
        routes-draft | whole | {"rules": | 400 bad-json (document)
        account-draft | rules[0].account | 4000 | 400 bad-mapping rules[0].account
        account-draft | rules[0].account | {"map":"x"} | 400 bad-mapping rules[0].account.from
        account-draft | rules[0].account | {"from":"currency"} | 400 bad-mapping rules[0].account.from
        account-draft | rules[0].dimensions | {"colour":"red"} | 400 bad-mapping rules[0].dimensions.colour
        account-draft | rules[0].when.ledger-account | "cash" | 400 bad-mapping rules[0].when.ledger-account
        account-draft | whole | {"actor":"mara","rules":[{"name":"x"}]} | 400 bad-mapping rules[0]
        map-draft | values.DE | "4111 1111 1111 1111" | 400 bad-mapping values.DE
        map-draft | values.DE | 1 | 400 bad-mapping values.DE
        map-draft | values | absent | 400 bad-mapping values
        routes-look | rules[1].when.currency | "EUR" | 400 bad-mapping rules[1]
        routes-look | rules[1].when.legal-entity | "ZZ" | 400 bad-mapping rules[1].when.legal-entity
        routes-look | rules[1].when.plan | "galaxy" | 400 bad-mapping rules[1].when.plan
        event | data.n | -5 | 422 negative n
        event | data.n | "NaN" | 422 bad-number n
        event | data.n | 99999999999999999 | 422 overflow n
        event | data.n | "0.0000000000001" | 422 bad-number n
        event | data.n | absent | 422 missing-value n
        event | data.n | [5] | 422 wrong-type n
        event | time | "2026-11-20 10:00" | 422 bad-time time
        event | time | "2025-11-20T10:00:00Z" | 422 outside-contract time
        event | time | "2027-11-20T10:00:00Z" | 422 far-future time
        event | subject | "S-0" | 422 unknown-subject subject
        event | type | "fly" | 422 unknown-meter type
        event | id | absent | 422 missing id
        event | specversion | "0.3" | 422 bad-specversion specversion
        """;

    public sealed record Door(string Name, string Method, string Path, string Document);

    /// <summary>One value that nobody can mean, and its answer.</summary>
    /// <param name="More">A second member replaced, as it stands in the document; empty for none.</param>
    public sealed record Row(string Door, string Member, string Value, int Status, string Code, string Field, string More);

    public static IReadOnlyDictionary<string, Door> Doors { get; } = Lines(Good, GoodRevenue, GoodCash)
        .Select(cells => new Door(cells[0], cells[1], cells[2], cells[3])).ToDictionary(door => door.Name, StringComparer.Ordinal);

    public static IReadOnlyList<Row> Rows { get; } = [.. Lines(Bad, BadRevenue, BadCash, BadLedger).Select(cells =>
    {
        var answer = cells[3].Split(' ');
        return new Row(
            cells[0], cells[1], cells[2], int.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture), answer[1], answer.ElementAtOrDefault(2) ?? "",
            cells.ElementAtOrDefault(4) ?? "");
    })];

    private static IEnumerable<string[]> Lines(params IEnumerable<string> tables) => string.Join('\n', tables).Split('\n').Select(line => line.Split(" | ").Select(cell => cell.Trim()).ToArray());
}
