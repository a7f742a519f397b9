namespace Tieout.Domain.Invoicing;

/// <summary>Where a charge first came to stand: what a correction points to, and whose tax it takes.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Number">Its number.</param>
/// <param name="LineNo">Its line there, from 1.</param>
public sealed record LineOrigin(InvoiceId Invoice, string Number, int LineNo);

/// <summary>What stands for a <see cref="LineKey"/> after its last revision.</summary>
/// <param name="Last">The charge as it was last booked; its amount is that of the last revision only.</param>
/// <param name="Revision">How often the key was booked, from 1.</param>
/// <param name="Standing">What was wanted when it was last booked.</param>
/// <param name="Billed">Sum of all revisions: <paramref name="Standing"/> less what was credited as a favour.</param>
/// <param name="Origin">Where it first stood.</param>
/// <param name="Tax">The tax it carries there.</param>
public sealed record BookedLine(ChargeLine Last, int Revision, decimal Standing, decimal Billed, LineOrigin Origin, LineTax Tax)
{
    /// <summary>What it is for.</summary>
    public LineKey Key => Last.Key;
}
