using System.Globalization;

namespace Tieout.Domain.Cash.Statements;

/// <summary>Reads the words of one transaction (<c>TxDtls</c>): who, under which references, for what.</summary>
internal static class CamtTransaction
{
    private const string NotProvided = "NOTPROVIDED";
    private const int MostDocuments = 1_000;
    private static readonly string[] Ids = ["TxId", "InstrId", "MndtId", "UETR", "PmtInfId", "ClrSysRef"];

    /// <summary>With the amount and charges that were found for it.</summary>
    /// <param name="reversal">The entry takes an earlier one back: whoever paid then is the debtor still.</param>
    public static StatementTransaction Of(CamtElement element, int no, Money amount, decimal charges, bool reversal)
    {
        var returned = reversal || element.Find("RtrInf") is not null;
        var structured = (element.Find("RmtInf")?.All("Strd") ?? []).Take(MostDocuments).ToList();
        var endToEnd = element.At("Refs/EndToEndId");
        return new StatementTransaction(
            no, amount, charges,
            // Of money that came, and of a collection that came back, the debtor; of money that went, the creditor.
            Party(element.Find("RltdPties"), amount.Amount > 0 || returned ? "Dbtr" : "Cdtr"),
            endToEnd == NotProvided ? "" : StatementText.Clean(endToEnd),
            [.. Ids.Select(name => element.At($"Refs/{name}")).Where(id => id.Length > 0 && id != NotProvided).Select(StatementText.Clean)],
            Text(element, structured),
            [.. structured.Select(item => item.At("CdtrRefInf/Ref")).Where(reference => reference.Length > 0).Select(StatementText.Reference)],
            [.. structured.SelectMany(Documents).Take(MostDocuments)],
            Exchange(element.Find("AmtDtls"), amount),
            returned, StatementText.Clean(element.At("RtrInf/Rsn/Cd")));
    }

    private static StatementParty Party(CamtElement? parties, string role)
    {
        if (parties is null) return StatementParty.Unknown;
        // Version 8 has the name one step deeper; the one on whose behalf it is paid says more than a payment service's own name.
        var name = new[] { $"Ultmt{role}", role }
            .SelectMany(party => new[] { parties.At($"{party}/Pty/Nm"), parties.At($"{party}/Nm"), parties.At($"{party}/Agt/FinInstnId/Nm") })
            .FirstOrDefault(found => found.Length > 0) ?? "";
        var account = parties.Find($"{role}Acct/Id");
        return new StatementParty(
            StatementText.Clean(name), StatementText.Account(account?.At("IBAN") is { Length: > 0 } iban ? iban : account?.At("Othr/Id") ?? ""));
    }

    // Banks cut what a payer wrote into lines; where they had no place for it they put it into their own remark.
    private static string Text(CamtElement element, List<CamtElement> structured)
    {
        var free = element.Find("RmtInf")?.All("Ustrd") ?? [];
        var lines = free.Concat(structured.SelectMany(item => item.All("AddtlRmtInf"))).Select(line => line.Text).ToList();
        if (lines.Count == 0 && structured.Count == 0) lines.Add(element.At("AddtlTxInf"));
        return StatementText.Clean(string.Join(' ', lines));
    }

    private static IEnumerable<AdvisedDocument> Documents(CamtElement structured)
    {
        var named = structured.All("RfrdDocInf").Where(document => document.At("Nb").Length > 0).ToList();
        var paid = structured.Find("RfrdDocAmt/RmtdAmt");
        // An amount belongs to a document only where it stands beside one.
        decimal? remitted = named.Count == 1 && paid is not null && StatementNumber.TryRead(paid.Text, '.', out var figure) ? figure : null;
        return named.Select(document => new AdvisedDocument(
            StatementText.Clean(document.At("Tp/CdOrPrtry/Cd") is { Length: > 0 } code ? code : document.At("Tp/CdOrPrtry/Prtry")),
            StatementText.Clean(document.At("Nb")), remitted));
    }

    private static StatedExchange? Exchange(CamtElement? details, Money amount)
    {
        if (details is null) return null;
        foreach (var name in new[] { "InstdAmt", "TxAmt" })
        {
            if (details.Find(name) is not { } stated || stated.Find("Amt") is not { } ordered || ordered.Currency == amount.Currency.Code) continue;
            if (!Currency.TryOf(ordered.Currency, out var currency) || !StatementNumber.TryRead(ordered.Text, '.', out var figure)) continue;
            var exchange = stated.Find("CcyXchg") ?? details.Find("TxAmt/CcyXchg") ?? details.Find("CntrValAmt/CcyXchg");
            return new StatedExchange(new Money(figure, currency), Rate(exchange?.At("XchgRate") ?? ""), exchange?.At("UnitCcy") ?? "");
        }
        return null;
    }

    // Up to ten decimals by the schema; more digits than a decimal keeps are not a rate.
    private static decimal? Rate(string text) =>
        text.Length is > 0 and <= 22 && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate > 0 ? rate : null;
}
