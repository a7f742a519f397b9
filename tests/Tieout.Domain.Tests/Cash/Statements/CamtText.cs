using System.Text;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>Makes statements of ISO 20022 for tests: our own figures and names, nobody's file.</summary>
internal static class CamtText
{
    public const string OurIban = "DE89370400440532013000";
    public const string PayerIban = "GB29NWBK60161331926819";

    public static readonly OwnAccount Ours = new(OurIban, Currency.Of("EUR"), new Guid("00000000-0000-0000-0000-0000000000e1"));

    public static StatementBook Book { get; } = new(
        new OwnAccounts([Ours]), new HashSet<(string, string, string)>());

    /// <summary>A document of one message.</summary>
    public static string Document(string version, params string[] statements) => Message(version, "", "", statements);

    public static string Message(string version, string prefix, string header, params string[] statements)
    {
        var (open, mark) = prefix.Length > 0 ? ($"xmlns:{prefix}", prefix + ":") : ("xmlns", "");
        var body = $"<BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-20T20:00:00Z</CreDtTm>{header}</GrpHdr>{string.Concat(statements)}</BkToCstmrStmt>";
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><{mark}Document {open}=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}\">"
            + (mark.Length > 0 ? body.Replace("</", "\u0001", StringComparison.Ordinal).Replace("<", "<" + mark, StringComparison.Ordinal)
                .Replace("\u0001", "</" + mark, StringComparison.Ordinal) : body) + $"</{mark}Document>";
    }

    public static string Statement(string id, string opening, string closing, params string[] entries) =>
        Statement(id, Balance("OPBD", opening) + Balance("CLBD", closing), entries);

    public static string Statement(string id, string balances, string[] entries, string page = "", string iban = OurIban) =>
        $"<Stmt><Id>{id}</Id>{page}<ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-11-20T20:00:00Z</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        + balances + string.Concat(entries) + "</Stmt>";

    public static string Balance(string code, string amount, string currency = "EUR") =>
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{currency}\">{amount.TrimStart('-')}</Amt><CdtDbtInd>"
        + (amount.StartsWith('-') ? "DBIT" : "CRDT") + "</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>";

    /// <summary>An entry of version 2; <paramref name="more"/> stands where the details do.</summary>
    public static string Entry(
        string amount, string more = "", string reference = "", string status = "BOOK", string currency = "EUR", string reversal = "", string day = "2026-11-20",
        string charges = "") =>
        $"<Ntry><Amt Ccy=\"{currency}\">{amount.TrimStart('-')}</Amt><CdtDbtInd>{(amount.StartsWith('-') ? "DBIT" : "CRDT")}</CdtDbtInd>"
        + (reversal.Length > 0 ? $"<RvslInd>{reversal}</RvslInd>" : "") + $"<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>2026-11-21</Dt></ValDt>"
        + (reference.Length > 0 ? $"<AcctSvcrRef>{reference}</AcctSvcrRef>" : "")
        + "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>" + charges + more + "</Ntry>";

    public static string Details(params string[] transactions) => $"<NtryDtls>{string.Concat(transactions)}</NtryDtls>";

    /// <summary>A transaction of version 2.</summary>
    public static string Transaction(string amount, string text, string endToEnd = "NOTPROVIDED", string more = "") =>
        $"<TxDtls><Refs><EndToEndId>{endToEnd}</EndToEndId></Refs>"
        + (amount.Length > 0 ? $"<AmtDtls><TxAmt><Amt Ccy=\"EUR\">{amount}</Amt></TxAmt></AmtDtls>" : "") + more
        + $"<RltdPties><Dbtr><Nm>Harbour Mills Ltd</Nm></Dbtr><DbtrAcct><Id><IBAN>{PayerIban}</IBAN></Id></DbtrAcct></RltdPties>"
        + $"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>";

    public static CamtReading Read(string xml)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        return ReadCamt.Run(stream);
    }

    public static StatementReading Judge(params string[] files) => JudgeStatements.Run(files.SelectMany(Pages), Book);

    private static IReadOnlyList<StatementPage> Pages(string file)
    {
        var reading = Read(file);
        reading.Problem.ShouldBeNull();
        return reading.Pages;
    }

    /// <summary>The only statement, which is good.</summary>
    public static BankStatement Good(params string[] files)
    {
        var reading = Judge(files);
        reading.Refused.SelectMany(refused => refused.Problems).Select(problem => problem.ToString()).ShouldBeEmpty();
        return reading.Statements.ShouldHaveSingleItem();
    }

    /// <summary>Code and field of each problem of the only statement, which is refused.</summary>
    public static string Refused(params string[] files)
    {
        var reading = Judge(files);
        reading.Statements.ShouldBeEmpty();
        var problems = reading.Refused.ShouldHaveSingleItem().Problems;
        problems.ShouldAllBe(problem => problem.Reason.Length > 10 && problem.Remedy.Length > 5);
        return string.Join("; ", problems.Select(problem => $"{problem.Code} {problem.Field}"));
    }
}
