using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Revenue;

/// <summary>What is wrong with a contract and its events, all of it at once, by field.</summary>
public static class ContractRules
{
    /// <summary>The code under which a fee at the start stands in the schedule; no promise may have it.</summary>
    public const string UpfrontFee = "upfront-fee";

    /// <summary>Looks at everything; empty when the contract can be recognised, as far as can be seen without computing.</summary>
    public static IReadOnlyList<PriceProblem> Check(RevenueContract contract, IReadOnlyList<RevenueEvent> events)
    {
        List<PriceProblem> problems = [];
        try
        {
            Check(contract, events, problems);
        }
        catch (OverflowException)
        {
            problems.Add(new PriceProblem("(document)", "overflow", "An amount has more digits than can be kept exactly.",
                "Correct prices and quantities; one of them is far too large."));
        }
        return problems;
    }

    private static void Check(RevenueContract contract, IReadOnlyList<RevenueEvent> events, List<PriceProblem> problems)
    {
        if (contract.Obligations.All(obligation => obligation.Into is not null))
        {
            problems.Add(new PriceProblem("obligations", "missing", "The contract promises nothing distinct.", "Give at least one obligation."));
            return;
        }
        foreach (var (index, obligation) in contract.Obligations.Index())
            Promise(contract, obligation, At("obligations", index), contract.Obligations, problems);
        Overlaps(contract, problems);
        Prices(contract, problems);
        foreach (var (index, entry) in contract.Book.Index())
        {
            Selling(contract, entry.Price, At("ssp-book", index), problems);
            if (contract.Book.Take(index).Any(other => other.Product == entry.Product && other.Version == entry.Version))
                problems.Add(new PriceProblem($"{At("ssp-book", index)}.version", "duplicate", "This version of the product stands in the book already.",
                    "Give each version a number of its own."));
        }
        EventRules.Check(contract, events, problems);
    }

    /// <summary>Where an entry of a list stands in the document: <c>events[3]</c>.</summary>
    public static string At(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");

    internal static void Amount(RevenueContract contract, decimal amount, string field, List<PriceProblem> problems)
    {
        if (!new Money(amount, contract.Currency).IsWhole)
            problems.Add(new PriceProblem(field, "wrong-scale",
                $"An amount in {contract.Currency} has at most {Say.Count(contract.Currency.MinorUnits)} decimals.",
                "Round it; it is not done here, because it would change your figure."));
    }

    internal static void Promise(
        RevenueContract contract, Obligation obligation, string field, IReadOnlyList<Obligation> among, List<PriceProblem> problems)
    {
        void Bad(string member, string code, string reason, string remedy) => problems.Add(new PriceProblem($"{field}.{member}", code, reason, remedy));
        if (obligation.Code == UpfrontFee || among.Count(other => other.Code == obligation.Code) > 1)
            Bad("code", "duplicate", "This code is taken.", "Give each obligation a code of its own.");
        if (obligation.Quantity <= 0m) Bad("quantity", "not-positive", "Nothing is promised.", "Give a quantity above zero.");
        if (obligation.Stated is { } stated) Amount(contract, stated, $"{field}.stated", problems);
        if (obligation.Ssp is { } own) Selling(contract, own, $"{field}.ssp", problems);
        if (obligation.Option is { } option && (option.Discount is <= 0m or > 1m || option.Likelihood is < 0m or > 1m))
            Bad("option", "out-of-range", "Discount and likelihood are fractions.", "Write 0.3 for 30 %.");
        if (obligation.On is { } on && (on < obligation.Period.Start || on >= obligation.Period.End))
            Bad("on", "outside-period", "The day of delivery lies outside of the period.", "Correct the day or the period.");
        if (obligation.Into is { } into && !among.Concat(contract.Obligations).Any(other => other.Code == into && other.Into is null))
            Bad("into", "unknown-obligation", "There is no distinct obligation with this code.", "Name the one it is a part of.");
        Milestones(obligation, Bad);
    }

    private static void Milestones(Obligation obligation, Action<string, string, string, string> bad)
    {
        var wanted = obligation.Satisfaction == Satisfaction.Milestone;
        if (wanted != obligation.Milestones.Count > 0)
            bad("milestones", wanted ? "missing" : "not-expected", wanted ? "No milestone is given." : "Milestones belong to obligations satisfied by milestone.",
                wanted ? "Give each a code and a weight." : "Leave them out, or write 'milestone'.");
        if (obligation.Milestones.Any(milestone => milestone.Weight <= 0m))
            bad("milestones", "not-positive", "A milestone weighs nothing.", "Give weights above zero.");
        if (obligation.Milestones.DistinctBy(milestone => milestone.Code).Count() < obligation.Milestones.Count)
            bad("milestones", "duplicate", "Two milestones have one code.", "Give each a code of its own.");
    }

    private static void Selling(RevenueContract contract, SellingPrice price, string field, List<PriceProblem> problems)
    {
        if (price is { Price: null, Low: null } or { Price: null, High: null } || price.Low is null != price.High is null)
            problems.Add(new PriceProblem(field, "ssp-missing", "There is no price, and no whole range.", "Give 'price', or 'low' and 'high'."));
        else if (price.Low > price.High || price.Price < price.Low || price.Price > price.High)
            problems.Add(new PriceProblem(field, "bad-range", "The range is empty, or the usual price lies outside of it.", "Give low <= price <= high."));
        if (price.Per != PerTime.Term) return;
        foreach (var amount in new[] { price.Low, price.High }.OfType<decimal>()) Amount(contract, amount, field, problems);
    }

    private static void Overlaps(RevenueContract contract, List<PriceProblem> problems)
    {
        foreach (var (index, obligation) in contract.Obligations.Index())
        {
            var other = contract.Obligations.Take(index).FirstOrDefault(earlier => earlier.Product == obligation.Product && earlier.Code != obligation.Code
                && Ratable(earlier) && Ratable(obligation) && earlier.Period.Overlap(obligation.Period) is not null);
            if (other is not null)
                problems.Add(new PriceProblem($"{At("obligations", index)}.period", "overlap",
                    $"The same product is promised as {other.Code} for some of these days.",
                    "Cut the periods apart, add the quantities, or name another 'product'."));
            if (obligation.Into is null && obligation.Residual is null && SspFinder.Find(contract, obligation, contract.Period.Start) is null)
                problems.Add(new PriceProblem($"{At("obligations", index)}.ssp", "ssp-missing",
                    $"No standalone selling price of {obligation.Product} stands on {Say.Day(contract.Period.Start)}.",
                    "Give 'ssp', or a version of it in 'ssp-book'; 'residual' where the rules allow it."));
        }
        if (contract.Obligations.Count(obligation => obligation.Residual is not null) > 1)
            problems.Add(new PriceProblem("obligations", "residual-twice", "More than one obligation takes what the others leave.",
                "Give a price for all but one."));
    }

    private static bool Ratable(Obligation obligation) =>
        obligation.Into is null && obligation.Satisfaction is Satisfaction.RatableDaily or Satisfaction.RatableMonthly;

    private static void Prices(RevenueContract contract, List<PriceProblem> problems)
    {
        Amount(contract, contract.Price.Fixed, "price.fixed", problems);
        if (contract.Price.Upfront is { } fee) Amount(contract, fee.Amount, "price.upfront.amount", problems);
        foreach (var (index, part) in contract.Price.Variable.Index())
        {
            var field = At("price.variable", index);
            foreach (var outcome in part.Outcomes) Amount(contract, outcome.Amount, $"{field}.outcomes", problems);
            if (part.Outcomes.Sum(outcome => outcome.Likelihood) != 1m)
                problems.Add(new PriceProblem($"{field}.outcomes", "likelihoods-not-one", "The likelihoods do not sum to 1.",
                    "Give all outcomes, also that of nothing."));
            if (part.ConstrainedTo is { } most) Amount(contract, most, $"{field}.constrained-to", problems);
            Known(contract, part.To, $"{field}.to", problems);
            if (part.Reason.Length == 0 && (part.To.Count > 0 || part.ConstrainedTo is not null))
                problems.Add(new PriceProblem($"{field}.reason", "missing", "It is not said why.", "Say what shows it."));
        }
        if (contract.Price.Discount is not { } discount) return;
        Amount(contract, discount.BundlePrice, "price.discount.bundle-price", problems);
        Known(contract, discount.Obligations, "price.discount.obligations", problems);
        if (discount.Obligations.Count < 2)
            problems.Add(new PriceProblem("price.discount.obligations", "too-few", "A bundle has two promises or more.", "Name all that are sold together."));
    }

    private static void Known(RevenueContract contract, IReadOnlyList<string> codes, string field, List<PriceProblem> problems)
    {
        foreach (var (index, code) in codes.Index())
            if (!contract.Obligations.Any(obligation => obligation.Code == code && obligation.Into is null))
                problems.Add(new PriceProblem(At(field, index), "unknown-obligation", "There is no distinct obligation with this code.", "Correct the code."));
        if (codes.Distinct(StringComparer.Ordinal).Count() < codes.Count)
            problems.Add(new PriceProblem(field, "duplicate", "A code stands twice.", "Name each once."));
    }
}
