using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Payments;

/// <summary>Who asks for a movement of cash, why, on which day.</summary>
internal sealed record CashGiven(string Reason, string Actor, DateOnly? On);

/// <summary>Reads what the requests for cash have in common, with every problem of a document.</summary>
internal static class CashFields
{
    public static CashGiven Given(this JsonFields json, string? actor) => new(
        json.Words("reason", GivenText.ReasonMost), actor ?? json.Words("actor", GivenText.ActorMost), json.DateOrNone("on"));

    /// <summary>One line of text that must be there, without card numbers.</summary>
    public static string Words(this JsonFields json, string name, int most)
    {
        if (json.Need(name) is not { } field || field.AsText() is not { } text) return "";
        if (GivenText.Problem(text, most) is { } problem) field.Add("bad-text", problem, "Correct it.");
        return text;
    }

    /// <summary>The same for what the sender of money calls it: a card is only what a card scheme gives.</summary>
    public static string Reference(this JsonFields json, string name, int most)
    {
        if (json.Need(name) is not { } field || field.AsReference() is not { } text) return "";
        if (GivenText.ReferenceProblem(text, most) is { } problem) field.Add("bad-text", problem, "Correct it.");
        return text;
    }

    /// <summary>The same as words, or another when it is absent.</summary>
    public static string WordsOr(this JsonFields json, string name, int most, string otherwise) =>
        json.Find(name) is null ? otherwise : json.Words(name, most);

    /// <summary>The number of a document as the books write it; empty when it is absent.</summary>
    public static string DocumentNumber(this JsonFields json, string name) => json.Find(name) is null ? "" : json.Words(name, 16).ToUpperInvariant();

    /// <summary>The code of a bank account of the legal entity; empty when it is absent.</summary>
    public static string BankAccount(this JsonFields json) => json.Find("bank-account") is null ? "" : json.Words("bank-account", LedgerAccount.BankCodeMost);

    /// <summary>An amount above zero; null when it is absent. Decimals are held against the currency where that is known.</summary>
    public static decimal? Amount(this JsonFields json, string name, Currency? currency = null)
    {
        if (json.Find(name) is not { } field || field.AsNumber() is not { } amount) return null;
        if (Problem(amount, currency) is not { } problem) return amount;
        field.Add("bad-amount", problem, "Give it as text with a decimal point, such as \"12.50\".");
        return null;
    }

    /// <summary>What settles what: <c>invoices</c> with an invoice and, unless all of it is meant, an amount.</summary>
    /// <param name="discounts">Whether a discount may be named with each.</param>
    public static IReadOnlyList<SettleWish> Wishes(this JsonFields json, Currency? currency = null, bool discounts = true)
    {
        if (json.Find("invoices") is not { } field) return [];
        var items = field.Items();
        if (items.Count > MostInvoices) field.Add("out-of-range", $"There are {items.Count} invoices.", $"Give at most {MostInvoices}.");
        List<SettleWish> wishes = [];
        foreach (var item in items)
        {
            item.Allow(discounts ? ["invoice", "amount", "discount"] : ["invoice", "amount"]);
            if (item.IsObject && item.Find("invoice") is null) item.AddAt("invoice", "missing", "'invoice' is missing.", "Give its number.");
            wishes.Add(new SettleWish(item.DocumentNumber("invoice"), item.Amount("amount", currency), discounts ? item.Amount("discount", currency) : null));
        }
        return wishes;
    }

    /// <summary>An amount against the currency, once that is known.</summary>
    public static string? Problem(decimal amount, Currency? currency) =>
        amount <= 0 || (currency is not null && !new Money(amount, currency).IsWhole) ? "An amount above zero in whole minor units is expected."
        : amount >= Largest ? "This amount is too large to be booked; at most 15 digits before the point are."
        : null;

    public static JsonFields Top(JsonElement document, List<PriceProblem> problems, params IReadOnlyList<string> names) =>
        JsonFields.Top(document, problems).Allow(names);

    private const int MostInvoices = 500;
    private const decimal Largest = 1_000_000_000_000_000m;
}
