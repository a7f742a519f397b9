using Tieout.Domain.Exceptions;

namespace Tieout.Application.Exchange;

/// <summary>
/// An entry needs a rate of exchange that nobody has quoted: nothing of it is booked. Whoever asked is told, or what is to be booked waits
/// until the rate comes in.
/// </summary>
public sealed class RateMissingException : Exception
{
    /// <summary>Of the finding that names currencies and day.</summary>
    public RateMissingException(Finding finding) : base(finding.Cause) => Finding = finding;

    /// <summary>For serializers only.</summary>
    public RateMissingException() { }

    /// <summary>For serializers only.</summary>
    public RateMissingException(string message) : base(message) { }

    /// <summary>For serializers only.</summary>
    public RateMissingException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The code and the words for people.</summary>
    public Finding Finding { get; } = new(ExceptionCategory.Business, Domain.Exchange.ExchangeTable.RateMissing, "A rate of exchange is missing.", "Enter it.");
}
