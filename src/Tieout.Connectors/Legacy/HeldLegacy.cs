using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.Legacy;

/// <summary>Judges what the ERP holds. Pure.</summary>
internal static class HeldLegacy
{
    /// <summary>What the ERP's documents under a key say about ours.</summary>
    public static LookUpOutcome Judge(ErpDocument document, LegacyDocument ours, IReadOnlyList<LegacyDocument> held) => held switch
    {
        [] => new LookUpOutcome.Absent(),
        [var only] when Differences(document, ours, only) is { Length: > 0 } differences =>
            new LookUpOutcome.Conflict(LegacyFindings.KeyTaken(document.Key, only.Number, differences)),
        [var only] => new LookUpOutcome.Found(Reference(only)),
        _ => new LookUpOutcome.Conflict(LegacyFindings.Duplicate(document.Key, held.Select(one => one.Number))),
    };

    /// <summary>How the ERP names a document.</summary>
    public static ErpReference Reference(LegacyDocument held) => new(held.Number, held.Number);

    /// <summary>The document as it is read back.</summary>
    public static HeldDocument Of(LegacyDocument held)
    {
        var customers = held.Lines.Where(line => line.Type == LegacyLine.OfCustomer).ToList();
        var (net, tax) = held.IsInvoice ? (held.Net, held.Tax) : (0m, 0m);
        return new HeldDocument(
            new BookDocument(
                held.Key, held.Number, customers is [var only] ? Named(only) : "", held.Currency, net, tax, held.Owed, Domain.AccountingMonth.Of(held.Date)),
            [.. held.Lines.GroupBy(line => line.Account, StringComparer.Ordinal)
                .Select(account => new AccountMovement(account.Key, held.Currency, account.Sum(line => line.Amount)))]);
    }

    // A customer without a code of ours is shown by the ERP's id: it cannot be mistaken for one of ours.
    private static string Named(LegacyLine line) => line.CustomerCode.Length > 0 ? line.CustomerCode : line.Customer;

    private static string Differences(ErpDocument document, LegacyDocument ours, LegacyDocument held) =>
        string.Join(", ", document is ErpInvoice ? OfInvoice(ours, held) : OfEntry(ours, held));

    private static IEnumerable<string> OfInvoice(LegacyDocument ours, LegacyDocument held)
    {
        if (ours.Kind != held.Kind) yield return $"kind {held.Kind} instead of {ours.Kind}";
        if (ours.Currency != held.Currency) yield return $"currency {held.Currency} instead of {ours.Currency}";
        var (mine, theirs) = (CustomersOf(ours), CustomersOf(held));
        if (mine != theirs) yield return $"customer {theirs} instead of {mine}";
        if (ours.Net != held.Net) yield return FormattableString.Invariant($"net {held.Net} instead of {ours.Net}");
        if (ours.Tax != held.Tax) yield return FormattableString.Invariant($"tax {held.Tax} instead of {ours.Tax}");
        if (ours.Owed != held.Owed) yield return FormattableString.Invariant($"total {held.Owed} instead of {ours.Owed}");
    }

    private static IEnumerable<string> OfEntry(LegacyDocument ours, LegacyDocument held)
    {
        if (held.IsInvoice) yield return "an invoice or credit memo";
        if (ours.Currency != held.Currency) yield return $"currency {held.Currency} instead of {ours.Currency}";
        var left = held.Lines.Select(Fact).ToList();
        foreach (var one in ours.Lines.Select(Fact))
            if (!left.Remove(one)) yield return $"without {one}";
        foreach (var one in left) yield return $"with {one}";
    }

    private static string CustomersOf(LegacyDocument document) =>
        string.Join(' ', document.Lines.Where(line => line.Type == LegacyLine.OfCustomer).Select(line => line.Customer).Distinct(StringComparer.Ordinal));

    private static string Fact(LegacyLine line) => FormattableString.Invariant(
        $"{(line.Customer.Length > 0 ? $"customer {line.Customer} " : "")}account {line.Account} {line.Amount:0.00##}");
}
