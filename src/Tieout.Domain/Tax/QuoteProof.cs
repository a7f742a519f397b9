using System.Globalization;
using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Tax;

/// <summary>A line that an engine was asked about.</summary>
public sealed record AskedLine(string Number, Money Net);

/// <summary>
/// Whether an engine's answer can be true: checkpoint 2 for what we do not compute ourselves. Nothing that fails is invoiced.
/// </summary>
public static class QuoteProof
{
    /// <summary>The finding's code; nothing was kept of such an answer.</summary>
    public const string Code = "tax-quote-wrong";

    /// <summary>
    /// What does not hold; empty when all does: every line is answered once and no other; each tax is in whole minor units, lies within
    /// <see cref="QuotedRate.Tolerance"/> of what its jurisdictions' rates come to, and none of them taxes more than the line; the lines come
    /// to the tax of the document.
    /// </summary>
    public static IReadOnlyList<Finding> Check(IReadOnlyList<AskedLine> asked, TaxQuote quote)
    {
        var answers = quote.Lines.ToLookup(line => line.Number, StringComparer.Ordinal);
        List<Finding> findings = [];
        foreach (var line in asked)
        {
            var answer = answers[line.Number].ToList();
            if (answer.Count != 1) findings.Add(Wrong(string.Create(CultureInfo.InvariantCulture, $"line {line.Number} was answered {answer.Count} times")));
            else if (OfLine(line, answer[0]) is { } wrong) findings.Add(Wrong(wrong));
        }
        var numbers = asked.Select(line => line.Number).ToHashSet(StringComparer.Ordinal);
        foreach (var other in quote.Lines.Where(line => !numbers.Contains(line.Number))) findings.Add(Wrong($"line {other.Number} was answered and not asked for"));
        if (quote.Told is { } told && told != quote.Tax)
            findings.Add(Wrong(string.Create(CultureInfo.InvariantCulture, $"its lines come to a tax of {quote.Tax}, and it says {told} for all of them")));
        return findings;
    }

    private static string? OfLine(AskedLine asked, QuotedLine answer)
    {
        var net = asked.Net;
        if (!(net with { Amount = answer.Tax }).IsWhole) return $"the tax of line {asked.Number} is finer than {net.Currency.Code} keeps";
        foreach (var part in answer.Parts)
        {
            if (part.Rate is < 0 or > 1) return Said(asked, $"{part.Jurisdiction} taxes at a rate of {part.Rate}");
            if (Math.Abs(part.Base) > Math.Abs(net.Amount) || part.Base * net.Amount < 0)
                return Said(asked, $"{part.Jurisdiction} taxes {part.Base} of {net}");
        }
        var exact = answer.Parts.Sum(part => part.Base * part.Rate);
        var unit = MinorUnit(net.Currency);
        // Each jurisdiction rounds by itself.
        if (Math.Abs(answer.Tax - exact) > unit * answer.Parts.Count / 2)
            return Said(asked, $"the tax is {answer.Tax}, and its rates come to {exact:0.######}");
        var rate = QuotedRate.Of(net.Amount, answer.Parts);
        if (rate == 0 && answer.Tax != 0) return Said(asked, $"the tax is {answer.Tax}, and no jurisdiction taxes it");
        if (rate > 1) return Said(asked, $"its rates come to {rate}");
        return Math.Abs(answer.Tax - (net.Amount * rate)) > QuotedRate.Tolerance(net.Amount, answer.Parts, unit)
            ? Said(asked, $"the tax is {answer.Tax}, further from {rate} of {net} than rounding explains")
            : null;
    }

    private static decimal MinorUnit(Currency currency)
    {
        var unit = 1m;
        for (var place = 0; place < currency.MinorUnits; place++) unit /= 10;
        return unit;
    }

    private static string Said(AskedLine asked, FormattableString what) => $"of line {asked.Number}, {what.ToString(CultureInfo.InvariantCulture)}";

    private static Finding Wrong(string what) => new(
        ExceptionCategory.Technical, Code, $"The tax engine's answer cannot be true: {what}.",
        "The account waits and the next billing run asks again. If it lasts, show the kept answer to whoever looks after the engine.");
}
