using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>
/// What an entry consists of. Its transactions have to add up to it, before or after charges; a collective booking that says nothing of
/// its parts stays one transaction that counts for many.
/// </summary>
internal sealed class CamtTransactions(CamtElement entry, Money booked, bool reversal, string field)
{
    private sealed record Part(CamtElement Element, decimal? Amount, decimal Charges);

    /// <summary>At least one, or why not.</summary>
    public (IReadOnlyList<StatementTransaction> Parts, PriceProblem? Problem) Of(CamtElement? batch, List<CamtElement> transactions)
    {
        var count = int.TryParse(batch?.At("NbOfTxs"), NumberStyles.None, CultureInfo.InvariantCulture, out var many) ? many : 1;
        if (transactions.Count == 0) return ([Whole([], Charges(entry), Math.Max(1, count))], null);
        if (transactions.Count == 1)
        {
            var charges = Charges(transactions[0]) is > 0 and var own ? own : Charges(entry);
            return ([Whole(transactions, charges, Math.Max(1, count))], null);
        }
        List<Part> parts = [.. transactions.Select(one => new Part(one, Amount(one), Charges(one)))];
        if (parts.Any(part => part.Amount is null)) return ([Whole(transactions, 0, Math.Max(parts.Count, count))], null);
        var gross = parts.Sum(part => part.Amount!.Value);
        var before = gross != booked.Amount && gross - parts.Sum(part => part.Charges) == booked.Amount;
        if (gross != booked.Amount && !before)
            return ([], new PriceProblem(
                $"{field}.NtryDtls", "details-differ", "The transactions of the entry do not add up to it, neither before nor after their charges.",
                "Ask the bank for the missing details, and book this entry by hand until then."));
        List<StatementTransaction> read = [];
        foreach (var (index, part) in parts.Index())
        {
            var amount = new Money(part.Amount!.Value - (before ? part.Charges : 0), booked.Currency);
            if (!amount.IsWhole)
                return ([], StatementNumber.Scale(string.Create(CultureInfo.InvariantCulture, $"{field}.NtryDtls.TxDtls[{index}].Amt"), booked.Currency));
            read.Add(CamtTransaction.Of(part.Element, index + 1, amount, part.Charges, reversal));
        }
        return (read, null);
    }

    // One transaction for all of the entry: the amount is the booked one, the words are those of all its parts.
    private StatementTransaction Whole(List<CamtElement> transactions, decimal charges, int count)
    {
        var remark = StatementText.Clean(entry.At("AddtlNtryInf"));
        if (transactions.Count == 0) return CamtTransaction.Of(entry, 1, booked, charges, reversal) with { Text = remark, Count = count };
        var one = CamtTransaction.Of(transactions[0], 1, booked, charges, reversal) with { Count = count };
        if (transactions.Count == 1)
            return one.Text.Length > 0 || one.References.Count > 0 || one.Documents.Count > 0
                ? one
                : one with { Text = remark };
        var all = transactions.Select((part, index) => CamtTransaction.Of(part, index + 1, booked, 0, reversal)).ToList();
        return one with
        {
            Other = StatementParty.Unknown,
            Text = StatementText.Clean(string.Join(' ', all.Select(part => part.Text))),
            References = [.. all.SelectMany(part => part.References)],
            Documents = [.. all.SelectMany(part => part.Documents)],
        };
    }

    // Version 8 states it, version 2 below AmtDtls; of an amount in another currency its value in the account's.
    private decimal? Amount(CamtElement transaction)
    {
        var stated = new[] { "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt" }
            .Select(transaction.Find).FirstOrDefault(amount => amount?.Currency == booked.Currency.Code);
        return stated is not null && StatementNumber.TryRead(stated.Text, '.', out var figure)
            ? (CamtEntry.Sign(transaction) ?? Math.Sign(booked.Amount)) * figure : null;
    }

    // What was kept; what a bank gives back counts against it. Version 8 has a record for each.
    private decimal Charges(CamtElement element) => Math.Max(0, element.All("Chrgs")
        .SelectMany(charges => charges.Find("Rcrd") is null ? [charges] : charges.All("Rcrd"))
        .Where(charge => charge.Find("Amt")?.Currency == booked.Currency.Code && StatementNumber.TryRead(charge.At("Amt"), '.', out _))
        .Sum(charge => StatementNumber.TryRead(charge.At("Amt"), '.', out var figure) ? -(CamtEntry.Sign(charge) ?? -1) * figure : 0));
}
