namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Which agreement an electronic invoice says it keeps.</summary>
/// <param name="Name">The word it is chosen by.</param>
/// <param name="CustomizationId">Specification identifier (BT-24).</param>
/// <param name="ProfileId">Business process (BT-23); empty for none.</param>
/// <param name="IsPeppol">Whether the additions of Peppol BIS Billing 3 are checked too.</param>
public sealed record UblProfile(string Name, string CustomizationId, string ProfileId, bool IsPeppol)
{
    /// <summary>EN 16931 and nothing more.</summary>
    public static UblProfile En16931 { get; } = new("en16931", "urn:cen.eu:en16931:2017", "", IsPeppol: false);

    /// <summary>Peppol BIS Billing 3.</summary>
    public static UblProfile Peppol { get; } = new(
        "peppol", "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        IsPeppol: true);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<UblProfile> All { get; } = [En16931, Peppol];

    /// <summary>The profile of a name.</summary>
    /// <exception cref="ArgumentException">Not one of <see cref="All"/>; the message lists them.</exception>
    public static UblProfile Of(string name) => All.FirstOrDefault(profile => profile.Name == name)
        ?? throw new ArgumentException($"'{name}' is not one of {string.Join(", ", All.Select(profile => profile.Name))}.", nameof(name));
}
