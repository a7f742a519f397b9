using System.Globalization;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Tryton.TrytonValues;

namespace Tieout.Connectors.Tryton;

/// <summary>An <c>account.move</c> as the ERP holds it, with its lines.</summary>
/// <param name="Id">The ERP's id.</param>
/// <param name="Key">Our business key, in its description.</param>
/// <param name="Number">Given when posted; empty before.</param>
/// <param name="Posted">Booked; otherwise a draft.</param>
/// <param name="Date">Decides the month.</param>
/// <param name="Lines">All of them.</param>
internal sealed record HeldMove(long Id, string Key, string Number, bool Posted, DateOnly Date, IReadOnlyList<HeldMoveLine> Lines)
{
    public static IReadOnlyList<string> Fields { get; } = ["description", "post_number", "state", "date"];

    public static HeldMove Of(JsonElement row) => new(
        TrytonValues.Id(row, "id")!.Value, Text(row, "description"), Text(row, "post_number"), Text(row, "state") == "posted", Day(row, "date")!.Value, []);

    public ErpReference Reference => new(Number, Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The one move under the key of <paramref name="ours"/>, posted or a draft; null when there is none. A finding when it is another
    /// one, stands more than once, or an invoice has the key.
    /// </summary>
    public static (HeldMove? Move, Finding? Conflict) Judge(ErpEntry ours, IReadOnlyList<HeldMove> held, bool invoiceHasKey, TargetSettings target)
    {
        if (invoiceHasKey)
            return (null, Conflicting(
                "key-taken", $"Tryton holds an invoice under {ours.Key}.",
                "Find out which of the two is right. Ours is not sent: two documents must not share a number."));
        if (held.Count == 0) return (null, null);
        if (held.Count > 1)
            return (null, Conflicting(
                "duplicate-in-erp", $"Tryton holds {held.Count} moves under {ours.Key}: {string.Join(", ", held.Select(move => move.Name))}.",
                "Cancel or delete the one too many in Tryton, then replay; nothing more is sent until somebody does."));
        var difference = held[0].DifferenceFrom(ours, target);
        return difference.Length == 0
            ? (held[0], null)
            : (null, Conflicting(
                "key-taken", $"Tryton holds another move under {ours.Key} ({held[0].Name}): {difference}.",
                "Find out which of the two is right. Ours is not sent: two documents must not share a number."));
    }

    private string Name => Number.Length > 0 ? Number : FormattableString.Invariant($"draft {Id}");

    /// <summary>Lines by account, customer and amount, in any order; empty when they are the same.</summary>
    private string DifferenceFrom(ErpEntry ours, TargetSettings target)
    {
        List<string> differences = [];
        if (Date != ours.Date) differences.Add(FormattableString.Invariant($"date {Date:yyyy-MM-dd} instead of {ours.Date:yyyy-MM-dd}"));
        List<HeldMoveLine> left = [.. Lines];
        foreach (var line in ours.Lines)
        {
            var index = left.FindIndex(held => held.Is(line, ours.Currency.Code, target));
            if (index >= 0) left.RemoveAt(index);
            else differences.Add(FormattableString.Invariant($"no line of {line.Amount} {ours.Currency} on {line.LedgerAccount} {line.ErpCustomerId}").TrimEnd());
        }
        foreach (var line in left)
            differences.Add(FormattableString.Invariant($"a line of {line.Amount} {line.Currency} on {line.Account} {line.Customer}").TrimEnd());
        return string.Join(", ", differences);
    }

    private static Finding Conflicting(string code, string cause, string remedy) => new(ExceptionCategory.Business, code, cause, remedy);
}

/// <summary>One line of a move.</summary>
/// <param name="Id">The ERP's id.</param>
/// <param name="Move">The move's id.</param>
/// <param name="Account">Code.</param>
/// <param name="Customer">Id of the party; null where there is none, and where it is the company itself.</param>
/// <param name="CustomerCode">Our code of the party, or its id where it has none; empty without a customer.</param>
/// <param name="Currency">ISO code: the document's, where it is not the company's.</param>
/// <param name="Amount">In that currency, debit positive.</param>
/// <param name="Own">In the company's currency.</param>
/// <param name="Settled">Part of a reconciliation.</param>
internal sealed record HeldMoveLine(
    long Id, long Move, string Account, long? Customer, string CustomerCode, string Currency, decimal Amount, decimal Own, bool Settled)
{
    public static IReadOnlyList<string> Fields { get; } =
        ["move", "account.code", "party.code", "debit", "credit", "amount_second_currency", "second_currency.code", "reconciliation"];

    /// <summary>Reads a row.</summary>
    public static HeldMoveLine Of(JsonElement row, Catalogue catalogue)
    {
        var own = TrytonValues.Amount(row, "debit") - TrytonValues.Amount(row, "credit");
        var foreign = Related(row, "second_currency");
        var party = Related(row, "party") is { } found && TrytonValues.Id(found, "id") is { } id && id != catalogue.CompanyParty
            ? (Id: id, Code: Text(found, "code"))
            : ((long Id, string Code)?)null;
        return new HeldMoveLine(
            TrytonValues.Id(row, "id")!.Value, TrytonValues.Id(row, "move")!.Value, Text(Related(row, "account")!.Value, "code"), party?.Id,
            party is not { } customer ? "" : customer.Code.Length > 0 ? customer.Code : customer.Id.ToString(CultureInfo.InvariantCulture),
            foreign is { } currency ? Text(currency, "code") : catalogue.CompanyCurrency,
            foreign is null ? own : TrytonValues.Amount(row, "amount_second_currency"), own, TrytonValues.Id(row, "reconciliation") is not null);
    }

    /// <summary>Whether it is a line of ours: account, customer and amount.</summary>
    public bool Is(ErpEntryLine ours, string currency, TargetSettings target) =>
        Amount == ours.Amount && Currency == currency && Account == target.AccountOf(ours.LedgerAccount, ours.Account)
        && Customer == (ours.CustomerCode.Length > 0 ? EntryMap.PartyOf(ours) : null);
}
