using System.Text.RegularExpressions;

namespace Tieout.Domain.Tax;

/// <summary>
/// A part of a country with a tax of its own, known by its postcodes: the Canary Islands, Madeira. Its rates stand under
/// codes that begin with <see cref="Prefix"/>.
/// </summary>
public sealed record TaxTerritory
{
    private readonly Regex _postcodes;

    /// <summary>A territory.</summary>
    /// <param name="country">ISO 3166 of the country it belongs to.</param>
    /// <param name="word">Its name as part of a code: <c>canary-islands</c>.</param>
    /// <param name="name">As people write it.</param>
    /// <param name="postcodes">A regular expression that the whole postcode has to match.</param>
    /// <exception cref="ArgumentException">Not a regular expression that can be matched in one pass.</exception>
    public TaxTerritory(string country, string word, string name, string postcodes)
    {
        (Country, Word, Name, Postcodes) = (country, word, name, postcodes);
        try
        {
            // In one pass: an expression out of a file must not be able to keep us busy for ever.
            _postcodes = new Regex($"^(?:{postcodes})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"The postcodes of {name} cannot be matched: {wrong.Message}", nameof(postcodes), wrong);
        }
    }

    /// <summary>ISO 3166 of the country it belongs to.</summary>
    public string Country { get; }

    /// <summary>Its name as part of a code.</summary>
    public string Word { get; }

    /// <summary>As people write it.</summary>
    public string Name { get; }

    /// <summary>The expression its postcodes match.</summary>
    public string Postcodes { get; }

    /// <summary>How its tax codes begin: <c>ES-canary-islands</c>.</summary>
    public string Prefix => $"{Country}-{Word}";

    /// <summary>Whether a postcode lies in it; blanks and dashes in the postcode do not count.</summary>
    public bool Has(string postcode) => _postcodes.IsMatch(postcode.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool Equals(TaxTerritory? other) =>
        other is not null && (Country, Word, Name, Postcodes) == (other.Country, other.Word, other.Name, other.Postcodes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Country, Word, Name, Postcodes);
}
