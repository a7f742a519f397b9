namespace Tieout.Shell.Tests.Api;

/// <summary>Doors of bank statements and of dunning, as the others.</summary>
internal static partial class BadInputDoors
{
    private const string GoodCash =
        """
        dunning-policy | PUT | /v1/dunning/policies/US | {"time-zone":"Europe/Berlin","steps":[{"name":"Reminder","days-overdue":7,"grace-days":7,"minimums":{"USD":"5.00"}},{"name":"Last","days-overdue":21}],"reason":"House rule","actor":"mara"}
        dunning-hold | POST | /v1/dunning/accounts/C-1/holds | {"until":"2026-12-15","reason":"New contact","actor":"mara"}
        dunning-release | POST | /v1/dunning/accounts/C-1/holds/release | {"reason":"Settled","actor":"mara"}
        """;

    private const string BadCash =
        """
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
        dunning-release | reason | absent | 400 bad-request reason
        dunning-release | actor | absent | 400 bad-request actor
        """;
}
