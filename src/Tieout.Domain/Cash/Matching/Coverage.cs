using System.Globalization;

namespace Tieout.Domain.Cash.Matching;

/// <summary>One way in which money and invoices fit.</summary>
/// <param name="IsExact">To the cent, with nothing left on either side.</param>
/// <param name="IsProven">Exact by what the statement itself says, the amount and charges named on it, and by what was agreed or set beforehand.</param>
internal sealed record Way(
    IReadOnlyList<Settlement> Settles, decimal Unapplied, decimal Fee, decimal Discount, int Points, string Reason, bool IsExact, bool IsProven = false);

/// <summary>
/// How an amount covers invoices: in full, after charges, after an agreed discount, but for a small difference, as the payer says, some of them; else
/// too much or too little. Never more is applied than came and banks kept.
/// </summary>
internal static class Coverage
{
    /// <summary>All exact ways; where there is none, what can be done with too much or too little.</summary>
    /// <param name="items">Open, in the currency of the money, the oldest first; at least one.</param>
    public static IReadOnlyList<Way> Of(BankLine line, IReadOnlyList<OpenItem> items, MatchPolicy policy)
    {
        var exact = Exact(line, items, policy);
        if (exact.Count > 0) return exact;
        var missing = items.Sum(item => item.Open) - line.Amount.Amount;
        if (missing < 0)
            return [new Way(Full(items), -missing, 0, 0, 10, $"It is {Say(-missing, line)} more than {Asked(items)}; the rest stays unapplied.",
                IsExact: false)];
        var partial = new Way(
            Oldest(items, line.Amount.Amount), 0, 0, 0, 5,
            $"It is {Say(missing, line)} less than {Asked(items)}{(items.Count > 1 ? "; the oldest is settled first" : "")}.", IsExact: false);
        return line.Charges > 0 && missing <= policy.ChargesMost
            ? [new Way(Full(items), 0, missing, 0, 15,
                $"{Say(missing, line)} is missing; the statement says that banks kept {Say(line.Charges, line)}.", IsExact: false), partial]
            : [partial];
    }

    /// <summary>Ways in which it fits to the cent.</summary>
    public static IReadOnlyList<Way> Exact(BankLine line, IReadOnlyList<OpenItem> items, MatchPolicy policy)
    {
        List<Way> ways = [];
        var (money, charges) = (line.Amount.Amount, line.Charges);
        var total = items.Sum(item => item.Open);
        var discount = items.Sum(item => item.DiscountOn(line.ReceivedOn));
        if (money == total) ways.Add(new Way(Full(items), 0, 0, 0, 25, $"The amount is {Asked(items)}.", IsExact: true, IsProven: true));
        if (charges > 0 && money + charges == total)
            ways.Add(new Way(
                Full(items), 0, charges, 0, 22, $"With the {Say(charges, line)} that banks kept it is {Asked(items)}.", IsExact: true,
                IsProven: charges <= policy.ChargesMost));
        if (discount > 0 && (money == total - discount || (charges > 0 && money + charges == total - discount)))
            ways.Add(new Way(
                [.. items.Select(item => Early(item, line))], 0, total - discount - money, discount, 20,
                $"With the agreed discount of {Say(discount, line)} for paying early it is {Asked(items)}.", IsExact: true,
                IsProven: money == total - discount));
        if (ways.Count == 0 && charges == 0 && items is [var one]) ways.AddRange(Nearly(line, one));
        if (items.Count > 1 && money < total)
        {
            if (Advised(line, items) is { } advised) ways.Add(advised);
            if (items.Count <= policy.ItemsMost && SubsetSum.Find(items, money).Only is { } some)
                ways.Add(new Way(
                    Full([.. some.OrderBy(item => item.Date).ThenBy(item => item.Number, StringComparer.Ordinal)]), 0, 0, 0, 18,
                    string.Create(CultureInfo.InvariantCulture, $"The amount is what is asked for by {Names(some)}, of the {items.Count} that are named."),
                    IsExact: true));
        }
        // Who keeps what was agreed says so beside each number.
        else if (money < total && ways.TrueForAll(way => way.Discount == 0) && Advised(line, items) is { } part) ways.Add(part);
        return ways;
    }

    // So little less or more that the legal entity asks nobody about it; of what is asked for in full, or less the discount.
    private static IEnumerable<Way> Nearly(BankLine line, OpenItem item)
    {
        var discount = item.DiscountOn(line.ReceivedOn);
        foreach (var kept in discount > 0 ? new[] { 0m, discount } : [0m])
            if (item.Tolerance > 0 && PaymentRules.Difference(item.Open - kept, line.Amount.Amount, item.Tolerance) is { } difference)
                yield return new Way(
                    [new Settlement(item.Invoice, item.Number, Math.Min(line.Amount.Amount, item.Open - kept)) { Discount = kept, Difference = difference }],
                    0, 0, kept, 18,
                    $"It is {Say(Math.Abs(difference), line)} {(difference > 0 ? "less" : "more")} than what {item.Number} asks for"
                    + $"{(kept > 0 ? $", with the agreed discount of {Say(kept, line)}" : "")}; up to {Say(item.Tolerance, line)} goes to rounding.",
                    IsExact: true, IsProven: true);
    }

    private static Settlement Early(OpenItem item, BankLine line)
    {
        var discount = item.DiscountOn(line.ReceivedOn);
        return new Settlement(item.Invoice, item.Number, item.Open - discount) { Discount = discount };
    }

    // The payer says how much is for each.
    private static Way? Advised(BankLine line, IReadOnlyList<OpenItem> items)
    {
        List<Settlement> parts = [];
        foreach (var item in items)
        {
            var said = line.Documents.Where(document => document.Remitted > 0
                && NumberIndex.Bare(document.Number) == NumberIndex.Bare(item.Number)).ToList();
            if (said is not [{ Remitted: { } part }] || part > item.Open) return null;
            parts.Add(new Settlement(item.Invoice, item.Number, part));
        }
        return parts.Sum(part => part.Amount) == line.Amount.Amount
            ? new Way(parts, 0, 0, 0, 20, "The payer says how much of it is for each.", IsExact: true)
            : null;
    }

    private static List<Settlement> Full(IReadOnlyList<OpenItem> items) => [.. items.Select(item => new Settlement(item.Invoice, item.Number, item.Open))];

    private static List<Settlement> Oldest(IReadOnlyList<OpenItem> items, decimal money)
    {
        List<Settlement> parts = [];
        foreach (var item in items)
        {
            var part = Math.Min(item.Open, money);
            if (part <= 0) break;
            parts.Add(new Settlement(item.Invoice, item.Number, part));
            money -= part;
        }
        return parts;
    }

    private static string Say(decimal amount, BankLine line) => new Money(amount, line.Amount.Currency).ToString();

    private static string Asked(IReadOnlyList<OpenItem> items) => items.Count == 1
        ? $"what {items[0].Number} asks for"
        : string.Create(CultureInfo.InvariantCulture, $"what {items.Count} invoices ask for together");

    private static string Names(IReadOnlyList<OpenItem> items) => string.Join(", ", items.Select(item => item.Number).Order(StringComparer.Ordinal));
}
