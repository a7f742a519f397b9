using Tieout.Connectors.AvaTax;

namespace Tieout.Connectors.Port;

/// <summary>One account with a tax engine as configured; see docs/tax.md for every setting.</summary>
/// <param name="Name">How our books name it.</param>
/// <param name="System"><c>avatax</c>.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="User">Log-in; AvaTax's account id.</param>
/// <param name="Password">Resolved from an environment variable or a file; never written anywhere. AvaTax's license key.</param>
/// <param name="Company">Our company inside the engine.</param>
/// <param name="Seller">Where the company is.</param>
/// <param name="TaxCodes">Our product category to the engine's tax code.</param>
/// <param name="Timeout">How long one call may take before its outcome is unknown.</param>
public sealed record TaxEngineSettings(
    string Name,
    string System,
    Uri Url,
    string User,
    string Password,
    string Company,
    TaxAddress Seller,
    IReadOnlyDictionary<string, string> TaxCodes,
    TimeSpan Timeout)
{
    /// <summary>Our tax code of a place, where the settings do not say.</summary>
    public const string UsualCode = "{country}-{region}";

    /// <summary>Our tax code of what the engine taxes in a place, such as <c>US-CA</c>; the ERPs' tax codes follow from it.</summary>
    public string Code { get; init; } = UsualCode;

    /// <summary>Our tax code for a place; without a region the dash before it falls away.</summary>
    public string CodeFor(string country, string region) =>
        Code.Replace("{country}", country, StringComparison.Ordinal).Replace("{region}", region, StringComparison.Ordinal).Trim('-');

    /// <summary>The engine's word for a category of ours; empty for its usual one.</summary>
    public string TaxCodeOf(string category) => TaxCodes.GetValueOrDefault(category, "");

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({System})"; // never the password
}

/// <summary>Makes the engine that settings ask for.</summary>
public static class TaxEngines
{
    /// <summary>The systems that can be configured; legal entities without an engine use our own table of rates.</summary>
    public static IReadOnlyList<string> Systems { get; } = [AvaTaxEngine.SystemName];

    /// <summary>How long one call may take where the settings do not say.</summary>
    public static TimeSpan UsualTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>An engine.</summary>
    /// <exception cref="ArgumentException">No such system, or a setting it needs is not possible; the message names it.</exception>
    public static ITaxEngine Create(TaxEngineSettings settings, TimeProvider clock) => settings.System switch
    {
        AvaTaxEngine.SystemName => new AvaTaxEngine(settings, clock),
        _ => throw new ArgumentException(
            $"Tax engine '{settings.Name}': system '{settings.System}' is not one of {string.Join(", ", Systems)}.", nameof(settings)),
    };
}
