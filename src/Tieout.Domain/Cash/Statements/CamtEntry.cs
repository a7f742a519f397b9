using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>Reads one entry (<c>Ntry</c>) with what it consists of.</summary>
internal static class CamtEntry
{
    private const int MostTransactions = 200_000;

    /// <summary>Takes the entry. Null for one that is not booked: pending ones come again, informed ones never move money.</summary>
    public static ReadEntry? Read(CamtXml xml, int no, string field)
    {
        List<CamtElement> head = [];
        List<CamtElement> transactions = [];
        CamtElement? batch = null;
        xml.Children(name =>
        {
            if (name != "NtryDtls")
            {
                head.Add(xml.Element());
                return;
            }
            xml.Children(detail =>
            {
                if (detail == "Btch") batch = xml.Element();
                else if (detail == "TxDtls") transactions.Add(xml.Element());
                else xml.Skip();
                if (transactions.Count > MostTransactions) throw new InvalidDataException($"an entry has more than {MostTransactions} transactions.");
            });
        });
        return Of(new CamtElement("Ntry", "", "", head), batch, transactions, no, field);
    }

    /// <summary>1 for credit, -1 for debit; null when neither is said.</summary>
    public static int? Sign(CamtElement element) => element.At("CdtDbtInd") switch { "CRDT" => 1, "DBIT" => -1, _ => null };

    /// <summary>A day, or the day of an instant.</summary>
    public static bool TryDay(CamtElement? element, out DateOnly day) =>
        StatementNumber.TryDay(element?.At("Dt") is { Length: > 0 } date ? date : element?.At("DtTm") ?? "", out day);

    private static ReadEntry? Of(CamtElement entry, CamtElement? batch, List<CamtElement> transactions, int no, string field)
    {
        // Version 2 has the code as text, version 8 below it.
        var status = entry.At("Sts/Cd") is { Length: > 0 } code ? code : entry.At("Sts");
        if (status is "PDNG" or "INFO" or "FUTR") return null;
        if (status != "BOOK")
            return Unread("Sts", "unknown-status", "It is not said whether the entry is booked.", "Ask the bank for BOOK, PDNG or INFO.");
        var stated = entry.Find("Amt");
        var wrong = StatementNumber.Problem($"{field}.Amt", stated?.Text ?? "", '.', stated?.Currency ?? "", out var figure, out var currency);
        if (currency is null) return new ReadEntry(null, "", ByReference: false, null, wrong);
        if (Sign(entry) is not { } sign)
            return Unread("CdtDbtInd", "missing", "It is not said whether the entry is credit or debit.", "Ask the bank for CRDT or DBIT.");
        var amount = sign * figure;
        if (wrong is not null) return new ReadEntry(amount, "", ByReference: false, null, wrong);
        var valued = TryDay(entry.Find("ValDt"), out var value);
        if (!TryDay(entry.Find("BookgDt"), out var booked))
        {
            if (!valued || entry.Find("BookgDt") is not null) return Bad("BookgDt", "bad-date", "The entry has no booking day that exists.",
                "Write it as 2026-01-31.");
            booked = value;
        }
        if (figure == 0) return Bad("Amt", "bad-amount", "The entry moves nothing.", "Leave it out; nothing is booked for it.");
        var reversal = entry.At("RvslInd") is "true" or "1";
        var (parts, problem) = new CamtTransactions(entry, new Money(amount, currency), reversal, field).Of(batch, transactions);
        if (problem is not null) return new ReadEntry(amount, "", ByReference: false, null, problem);
        var reference = entry.At("AcctSvcrRef");
        var draft = new StatementEntry(
            new EntryKey("", FromBank: false), no, new Money(amount, currency), reversal, booked, valued ? value : booked,
            StatementText.Clean(reference), TransactionCode(entry.Find("BkTxCd")), parts);
        return EntryIdentity.Of(draft, reference);

        ReadEntry Unread(string name, string bad, string reason, string remedy) =>
            new(null, "", ByReference: false, null, new PriceProblem($"{field}.{name}", bad, reason, remedy));
        ReadEntry Bad(string name, string bad, string reason, string remedy) =>
            new(amount, "", ByReference: false, null, new PriceProblem($"{field}.{name}", bad, reason, remedy));
    }

    private static string TransactionCode(CamtElement? code)
    {
        var domain = code?.Find("Domn");
        return StatementText.Clean(domain is null
            ? code?.At("Prtry/Cd") ?? ""
            : string.Create(CultureInfo.InvariantCulture, $"{domain.At("Cd")}/{domain.At("Fmly/Cd")}/{domain.At("Fmly/SubFmlyCd")}"));
    }
}
