namespace Tieout.Connectors.Port;

/// <summary>One ERP tenant as configured; see docs/targets.md for every setting.</summary>
/// <param name="Name">How our books name it.</param>
/// <param name="System"><c>tryton</c>, <c>sap-s4hana</c> or <c>netsuite</c>.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="User">Log-in; NetSuite's client id.</param>
/// <param name="Password">Resolved from an environment variable or a file; never written anywhere. NetSuite's private key.</param>
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
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({System})"; // never the password
}
