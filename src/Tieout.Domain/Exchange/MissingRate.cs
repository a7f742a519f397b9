using System.Globalization;

namespace Tieout.Domain.Exchange;

/// <summary>The rate that somebody needs and nobody has quoted: whoever needs the same one waits for the same thing.</summary>
/// <param name="From">The currency to convert.</param>
/// <param name="To">The currency it should become.</param>
/// <param name="Day">The day it is wanted for.</param>
/// <param name="Type">The kind of rate the policy asks for.</param>
public sealed record MissingRate(Currency From, Currency To, DateOnly Day, string Type)
{
    /// <summary>Names it as a stored rate is named: <c>EUR/CHF/2026-01-01/spot</c>.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{From}/{To}/{Day:yyyy-MM-dd}/{Type}");
}
