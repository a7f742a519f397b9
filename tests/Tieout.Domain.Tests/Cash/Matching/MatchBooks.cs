using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Customers;

namespace Tieout.Domain.Tests.Cash.Matching;

/// <summary>Two customers and what they owe: Harbour Mills pays from GB29…, Quay Ltd from FR14….</summary>
internal static class MatchBooks
{
    public const string HarbourIban = "GB29NWBK60161331926819";
    public const string QuayIban = "FR1420041010050500013M02606";

    public static readonly Guid Harbour = new("00000000-0000-0000-0000-0000000000a1");
    public static readonly Guid Quay = new("00000000-0000-0000-0000-0000000000a2");
    public static readonly DateOnly Today = new(2026, 11, 20);

    public static readonly KnownPayer[] Payers = [new(Harbour, "Harbour Mills Ltd", [HarbourIban]), new(Quay, "Quay & Sons GmbH", [QuayIban])];

    public static OpenItem Item(string number, string open, Guid? account = null, string currency = "EUR", string date = "2026-11-01", DiscountTerms? discount = null) =>
        new(IdOf(number), number, account ?? Harbour, Currency.Of(currency), Amounts.Day(date), Amounts.D(open), discount);

    public static BankLine Line(
        string amount, string text = "", string payer = HarbourIban, string name = "Harbour Mills Ltd", string charges = "0", string key = "k", string currency = "EUR") =>
        new(key, new Money(Amounts.D(amount), Currency.Of(currency)), Today, new StatementParty(name, payer), text, [], [], Amounts.D(charges), []);

    public static MatchDecision Decide(BankLine line, params OpenItem[] items) => MatchCash.Decide(line, new MatchBook(items, Payers), MatchPolicy.Default);

    /// <summary>One line for a test table: <c>certain A=100</c>, <c>proposed A=40 rest 5 | B=45</c>, <c>unapplied</c>, <c>unknown-payer</c>.</summary>
    public static string Told(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain(var match) => $"certain {Told(match)}",
        MatchDecision.Proposed(var proposals) => $"proposed {string.Join(" | ", proposals.Select(Told))}",
        MatchDecision.Unapplied => "unapplied",
        MatchDecision.Unknown(var code, _) => code,
        _ => throw new InvalidOperationException(),
    };

    public static Guid IdOf(string text) => new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))[..16]);

    private static string Told(Proposal match) => string.Join(' ', match.Settles.Select(part => FormattableString.Invariant($"{part.Number}={part.Amount:0.####}"))
        .Concat(match.Fee > 0 ? [FormattableString.Invariant($"fee {match.Fee:0.####}")] : [])
        .Concat(match.Discount > 0 ? [FormattableString.Invariant($"discount {match.Discount:0.####}")] : [])
        .Concat(match.IsOff ? [FormattableString.Invariant($"off {match.Settles[0].Difference:0.####}")] : [])
        .Concat(match.Unapplied > 0 ? [FormattableString.Invariant($"rest {match.Unapplied:0.####}")] : [])
        .Concat(match.TakesBack is null ? [] : ["takes back"]));
}
