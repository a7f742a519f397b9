using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Connectors.Port;

/// <summary>One ERP tenant as configured; see docs/targets.md for every setting.</summary>
/// <param name="Name">How our books name it.</param>
/// <param name="System"><c>tryton</c>, <c>sap-s4hana</c>, <c>netsuite</c>, <c>dynamics-365</c>, <c>odoo</c>, <c>legacy-files</c> or <c>legacy-soap</c>.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="User">Log-in; NetSuite's client id.</param>
/// <param name="Password">Resolved from an environment variable or a file; never written anywhere. NetSuite's private key, Odoo's API key.</param>
/// <param name="Company">Company or company code inside the ERP.</param>
/// <param name="Accounts">Account rule: our ledger account to their account code.</param>
/// <param name="Taxes">Our tax code to theirs.</param>
/// <param name="Options">What only this system knows, by name.</param>
/// <param name="BatchSize">Documents per call; null for the connector's default.</param>
/// <param name="Slots">Calls at once; null for the connector's default.</param>
/// <param name="Timeout">How long one call may take before its outcome is unknown.</param>
/// <param name="Version">Hash of the rules above; stored with every posting that used them.</param>
public sealed record TargetSettings(
    string Name,
    string System,
    Uri Url,
    string User,
    string Password,
    string Company,
    IReadOnlyDictionary<string, string> Accounts,
    IReadOnlyDictionary<string, string> Taxes,
    IReadOnlyDictionary<string, string> Options,
    int? BatchSize,
    int? Slots,
    TimeSpan Timeout,
    string Version)
{
    /// <summary>What the ERP logs in with when it sends us a confirmation: user and secret, resolved like the password; null takes none.</summary>
    public ConfirmationLogin? Confirmations { get; init; }

    /// <summary>How much of revenue it is told.</summary>
    public RevenueDetail Revenue { get; init; }

    /// <summary>Their account for one of ours: the chosen one, else the one of the settings; empty when nobody named one.</summary>
    /// <param name="ledgerAccount">Ours.</param>
    /// <param name="chosen">What an account rule chose for the line; empty when none did.</param>
    public string AccountOf(string ledgerAccount, string chosen) => chosen.Length > 0 ? chosen : NamedFor(Accounts, ledgerAccount) ?? "";

    /// <summary>What settings name for an account of ours; that of a bank account which they do not name is <c>cash-clearing</c>'s. Null for nothing.</summary>
    public static string? NamedFor(IReadOnlyDictionary<string, string> accounts, string ledgerAccount) =>
        accounts.GetValueOrDefault(ledgerAccount) ?? accounts.GetValueOrDefault(LedgerAccount.Role(ledgerAccount));

    /// <summary>Their code for a tax of ours: the chosen one, else the one of the settings; empty when nobody named one.</summary>
    public string TaxCodeOf(ErpTax tax) => tax.TheirCode.Length > 0 ? tax.TheirCode : Taxes.GetValueOrDefault(tax.Code, "");

    /// <summary>Their code for the tax of a line: that of the invoice's tax of the same code, else the one of the settings; empty when nobody named one.</summary>
    public string TaxCodeOf(ErpInvoice invoice, ErpLine line) =>
        invoice.Taxes.FirstOrDefault(tax => tax.Code == line.TaxCode) is { } tax ? TaxCodeOf(tax) : Taxes.GetValueOrDefault(line.TaxCode, "");

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({System})"; // never the password
}

/// <summary>A log-in of an ERP at our door; never written anywhere.</summary>
public sealed record ConfirmationLogin(string User, string Secret)
{
    /// <summary>Characters a secret has at least.</summary>
    public const int ShortestSecret = 12;

    /// <inheritdoc/>
    public override string ToString() => User; // never the secret
}
