using System.Globalization;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views.Timelines;

/// <summary>Between a day's usage and the invoice lines that bill it, both ways.</summary>
internal sealed class UsageBilled(NpgsqlDataSource database)
{
    /// <summary>The lines that bill what meters counted on a day, the first one and its corrections; a gap when there is none.</summary>
    public async Task<IEnumerable<Step>> Lines(Guid account, Guid subscription, DateOnly day, string[] meters, CancellationToken cancel)
    {
        var rows = await database.Rows<LineRow>(
            """
            select i.number, line.line_no, line.component, line.revision, line.description, line.part_start as "from", line.period_end as until,
                   line.amount, i.currency, price.terms ->> 'meter' as meter
            from invoicing.invoice_line line
            join invoicing.invoice i on i.id = line.invoice_id and i.billing_account_id = line.billing_account_id
            join catalog.price on price.id = line.price_id
            where line.billing_account_id = @account and line.subscription_id = @subscription and price.terms ->> 'meter' = any(@meters)
              and line.period_start <= @day and line.period_end > @day
            order by i.created_at, i.number, line.line_no
            limit 100
            """, new { account, subscription, day, meters }, cancel);
        return rows.Count == 0
            ? [new Step(StepKind.Charges, StepState.Gap, At: null, "Not billed yet", "The run of the day after its billing period bills it.")]
            : rows.Select(Line);
    }

    /// <summary>The days whose usage an invoice's lines were rated from, and where their events are listed.</summary>
    public async Task<IEnumerable<Step>> Days(Guid invoice, CancellationToken cancel)
    {
        var rows = await database.Rows<DayRow>(
            """
            select line.line_no, s.code as subscription, day.meter, day.group_key as "group", line.period_start as "from", line.period_end as until,
                   day.day, day.value, day.events
            from invoicing.invoice i
            join invoicing.invoice_line line on line.billing_account_id = i.billing_account_id and line.invoice_id = i.id
            join subscriptions.subscription s on s.billing_account_id = line.billing_account_id and s.id = line.subscription_id
            join catalog.price on price.id = line.price_id and price.terms ->> 'meter' is not null
            join usage.day_value day on day.billing_account_id = line.billing_account_id and day.subscription_id = line.subscription_id
              and day.meter = price.terms ->> 'meter' and day.day >= line.period_start and day.day < line.period_end
            where i.id = @invoice
            order by line.line_no, day.day, day.group_key
            limit 2000
            """, new { invoice }, cancel);
        return rows.GroupBy(row => row.LineNo).Select(group => Summaries([.. group]));
    }

    private static Step Line(LineRow row) => new(
        StepKind.Charges, StepState.Done, At: null, Text($"Rated as {row.Component}, line {row.LineNo} of {row.Number}"),
        row.Revision > 1 ? $"A correction: {row.Description}." : row.Description + ".")
    {
        Amount = Cash.Of(row.Amount, row.Currency),
        Facts =
        [
            new("Invoice number", row.Number, IsId: true),
            new("Meter", row.Meter),
            new("Days", Text($"{row.From:yyyy-MM-dd} to {row.Until.AddDays(-1):yyyy-MM-dd}")),
        ],
    };

    private static Step Summaries(IReadOnlyList<DayRow> days)
    {
        var one = days[0];
        return new Step(
            StepKind.UsageSummary, StepState.Done, At: null, Text($"Usage of line {one.LineNo}: {one.Meter} of {one.Subscription}"),
            "As the days stand now; what changed since is on a later document.")
        {
            Facts =
            [
                .. days.Select(day => new Fact(
                    Text($"{day.Day:yyyy-MM-dd}{(day.Group.Length > 0 ? " " : "")}{day.Group}"),
                    Text($"{day.Value} in {day.Events} event{(day.Events == 1 ? "" : "s")}"))),
                new("Its events", Text(
                    $"/v1/usage/events?subscription={Uri.EscapeDataString(one.Subscription)}&meter={Uri.EscapeDataString(one.Meter)}")
                    + Text($"&from={one.From:yyyy-MM-dd}&until={one.Until:yyyy-MM-dd}")),
            ],
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record LineRow(
        string Number, int LineNo, string Component, int Revision, string Description, DateOnly From, DateOnly Until, decimal Amount, string Currency, string Meter);

    private sealed record DayRow(
        int LineNo, string Subscription, string Meter, string Group, DateOnly From, DateOnly Until, DateOnly Day, decimal Value, long Events);
}
