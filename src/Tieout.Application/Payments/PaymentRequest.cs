using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Payments;

/// <summary>A payment as it is reported: read, not yet held against the books.</summary>
/// <param name="Recovers">Number of the write-off whose money it is; empty for none.</param>
internal sealed record PaymentRequest(
    string Account, DateOnly ReceivedOn, Money Amount, decimal Fee, string Source, string Reference, string Method, IReadOnlyList<SettleWish> Invoices,
    bool OldestFirst, string Recovers, string Reason, string Actor)
{
    /// <summary>Code of the legal entity's bank account that it came to; empty where nobody says: it lies on cash-clearing.</summary>
    public string BankAccount { get; init; } = "";

    /// <summary>What the money differs from its one invoice by goes to rounding.</summary>
    public bool Difference { get; init; }

    // Those whose references are made of what banks and gateways tell: whoever took one would stand in their way.
    private const string OfStatements = "bank";
    private const string OfGateways = "gateway:";

    private const int MostReference = 100;
    private const int MostWord = 40;

    /// <summary>One canonical text: the same payment reported again has the same.</summary>
    public string Content
    {
        get
        {
            var text = new StringBuilder(string.Create(
                CultureInfo.InvariantCulture,
                $"payment|{Account}|{ReceivedOn:yyyy-MM-dd}|{Canonical.Of(Amount.Amount)} {Amount.Currency}|{Canonical.Of(Fee)}|{Source}|{Reference}"));
            text.Append(CultureInfo.InvariantCulture, $"|{Method}|{OldestFirst}|{Recovers}");
            foreach (var wish in Invoices)
                text.Append(CultureInfo.InvariantCulture, $"|{wish.Number}={(wish.Amount is { } some ? Canonical.Of(some) : "all")}{Kept(wish)}");
            // Only where it is said: what was reported before there were several has the content that it had.
            if (BankAccount.Length > 0) text.Append(CultureInfo.InvariantCulture, $"|bank-account {BankAccount}");
            if (Difference) text.Append("|difference");
            return text.ToString();
        }
    }

    /// <summary>Of the content: what two reports of the same reference are compared by.</summary>
    public string ContentHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content)));

    /// <summary>Reads a document; docs/payments.md describes its members. Null beside the problems when it cannot be taken.</summary>
    /// <param name="source">That of the program's own ways, which nobody else may name; null where a person or another program asks.</param>
    public static PaymentRequest? Read(JsonElement document, string? actor, List<PriceProblem> problems, string? source = null)
    {
        var json = CashFields.Top(
            document, problems, "billing-account", "received-on", "amount", "currency", "fee", "source", "reference", "method", "invoices", "oldest-first",
            "recovers", "bank-account", "difference", "reason", "actor");
        var currency = json.Currency("currency");
        var reference = json.Reference("reference", MostReference);
        var amount = json.Need("amount") is null ? null : json.Amount("amount", currency);
        var request = new PaymentRequest(
            json.Words("billing-account", MostReference), json.Need("received-on")?.AsDate() ?? default, new Money(amount ?? 0, currency), ReadFee(json,
                currency, amount),
            source ?? ReadSource(json), reference, json.WordsOr("method", MostWord, "bank-transfer"), json.Wishes(currency),
            json.FlagOr("oldest-first", otherwise: false), json.DocumentNumber("recovers"), json.WordsOr("reason", GivenText.ReasonMost, $"Payment {reference}"),
            actor ?? json.Words("actor", GivenText.ActorMost))
        { BankAccount = json.BankAccount(), Difference = json.FlagOr("difference", otherwise: false) };
        if ((request.Invoices.Count > 0 ? 1 : 0) + (request.OldestFirst ? 1 : 0) + (request.Recovers.Length > 0 ? 1 : 0) > 1)
            json.AddAt("invoices", "one-of", "Only one of invoices, oldest-first and recovers can be meant.", "Give one of them, or none.");
        if (request.Difference && request.Invoices.Count != 1)
            json.AddAt("difference", "one-invoice", "A small difference is that of a payment to the one invoice it names.", "Give one invoice, or leave it out.");
        return problems.Count > 0 ? null : request;
    }

    private static string Kept(SettleWish wish) => wish.Discount is { } discount ? $"-{Canonical.Of(discount).ToString(CultureInfo.InvariantCulture)}" : "";

    private static string ReadSource(JsonFields json)
    {
        var source = json.WordsOr("source", MostWord, "api");
        var word = source.Trim();
        if (word.Equals(OfStatements, StringComparison.OrdinalIgnoreCase) || word.StartsWith(OfGateways, StringComparison.OrdinalIgnoreCase))
            json.AddAt(
                "source", "reserved-source", "Payments of bank statements and of payment gateways have this source.",
                "Name another, such as the bank's own name.");
        return source;
    }

    private static decimal ReadFee(JsonFields json, Currency currency, decimal? amount)
    {
        if (json.Find("fee") is not { } field || field.AsNumber() is not { } fee) return 0;
        if (fee < 0 || !new Money(fee, currency).IsWhole || fee >= amount)
            field.Add("bad-amount", "A fee of zero or more, below the amount, in whole minor units is expected.", "Give what the bank kept.");
        return fee;
    }
}
