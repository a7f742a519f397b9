using Tieout.Application.Settings;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>Address, registrations and bank of a legal entity in the books file. Each may be filled in later; once set it stays.</summary>
internal static class EntityDetails
{
    /// <summary>The keys, in the order of <see cref="Values"/>.</summary>
    public static readonly string[] Keys =
    [
        "street", "city", "postcode", "region", "vat-number", "registration", "email", "electronic-address", "electronic-scheme",
        "iban", "bic", "bank-name",
    ];

    /// <summary>What the file says.</summary>
    /// <exception cref="SettingsException">A value that cannot be meant, or an electronic address without its scheme.</exception>
    public static (PartyDetails Details, BankDetails Bank) Read(SettingsNode node)
    {
        var scheme = Judged(node.Find("electronic-scheme"), PartyRules.OfElectronicScheme);
        var address = Judged(node.Find("electronic-address"), text => PartyRules.OfElectronicAddress(text, scheme));
        if (address.Length == 0 != (scheme.Length == 0))
            throw node.Error("'electronic-address' and 'electronic-scheme' come together; give both, such as DE136695976 and 9930.");
        var iban = Judged(node.Find("iban"), PartyRules.OfIban);
        return (
            new PartyDetails(
                Text(node, "street"), Text(node, "city"), Text(node, "postcode"), Text(node, "region"),
                Judged(node.Find("vat-number"), PartyRules.OfVatNumber), Text(node, "registration"), Judged(node.Find("email"), PartyRules.OfEmail),
                address, scheme),
            new BankDetails(
                Iban.TryParse(iban, out var known, out _) ? known.Value : "", Judged(node.Find("bic"), PartyRules.OfBic), Text(node, "bank-name")));
    }

    /// <summary>The fields, in the order of <see cref="Keys"/>.</summary>
    public static string[] Values(DeclaredLegalEntity entity) =>
    [
        entity.Details.Street, entity.Details.City, entity.Details.Postcode, entity.Details.Region, entity.Details.VatNumber,
        entity.Details.Registration, entity.Details.Email, entity.Details.ElectronicAddress, entity.Details.ElectronicScheme,
        entity.Bank.Iban, entity.Bank.Bic, entity.Bank.Bank,
    ];

    /// <summary>
    /// What was unknown may be filled in; what is printed on documents already stays, so that a document drawn again says what it said.
    /// A field the file leaves out is left as it stands.
    /// </summary>
    public static void Complete(DeclaredLegalEntity stored, DeclaredLegalEntity declared, List<DeclaredLegalEntity> completed, List<string> problems)
    {
        var (before, after) = (Values(stored), Values(declared));
        var changed = Enumerable.Range(0, Keys.Length).Where(place => after[place].Length > 0 && after[place] != before[place]).ToList();
        var taken = changed.FindAll(place => before[place].Length > 0);
        foreach (var place in taken)
            problems.Add($"Legal entity '{declared.Code}' has another '{Keys[place]}' already. Its documents carry the former; declare another code.");
        if (taken.Count == 0 && changed.Count > 0) completed.Add(declared);
    }

    private static string Text(SettingsNode node, string key) => node.Find(key) is { } value ? BooksFile.Text(value) : "";

    private static string Judged(SettingsNode? node, Func<string, Refusal?> rule)
    {
        if (node is null) return "";
        var text = node.Text().Trim();
        return rule(text) is { } bad ? throw node.Error($"this {bad.Reason}. {bad.Remedy}") : text;
    }
}
