using System.Globalization;
using System.Xml;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>What a file holds; with a problem, nothing of it is taken.</summary>
public sealed record CamtReading(IReadOnlyList<StatementPage> Pages, PriceProblem? Problem);

/// <summary>
/// Reads bank statements of ISO 20022: camt.053.001.02 and camt.053.001.08, any namespace prefix, any number of accounts and statements.
/// Forward and once, so that a file may be as large as it likes; held is what an entry says, not its XML.
/// </summary>
/// <remarks>Source: the two schemas of the ISO 20022 registration authority.</remarks>
public static class ReadCamt
{
    private const string Family = "urn:iso:std:iso:20022:tech:xsd:camt.";
    private const int MostEntries = 1_000_000;
    private static readonly string[] Versions = [Family + "053.001.02", Family + "053.001.08"];

    /// <summary>Reads a file to its end. The stream stays open.</summary>
    public static CamtReading Run(Stream file)
    {
        try
        {
            using var reader = XmlReader.Create(file, CamtXml.Settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "Document" || !Versions.Contains(reader.NamespaceURI))
                return Problem("unknown-format", Format(reader),
                    "Ask the bank for camt.053.001.02 or camt.053.001.08, or import a CSV file with a mapping.");
            List<StatementPage> pages = [];
            var xml = new CamtXml(reader);
            var message = 0;
            xml.Children(name =>
            {
                if (name == "BkToCstmrStmt") Message(xml, pages, message++);
                else xml.Skip();
            });
            // What stands behind the document must be nothing; a file that is cut off fails here at the latest.
            while (reader.Read()) { }
            return pages.Count > 0 ? new CamtReading(pages, null) : Problem("no-statement", "The file holds no statement.",
                "Send a file with at least one.");
        }
        catch (XmlException trouble)
        {
            return Problem(
                "bad-xml", string.Create(CultureInfo.InvariantCulture,
                    $"The file is not whole, well-formed XML without a DTD: line {trouble.LineNumber}."),
                "Fetch it from the bank again and send it unchanged.");
        }
        catch (InvalidDataException trouble)
        {
            return Problem("too-large", $"The file cannot be a bank statement: {trouble.Message}", "Send the file as the bank made it.");
        }
    }

    private static CamtReading Problem(string code, string reason, string remedy) => new([], new PriceProblem("file", code, reason, remedy));

    // A namespace is not repeated unless it is one of the family: it could be anything.
    private static string Format(XmlReader reader) => reader.NamespaceURI.StartsWith(Family, StringComparison.Ordinal) && reader.NamespaceURI.Length < 60
        ? $"The file is camt.{reader.NamespaceURI[Family.Length..]}, which is not read."
        : "The file is no bank statement of ISO 20022.";

    private static void Message(CamtXml xml, List<StatementPage> pages, int message)
    {
        var page = PageNumber.Only;
        var statement = 0;
        xml.Children(name =>
        {
            if (name == "GrpHdr") page = Page(xml.Element().Find("MsgPgntn"), PageNumber.Only, ofStatement: false);
            else if (name == "Stmt")
                pages.Add(Statement(xml, string.Create(CultureInfo.InvariantCulture,
                    $"{(message > 0 ? $"BkToCstmrStmt[{message}]." : "")}Stmt[{statement++}]"), page));
            else xml.Skip();
        });
    }

    private static PageNumber Page(CamtElement? stated, PageNumber otherwise, bool ofStatement) =>
        stated is not null && int.TryParse(stated.At("PgNb"), NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? new PageNumber(no, stated.At("LastPgInd") is "true" or "1", ofStatement)
            : otherwise;

    private static StatementPage Statement(CamtXml xml, string field, PageNumber page)
    {
        var (account, currency, id) = ("", "", "");
        long? sequence = null;
        List<StatedBalance> balances = [];
        List<ReadEntry> entries = [];
        List<PriceProblem> problems = [];
        var no = 0;
        xml.Children(name =>
        {
            switch (name)
            {
                case "Id": id = StatementText.Clean(xml.Element().Text); break;
                case "StmtPgntn": page = Page(xml.Element(), page, ofStatement: true); break;
                case "ElctrncSeqNb": sequence = Whole(xml.Element().Text); break;
                case "Acct": (account, currency) = Account(xml.Element()); break;
                case "Bal": Balance(xml.Element(), $"{field}.Bal", balances, problems); break;
                case "Ntry":
                    if (++no > MostEntries) throw new InvalidDataException($"a statement has more than {MostEntries} entries.");
                    if (CamtEntry.Read(xml, no, string.Create(CultureInfo.InvariantCulture, $"{field}.Ntry[{no - 1}]")) is { } entry) entries.Add(entry);
                    break;
                default: xml.Skip(); break;
            }
        });
        if (id.Length == 0) problems.Add(new PriceProblem($"{field}.Id", "missing", "The statement has no id.", "Ask the bank for a statement with one."));
        return new StatementPage(field, account, currency, id, sequence, page, balances, entries, problems);
    }

    private static long? Whole(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static (string Account, string Currency) Account(CamtElement account) =>
        (StatementText.Account(account.At("Id/IBAN") is { Length: > 0 } iban ? iban : account.At("Id/Othr/Id")), account.At("Ccy"));

    private static void Balance(CamtElement stated, string field, List<StatedBalance> balances, List<PriceProblem> problems)
    {
        BalanceKind? kind = stated.At("Tp/CdOrPrtry/Cd") switch
        {
            "OPBD" => BalanceKind.Opening,
            "PRCD" => BalanceKind.PreviousClosing,
            "ITBD" => BalanceKind.Interim,
            "CLBD" => BalanceKind.Closing,
            // Available and expected balances prove nothing.
            _ => null,
        };
        if (kind is null) return;
        var amount = stated.Find("Amt");
        if (StatementNumber.Problem($"{field}.Amt", amount?.Text ?? "", '.', amount?.Currency ?? "", out var figure, out var currency) is { } problem)
            problems.Add(problem);
        else if (CamtEntry.Sign(stated) is not { } sign)
            problems.Add(new PriceProblem($"{field}.CdtDbtInd", "missing", "It is not said whether the balance is credit or debit.",
                "Write CRDT or DBIT."));
        else if (!CamtEntry.TryDay(stated.Find("Dt"), out var day))
            problems.Add(new PriceProblem($"{field}.Dt", "bad-date", "The balance has no day that exists.", "Write it as 2026-01-31."));
        else balances.Add(new StatedBalance(kind.Value, new Money(sign * figure, currency!), day));
    }
}
