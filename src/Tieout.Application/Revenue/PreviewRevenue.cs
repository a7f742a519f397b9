using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Answers how a contract is recognised, without a database and without writing anything.</summary>
public static class PreviewRevenue
{
    private const int MostPromises = 1_000;
    private const int MostEvents = 10_000;
    private const int MostDays = 100 * 366;

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
        if (events.Count > MostEvents)
            problems.Add(new PriceProblem("events", "too-many", "There are more than 10,000 events.", "A preview is for people; give usage in sums by month."));
        if (contract is null)
        {
            if (problems.Count == 0) problems.Add(new PriceProblem("obligations", "missing", "The contract promises nothing.", "Give at least one obligation."));
            return;
        }
        if (contract.Obligations.Count > MostPromises)
            problems.Add(new PriceProblem("obligations", "too-many", "There are more than 1,000 obligations.", "A preview is for people; ask about fewer."));
        var days = contract.Obligations.Concat(events.OfType<RevenueEvent.Modified>().SelectMany(change => change.Add)).Select(obligation => obligation.Period)
            .Append(contract.Price.Upfront?.Over ?? contract.Period).SelectMany(period => new[] { period.Start, period.End })
            .Concat(events.OfType<RevenueEvent>().Select(happened => happened.On)).ToList();
        if (days.Max().DayNumber - days.Min().DayNumber > MostDays)
            problems.Add(new PriceProblem("(document)", "too-long", "More than a hundred years lie between the first day and the last.",
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
