using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A contract with its events as they stand, read from what was given, and what is wrong with it.</summary>
/// <param name="Contract">Null when none could be read.</param>
/// <param name="Events">Those given, and those of documents.</param>
internal sealed record GivenContract(RevenueContract? Contract, IReadOnlyList<RevenueEvent> Events, IReadOnlyList<PriceProblem> Problems)
{
    private const string FromTheBooks = "from-the-books";

    /// <summary>Reads facts in the order they became known, and looks at the whole.</summary>
    /// <param name="facts">First the contract's document, then its events.</param>
    /// <param name="documents">Invoices and credit memos of the books.</param>
    public static GivenContract Read(IReadOnlyList<JsonElement> facts, IReadOnlyList<RevenueEvent> documents)
    {
        List<PriceProblem> problems = [];
        var head = JsonFields.Top(facts[0], problems);
        var contract = ContractJson.Read(head);
        List<RevenueEvent> events = [];
        foreach (var json in (head.Find("events")?.Items() ?? []).Concat(facts.Skip(1).Select(fact => JsonFields.Top(fact, problems))))
        {
            var happened = EventJson.Read(json);
            if (happened is RevenueEvent.Invoiced or RevenueEvent.Credited or RevenueEvent.Closed)
                json.AddAt("kind", FromTheBooks, "Invoices, credit memos and closings are taken from the books.", "Leave it out.");
            else if (happened is not null) events.Add(happened);
        }
        if (contract is null && problems.Count == 0)
            problems.Add(new PriceProblem("obligations", "missing", "The contract promises nothing.", "Give at least one obligation."));
        IReadOnlyList<RevenueEvent> all = [.. events, .. documents];
        if (problems.Count == 0 && contract is not null) problems.AddRange(ContractRules.Check(contract, all));
        return new GivenContract(contract, all, problems);
    }

    /// <summary>What is recognised, or why it cannot be.</summary>
    public (RevenueAnswer? Answer, IReadOnlyList<PriceProblem> Problems) Recognised()
    {
        if (Problems.Count > 0) return (null, Problems);
        try
        {
            return (Recognise.Run(Contract!, Events), []);
        }
        catch (RevenueException refused)
        {
            return (null, [new PriceProblem(refused.Field, refused.Code, refused.Message, refused.Remedy)]);
        }
    }
}
