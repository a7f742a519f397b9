namespace Tieout.Domain.Invoicing;

/// <summary>A line of the next document: a charge for the first time, or what a booked one lacks or has too much.</summary>
/// <param name="Line">The charge; its amount is what this document adds, negative for a credit.</param>
/// <param name="Revision">1 the first time, then one more each time.</param>
/// <param name="Standing">What is wanted for the key, all of which stands after this line.</param>
/// <param name="Billed">Sum of all revisions after this one.</param>
/// <param name="Origin">The line it corrects; null when it is the first, or when nothing of the earlier ones is left.</param>
/// <param name="Tax">The corrected line's tax; null when it is still to be determined.</param>
public sealed record LineToBook(ChargeLine Line, int Revision, decimal Standing, decimal Billed, LineOrigin? Origin, LineTax? Tax)
{
    /// <summary>Net of the line on this document.</summary>
    public Money Amount => Line.Amount;
}
