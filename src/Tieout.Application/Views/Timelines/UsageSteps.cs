using System.Globalization;
using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views.Timelines;

/// <summary>The story of a usage event: whose it is, the summaries it is in, and the invoice lines that bill it.</summary>
internal sealed class UsageSteps(NpgsqlDataSource database)
{
    private readonly FindUsage usage = new(database);
    private readonly UsageBilled billed = new(database);

    /// <summary>The event's story, or the events to choose from; null when no event has the id.</summary>
    public async Task<(Story? Story, IReadOnlyList<Candidate> Candidates)?> Tell(string id, TimelineStory parties, CancellationToken cancel)
    {
        if (id.Length is 0 or > 401) return null;
        var events = await usage.ById(id, cancel);
        if (events.Count == 0) return null;
        if (events.Count > 1)
            return (null, [.. events.Select(row => new Candidate($"{row.Source} {row.Id}", $"Usage of {row.Subscription}, {row.Type}", null, null, State(row)))]);
        return (await Tell(events[0], parties, cancel), []);
    }

    private async Task<Story> Tell(UsageEventRow row, TimelineStory parties, CancellationToken cancel)
    {
        var owner = await database.Row<Owner>(
            "select id, billing_account_id, correlation_id from subscriptions.subscription where tenant = 1 and code = @Subscription",
            new { row.Subscription }, cancel);
        var before = await parties.Tell(new Subject(null, owner!.Id, owner.BillingAccountId, null, null, null), cancel);
        var summaries = row.ReplacedBy.Length > 0 ? [] : await Summaries(row, cancel);
        var charges = summaries.Count == 0
            ? []
            : await billed.Lines(
                owner.BillingAccountId, owner.Id, row.Day, [.. row.Measures.Select(measure => measure.Meter).Distinct(StringComparer.Ordinal)], cancel);
        return new Story($"{row.Source} {row.Id}", owner.CorrelationId, Answer(row, summaries),
        [
            .. before.Steps.Where(step => step.Kind is StepKind.Source or StepKind.Customer or StepKind.BillingAccount or StepKind.Subscription),
            Event(row),
            .. summaries.Select(summary => Summary(row, summary)),
            .. charges,
        ]);
    }

    private async Task<IReadOnlyList<UsageSummaryRow>> Summaries(UsageEventRow row, CancellationToken cancel)
    {
        List<UsageSummaryRow> found = [];
        foreach (var measure in row.Measures)
        {
            var filter = new UsageFilter(row.Subscription, measure.Meter, measure.Group, row.Day, row.Day.AddDays(1));
            found.AddRange((await usage.Summaries(filter, after: null, limit: 1, cancel)).Rows);
        }
        return found;
    }

    private static Step Event(UsageEventRow row) => new(
        StepKind.UsageEvent, row.ReplacedBy.Length > 0 ? StepState.Trouble : StepState.Done, row.At, $"Usage event {row.Id}",
        row.ReplacedBy.Length > 0 ? "Another event took its place: it no longer counts."
        : row.Measures.Count == 0 ? (row.Replaces.Length > 0 ? "It takes another event back." : "No meter's filter lets it count.") : "")
    {
        Facts =
        [
            new("Source", row.Source),
            new("Event id", $"{row.Source} {row.Id}", IsId: true),
            new("Type", row.Type),
            new("Subscription code", row.Subscription, IsId: true),
            new("Day", row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            new("Batch", string.Create(CultureInfo.InvariantCulture, $"{row.Batch}, received {row.ReceivedAt:yyyy-MM-dd HH:mm:ss}Z")),
            .. row.Measures.Select(measure => new Fact($"Meter {Named(measure.Meter, measure.Group)}", measure.Amount.ToString(CultureInfo.InvariantCulture))),
            .. row.ReplacedBy.Length > 0 ? [new Fact("Replaced by", row.ReplacedBy, IsId: true)] : Array.Empty<Fact>(),
            .. row.Replaces.Length > 0 ? [new Fact("Replaces", row.Replaces, IsId: true)] : Array.Empty<Fact>(),
        ],
    };

    private static Step Summary(UsageEventRow row, UsageSummaryRow summary) => new(
        StepKind.UsageSummary, StepState.Done, summary.ChangedAt,
        string.Create(CultureInfo.InvariantCulture, $"Usage summary of {row.Day:yyyy-MM-dd}, {Named(summary.Meter, summary.Group)}"), "")
    {
        Facts =
        [
            new("Aggregation", summary.Aggregation),
            new("Value of the day", summary.Value.ToString(CultureInfo.InvariantCulture)),
            new("Events of the day", summary.Events.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    private static string Answer(UsageEventRow row, IReadOnlyList<UsageSummaryRow> summaries) =>
        row.ReplacedBy.Length > 0 ? $"Usage event {row.Id} no longer counts."
        : row.Measures.Count == 0 ? $"Usage event {row.Id} counts for no meter."
        : summaries.Count < row.Measures.Count ? $"Usage event {row.Id} is in the ledger and waits to be summed up."
        : $"Usage event {row.Id} counts on {row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} for {row.Subscription}.";

    private static string State(UsageEventRow row) => row.ReplacedBy.Length > 0 ? "replaced" : "counts";

    private static string Named(string meter, string group) => group.Length > 0 ? $"{meter} {group}" : meter;

    private sealed record Owner(Guid Id, Guid BillingAccountId, Guid CorrelationId);
}
