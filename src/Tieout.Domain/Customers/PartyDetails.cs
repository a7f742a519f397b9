namespace Tieout.Domain.Customers;

/// <summary>
/// What a legal party prints on a document beside its name and country. Empty means it is not known; nothing here is needed to
/// bill, but an electronic invoice wants some of it.
/// </summary>
/// <param name="Street">Street and house number.</param>
/// <param name="City">Town.</param>
/// <param name="Postcode">As the country writes it.</param>
/// <param name="Region">State, province or county.</param>
/// <param name="VatNumber">With the country's prefix, such as DE136695976; Greece uses EL.</param>
/// <param name="Registration">Number in the register of companies.</param>
/// <param name="Email">Where documents go.</param>
/// <param name="ElectronicAddress">The address in an electronic invoicing network, such as Peppol.</param>
/// <param name="ElectronicScheme">Which kind of address that is: a code of the EAS list, such as 9930 or 0088. Comes with the address or not at all.</param>
public sealed record PartyDetails(
    string Street = "",
    string City = "",
    string Postcode = "",
    string Region = "",
    string VatNumber = "",
    string Registration = "",
    string Email = "",
    string ElectronicAddress = "",
    string ElectronicScheme = "")
{
    /// <summary>Nothing is known.</summary>
    public static PartyDetails None { get; } = new();
}

/// <summary>Where customers pay to.</summary>
/// <param name="Iban">Valid, without spaces; see <see cref="Customers.Iban"/>.</param>
/// <param name="Bic">8 or 11 capital letters and digits.</param>
/// <param name="Bank">The bank's name.</param>
public sealed record BankDetails(string Iban = "", string Bic = "", string Bank = "")
{
    /// <summary>None is known.</summary>
    public static BankDetails None { get; } = new();
}
