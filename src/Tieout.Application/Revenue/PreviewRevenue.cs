using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Answers how a contract is recognised, without a database and without writing anything.</summary>
public static class PreviewRevenue
{
    // A preview is for people; these keep the longest answer within seconds.
    private const int MostPromises = 100;
    private const int MostEvents = 500;
    private const int MostClosings = 36;
    private const int MostShares = 1_000;
    private const int MostDays = 40 * 366;

    /// <summary>Answers a question.</summary>
    /// <param name="question">JSON; docs/revenue.md describes its members.</param>
    public static RevenueOutcome Run(JsonElement question)
    {
        List<PriceProblem> problems = [];
        var json = JsonFields.Top(question, problems);
        var contract = ContractJson.Read(json);
        var events = (json.Find("events")?.Items() ?? []).Select(EventJson.Read).ToList();
        Limits(contract, events, problems);
        // The domain looks at the whole too, but only at what could be read: a field that is missing would be told twice.
        if (problems.Count == 0 && contract is not null) problems.AddRange(ContractRules.Check(contract, [.. events.OfType<RevenueEvent>()]));
        if (problems.Count > 0 || contract is null) return new RevenueOutcome.Refused(problems);
        try
        {
            return new RevenueOutcome.Answered(Recognise.Run(contract, [.. events.OfType<RevenueEvent>()]));
        }
        catch (RevenueException refused)
        {
            return new RevenueOutcome.Refused([new PriceProblem(refused.Field, refused.Code, refused.Message, refused.Remedy)]);
        }
    }

    /// <summary>Answers a question in a text, which may not be JSON at all.</summary>
    public static RevenueOutcome Run(ReadOnlyMemory<byte> utf8)
    {
        List<PriceProblem> problems = [];
        return StrictJson.Parse(utf8, problems) is { } question ? Run(question) : new RevenueOutcome.Refused(problems);
    }

    private static void Limits(RevenueContract? contract, List<RevenueEvent?> events, List<PriceProblem> problems)
    {
        void TooMany(string field, string what) => problems.Add(new PriceProblem(field, "too-many", $"There are more than {what}.",
            "A preview is for people: give usage in sums by month, and ask about fewer at once."));
        if (events.Count > MostEvents) TooMany("events", "500 events");
        if (events.OfType<RevenueEvent.Closed>().Count() > MostClosings) TooMany("events", "36 closings");
        if (contract is null)
        {
            if (problems.Count == 0) problems.Add(new PriceProblem("obligations", "missing", "The contract promises nothing.", "Give at least one obligation."));
            return;
        }
        var changes = events.OfType<RevenueEvent.Modified>().ToList();
        var promises = contract.Obligations.Count + changes.Sum(change => change.Add.Count);
        if (promises > MostPromises) TooMany("obligations", "100 obligations, those of modifications included");
        else if (promises * changes.Count > MostShares) TooMany("events", "1,000 shares (obligations times modifications)");
        var days = contract.Obligations.Concat(changes.SelectMany(change => change.Add)).Select(obligation => obligation.Period)
            .Append(contract.Price.Upfront?.Over ?? contract.Period).SelectMany(period => new[] { period.Start, period.End })
            .Concat(events.OfType<RevenueEvent>().Select(happened => happened.On)).ToList();
        if (days.Max().DayNumber - days.Min().DayNumber > MostDays)
            problems.Add(new PriceProblem("(document)", "too-long", "More than forty years lie between the first day and the last.",
                "Correct the year of one of the days."));
    }
}

/// <summary>What came of a question.</summary>
public abstract record RevenueOutcome
{
    private RevenueOutcome() { }

    /// <summary>The answer.</summary>
    public sealed record Answered(RevenueAnswer Answer) : RevenueOutcome;

    /// <summary>Fields that are wrong.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : RevenueOutcome;
}
