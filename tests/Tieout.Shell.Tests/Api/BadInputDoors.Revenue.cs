namespace Tieout.Shell.Tests.Api;

/// <summary>Doors of revenue, as the others.</summary>
internal static partial class BadInputDoors
{
    private const string GoodRevenue =
        """
        revenue | POST | /v1/revenue/preview | {"contract":"RC-1","currency":"USD","obligations":[{"code":"A","satisfaction":"ratable-daily","ssp":"1200.00","period":{"start":"2026-01-01","end":"2027-01-01"}}],"price":{"fixed":"1200.00"},"events":[{"kind":"invoice","id":"I-1","on":"2026-01-01","amount":"1200.00"},{"kind":"modification","version":2,"on":"2026-06-01","increase":"10.00","reason":"agreed"}]}
        revenue-contract | POST | /v1/revenue/contracts | {"legal-entity":"DE","subscriptions":["C-2"],"reason":"signed","actor":"mara","document":{"contract":"RC-9","currency":"EUR","price":{"fixed":"120.00"},"obligations":[{"code":"base","satisfaction":"ratable-daily","ssp":"120.00","period":{"start":"2026-01-01","end":"2027-01-01"}},{"code":"set-up","satisfaction":"point-in-time","ssp":"30.00","period":{"start":"2026-01-01","end":"2027-01-01"}}]}}
        revenue-event | POST | /v1/revenue/contracts/RC-9/events | {"event":{"kind":"delivery","on":"2026-11-20","obligation":"set-up"},"reason":"done","actor":"mara"}
        revenue-run | POST | /v1/revenue/runs | {"month":"2026-11","entity":"DE","actor":"mara"}
        revenue-policy | POST | /v1/revenue/policies | {"entity":"DE","from":"2027-01-01","spread":"even-months","rounding":"residual-last","actor":"mara","reason":"Auditor"}
        """;

    private const string BadRevenue =
        """
        revenue | currency | "ZZZ" | 400 bad-revenue currency
        revenue | price.fixed | "NaN" | 400 bad-revenue price.fixed
        revenue | price.fixed | "-1" | 400 bad-revenue price.fixed
        revenue | price.fixed | "1.005" | 400 bad-revenue price.fixed
        revenue | obligations[0].ssp | absent | 400 bad-revenue obligations[0].ssp
        revenue | obligations[0].period.end | "2026-01-01" | 400 bad-revenue obligations[0].period.end
        revenue-contract | legal-entity | "XX" | 404 unknown-entity legal-entity
        revenue-contract | subscriptions | ["C-99"] | 404 unknown-subscription subscriptions
        revenue-contract | subscriptions | [] | 400 bad-revenue subscriptions
        revenue-contract | subscriptions | ["C-1"] | 400 other-books subscriptions
        revenue-contract | document | absent | 400 bad-revenue document
        revenue-contract | document.obligations[0].ssp | absent | 400 bad-revenue document.obligations[0].ssp
        revenue-contract | document.obligations[0].ssp | "-1" | 400 bad-revenue document.obligations[0].ssp
        revenue-contract | document.obligations[0].period.end | "2026-01-01" | 400 bad-revenue document.obligations[0].period.end
        revenue-contract | document.obligations[1].code | "base" | 400 bad-revenue document.obligations[1].code
        revenue-contract | document.price.fixed | "1.005" | 400 bad-revenue document.price.fixed
        revenue-contract | document.contract | "4111 1111 1111 1111" | 400 bad-revenue document.contract
        revenue-contract | reason | "4111 1111 1111 1111" | 400 bad-revenue reason
        revenue-contract | actor | absent | 400 bad-revenue actor
        revenue-event | event | absent | 400 bad-revenue event
        revenue-event | event.kind | "party" | 400 bad-revenue event.kind
        revenue-event | event.on | "2026-02-30" | 400 bad-revenue event.on
        revenue-event | event.obligation | absent | 400 bad-revenue event.obligation
        revenue-event | reason | "4111 1111 1111 1111" | 400 bad-revenue reason
        revenue-run | month | "2026-13" | 400 bad-request month
        revenue-run | month | "2199-01" | 400 month-ahead month
        revenue-run | month | "1950-01" | 400 month-out-of-range month
        revenue-run | entity | "XX" | 404 unknown-entity entity
        revenue-run | actor | "" | 400 bad-request actor
        revenue-run | actor | "4111 1111 1111 1111" | 400 bad-request actor
        revenue-policy | entity | "XX" | 404 unknown-entity entity
        revenue-policy | from | "2026-02-30" | 400 bad-request from
        revenue-policy | from | "1950-01-01" | 400 month-out-of-range from
        revenue-policy | reason | "" | 400 bad-request reason
        revenue-policy | reason | "4111 1111 1111 1111" | 400 bad-request reason
        revenue | contract | "4111 1111 1111 1111" | 400 bad-revenue contract
        revenue | events[0].amount | "Infinity" | 400 bad-revenue events[0].amount
        revenue | events[1].on | "2025-12-31" | 400 bad-revenue events[1].on
        revenue | events[1].on | "2027-01-01" | 400 bad-revenue events[1].on
        revenue | events[1].reason | "card 4111111111111111" | 400 bad-revenue events[1].reason
        revenue | events[1].version | 1 | 400 bad-revenue events[1].version
        revenue | obligations | [] | 400 bad-revenue obligations
        """;
}
