using Tieout.Domain;

namespace Tieout.Application.Views;

internal static class Cash
{
    /// <summary>The amount of a row with the currency that stands beside it.</summary>
    public static Money Of(decimal amount, string currency) => new(amount, Currency.Of(currency));

    /// <summary>Null when the row has no amount or no currency.</summary>
    public static Money? Of(decimal? amount, string? currency) =>
        amount is { } known && currency is not null ? Of(known, currency) : null;
}
