namespace Tieout.Shell.Tests.Api;

/// <summary>Bad values at the doors of the books.</summary>
internal static partial class BadInputDoors
{
    private const string BadLedger =
        """
        write-off | dimensions | {"colour":"red"} | 400 bad-request dimensions.colour
        write-off | dimensions.cost-center | "" | 400 bad-request dimensions.cost-center
        write-off | dimensions.cost-center | null | 400 bad-request dimensions.cost-center
        write-off | dimensions.cost-center | "4111 1111 1111 1111" | 400 bad-request dimensions.cost-center
        write-off | amount | "-1" | 400 bad-request amount
        write-off | amount | "NaN" | 400 bad-request amount
        write-off | amount | "0.001" | 400 bad-amount amount
        write-off | amount | "1000000" | 409 more-than-owed amount
        own-account | entity | "XX" | 404 unknown-entity entity
        own-account | code | "Travel" | 400 bad-code code
        own-account | code | "" | 400 bad-code code
        own-account | code | "own.travel" | 400 bad-code code
        own-account | code | "rounding" | 409 code-taken code
        own-account | code | "parking" | 409 code-taken code
        own-account | number | "1200" | 409 number-taken number
        own-account | number | "68-15" | 400 bad-number number
        own-account | number | "4111111111111111" | 400 bad-number number
        own-account | name | "" | 400 bad-name name
        own-account | name | "card 4111 1111 1111 1111" | 400 bad-name name
        own-account | name | "tax payable" | 409 name-taken name
        own-account | type | "cash" | 400 bad-request type
        own-account | from | "tomorrow" | 400 bad-request from
        own-account | actor | "" | 400 bad-request actor
        own-account | reason | "" | 400 bad-request reason
        own-account-close | entity | "XX" | 404 unknown-entity entity
        own-account-close | entity | "DE" | 404 unknown-account account
        own-account-close | on | "soon" | 400 bad-request on
        own-account-close | on | "2026-02-30" | 400 bad-request on
        own-account-close | reason | "" | 400 bad-request reason
        own-account-open | entity | "DE" | 404 unknown-account account
        own-account-open | actor | "" | 400 bad-request actor
        chart | entity | "XX" | 404 unknown-entity entity
        chart | number | "2200" | 409 number-taken number
        chart | number | "14.00" | 400 bad-number number
        chart | number | "4111111111111111" | 400 bad-number number
        chart | name | "card 4111 1111 1111 1111" | 400 bad-name name
        chart | name | "" | 400 bad-name name
        chart | reason | absent | 400 bad-request reason
        chart | actor | "" | 400 bad-request actor
        journal | lines[0].dimensions | {"colour":"red"} | 400 bad-journal lines[0].dimensions.colour
        journal | lines[0].dimensions | ["cost-center"] | 400 bad-journal lines[0].dimensions
        journal | lines[0].dimensions.cost-center | 4100 | 400 bad-journal lines[0].dimensions.cost-center
        journal | lines[0].dimensions.cost-center | "" | 400 bad-journal lines[0].dimensions.cost-center
        journal | lines[0].dimensions.cost-center | "4111 1111 1111 1111" | 400 bad-journal lines[0].dimensions.cost-center
        journal | kind | "payment" | 400 bad-journal kind
        journal | month | "2026-12" | 400 bad-journal month
        journal | rate | "0" | 400 bad-journal rate
        journal | rate | "NaN" | 400 bad-journal rate
        journal | rate | "1.0000000000001" | 400 bad-journal rate
        journal | rate | "1.1" | 409 own-currency rate
        journal | month | absent | 400 bad-journal month
        journal | kind | "manual-journal" | 400 bad-journal month
        journal | lines[0].account | "tax" | 400 bad-journal lines[0].account
        journal | lines[0].debit | "1.01" | 400 bad-journal lines
        reverse | actor | "" | 400 bad-request actor
        reverse | on | "soon" | 400 bad-request on
        """;
}
