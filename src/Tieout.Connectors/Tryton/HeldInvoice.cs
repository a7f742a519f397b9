using System.Globalization;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>An <c>account.invoice</c> as the ERP holds it.</summary>
/// <param name="Id">The ERP's id.</param>
/// <param name="Key">Our business key, in its reference.</param>
/// <param name="Number">Given when posted; empty before.</param>
/// <param name="State">draft, validated, posted, paid or cancelled.</param>
/// <param name="Party">The customer's id.</param>
/// <param name="Tax">In computed mode zero until posted.</param>
internal sealed record HeldInvoice(
    long Id, string Key, string Number, string State, long Party, string Currency, DateOnly? InvoiceDate, decimal Net, decimal Tax, decimal Total)
{
    public static IReadOnlyList<string> Fields { get; } =
        ["reference", "number", "state", "party", "currency.code", "invoice_date", "untaxed_amount", "tax_amount", "total_amount"];

    public static HeldInvoice Of(JsonElement row) => new(
        TrytonValues.Id(row, "id")!.Value,
        Text(row, "reference"),
        Text(row, "number"),
        Text(row, "state"),
        TrytonValues.Id(row, "party")!.Value,
        Text(Related(row, "currency")!.Value, "code"),
        Day(row, "invoice_date"),
        Amount(row, "untaxed_amount"),
        Amount(row, "tax_amount"),
        Amount(row, "total_amount"));

    /// <summary>Booked; a paid invoice is a posted one whose money came.</summary>
    public bool Posted => State is "posted" or "paid";

    /// <summary>Created and not booked: a delivery broke off between the two steps.</summary>
    public bool Unfinished => State is "draft" or "validated";

    public ErpReference Reference => new(Number, Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>How it differs from ours; empty when it does not. With computed taxes only the ERP answers for the tax.</summary>
    public string DifferenceFrom(ErpInvoice ours, bool taxForced)
    {
        List<string> differences = [];
        if (InvoiceMap.PartyOf(ours) != Party) differences.Add(FormattableString.Invariant($"customer {Party} instead of {ours.ErpCustomerId}"));
        if (Currency != ours.Currency.Code) differences.Add($"currency {Currency} instead of {ours.Currency}");
        if (InvoiceDate != ours.IssueDate) differences.Add(FormattableString.Invariant($"date {InvoiceDate:yyyy-MM-dd} instead of {ours.IssueDate:yyyy-MM-dd}"));
        if (Net != ours.Net) differences.Add(FormattableString.Invariant($"net {Net} instead of {ours.Net}"));
        if (taxForced && Tax != ours.Tax) differences.Add(FormattableString.Invariant($"tax {Tax} instead of {ours.Tax}"));
        if (taxForced && Total != ours.Total) differences.Add(FormattableString.Invariant($"total {Total} instead of {ours.Total}"));
        return string.Join(", ", differences);
    }

    /// <summary>
    /// The one invoice under the key of <paramref name="ours"/>, posted or half done; null when there is none. A finding when
    /// it is another one, stands more than once, or was cancelled there: that is no proof of posting and no absence either.
    /// </summary>
    public static (HeldInvoice? Invoice, Finding? Conflict) Judge(ErpInvoice ours, IReadOnlyList<HeldInvoice> held, bool taxForced)
    {
        if (held.Count == 0) return (null, null);
        var standing = held.Where(invoice => invoice.State != "cancelled").ToList();
        if (standing.Count > 1)
            return (null, Conflicting(
                "duplicate-in-erp", $"Tryton holds {standing.Count} invoices under {ours.Key}: {Names(standing)}.",
                "Credit or delete the one too many in Tryton, then replay; nothing more is sent until somebody does."));
        if (standing.Count == 0)
            return (null, Conflicting(
                "reversed-in-erp", $"Tryton held {ours.Key} and somebody cancelled it there: {Names(held)}.",
                "Cancel the posting here if the cancellation shall stand, or, if the cancelled one never had a number, delete it in Tryton and replay."));

        var difference = standing[0].DifferenceFrom(ours, taxForced);
        return difference.Length == 0
            ? (standing[0], null)
            : (null, Conflicting(
                "key-taken", $"Tryton holds another invoice under {ours.Key} ({Names(standing)}): {difference}.",
                "Find out which of the two is right. Ours is not sent: two invoices must not share a number."));
    }

    private static string Names(IEnumerable<HeldInvoice> invoices) =>
        string.Join(", ", invoices.Select(invoice => invoice.Number.Length > 0 ? invoice.Number : FormattableString.Invariant($"{invoice.State} {invoice.Id}")));

    private static Finding Conflicting(string code, string cause, string remedy) => new(ExceptionCategory.Business, code, cause, remedy);
}
