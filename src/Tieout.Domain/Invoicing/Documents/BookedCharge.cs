using Tieout.Domain.Catalog;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>A line as the books keep it, with what has to be known besides to print it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Description">As booked.</param>
/// <param name="Period">The days it is for.</param>
/// <param name="Quantity">Of the whole charge, also on a correction.</param>
/// <param name="UnitPrice">Of the whole charge; 0 where there is no single one.</param>
/// <param name="Amount">What this document adds; negative takes away, whatever the document's kind.</param>
/// <param name="Convention">How the share of the period was counted.</param>
/// <param name="Standing">What is wanted for the charge after this line.</param>
/// <param name="Billed">What is billed of it after this line.</param>
/// <param name="Tax">As booked.</param>
public sealed record BookedCharge(
    int Number, string Description, ServicePeriod Period, decimal Quantity, decimal UnitPrice, Money Amount, string Convention, decimal Standing,
    decimal Billed, LineTax Tax)
{
    /// <summary>The heading it stands under; empty for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>The catalogue's price; null where the charge has none.</summary>
    public Price? Price { get; init; }

    /// <summary>The line of an earlier invoice that it changes; null where it is the first.</summary>
    public CorrectedLine? Corrects { get; init; }

    /// <summary>
    /// The line as a document of a kind prints it. A credit memo turns the sign, for there a positive amount is credited. The
    /// quantity has the amount's sign; where a difference is not quantity times price, it is one piece at the difference.
    /// </summary>
    public DocumentLine On(DocumentKind kind)
    {
        var net = kind == DocumentKind.CreditMemo ? -Amount : Amount;
        var (quantity, unitPrice) = Counted(net);
        return new DocumentLine(Number, WithoutReference, quantity, unitPrice, net, CategoryOf(Tax.Category), Tax.Rate)
        {
            Group = Group,
            Period = Period,
            TaxCode = Tax.Code,
            TaxNote = Tax.Note,
            Corrects = Corrects,
            Arithmetic = Arithmetic,
        };
    }

    /// <summary>The category of a letter that the books hold.</summary>
    /// <exception cref="ArgumentException">No such letter.</exception>
    public static TaxCategory CategoryOf(string letter) =>
        TaxCategories.OfLetter(letter) ?? throw new ArgumentException($"'{letter}' is not one of {string.Join(", ", TaxCategories.Letters)}.", nameof(letter));

    // A line that adds or takes a part of a charge, and not all of it.
    private bool IsDifference => Corrects is not null || Amount.Amount != Standing;

    private string Arithmetic
    {
        get
        {
            if (!IsDifference) return LineArithmetic.Of(Price, Quantity, UnitPrice, Convention, Amount);
            var (before, now) = (Amount with { Amount = Billed - Amount.Amount }, Amount with { Amount = Billed });
            var words = $"Billed before {Figure(before)}, now {Figure(now)}";
            if (Billed != Standing || Standing == 0) return words;
            var how = LineArithmetic.Of(Price, Quantity, UnitPrice, Convention, now);
            // Quantity and unit price of the line are those of the difference, so the new ones are said here.
            if (how.Length == 0 && Quantity != 1 && Rounding.ChargeLine(now with { Amount = Quantity * UnitPrice }) == now)
                how = $"{DocumentFormat.Plain.Number(Quantity, 0)} × {Figure(now with { Amount = UnitPrice })}";
            return how.Length == 0 ? words : $"{words}: {how}";
        }
    }

    // The invoice and line it changes are printed from the books; the description repeats them for those who see it alone.
    private string WithoutReference
    {
        get
        {
            if (Corrects is not { } corrected) return Description;
            var reference = FormattableString.Invariant($" (invoice {corrected.InvoiceNumber}, line {corrected.LineNumber})");
            return Description.EndsWith(reference, StringComparison.Ordinal) ? Description[..^reference.Length] : Description;
        }
    }

    private (decimal Quantity, decimal UnitPrice) Counted(Money net)
    {
        var sign = net.Amount < 0 ? -1 : 1;
        if (!IsDifference) return (sign * Math.Abs(Quantity), UnitPrice);
        var comesToIt = Rounding.ChargeLine(net with { Amount = Math.Abs(Quantity) * UnitPrice }).Amount == Math.Abs(net.Amount);
        return comesToIt ? (sign * Math.Abs(Quantity), UnitPrice) : (sign, Math.Abs(net.Amount));
    }

    private static string Figure(Money money) => DocumentFormat.Plain.Amount(money);
}
