using Tieout.Domain.Rating;

namespace Tieout.Domain.Invoicing;

/// <summary>How the amount of a document's line came about.</summary>
/// <param name="Exact">What is wanted for the key, not rounded; the sum of the steps before what stands already is taken off.</param>
/// <param name="Steps">In the order they were computed: the price, what discounts of the whole took off, what stands already.</param>
public sealed record ExplainedLine(decimal Exact, IReadOnlyList<RatingStep> Steps)
{
    /// <summary>From a line and what its part was priced at.</summary>
    /// <param name="line">Of the document.</param>
    /// <param name="priced">Null for what has no price of the catalogue: charges beside subscriptions, minimums, what is taken back.</param>
    public static ExplainedLine Of(LineToBook line, PricedLine? priced)
    {
        List<RatingStep> steps = priced is not null ? [.. priced.Steps] : line.Standing == 0 ? [] : [Whole(line)];
        var exact = priced?.Exact ?? line.Standing;
        // A discount of an amount on the whole subscription or account is spread over lines that are rounded already.
        if (priced is not null && line.Standing != priced.Rounded.Amount)
        {
            steps.Add(Step("discounts spread over all lines of the day", line.Standing - priced.Rounded.Amount));
            exact = line.Standing;
        }
        if (line.Revision == 1) return new ExplainedLine(exact, steps);
        var before = line.Billed - line.Amount.Amount;
        if (before != 0) steps.Add(Step("billed already", -before));
        var kept = line.Amount.Amount - (line.Standing - before);
        if (kept != 0) steps.Add(Step("credited as a favour before, and kept", kept));
        return new ExplainedLine(exact, steps);
    }

    private static RatingStep Whole(LineToBook line) => line.Line.Quantity * line.Line.UnitPrice == line.Standing && line.Line.Quantity != 1
        ? new RatingStep($"{Plain(line.Line.Quantity)} at {Plain(line.Line.UnitPrice)}", null, line.Line.Quantity, line.Line.UnitPrice, line.Standing)
        : Step(line.Line.Convention.Length > 0 ? line.Line.Convention : line.Line.Description, line.Standing);

    private static RatingStep Step(string words, decimal amount) => new(words, null, null, null, amount);

    private static string Plain(decimal number) => number.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
}
