using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash;

/// <summary>An invoice as money is held against it.</summary>
/// <param name="Account">Its billing account.</param>
/// <param name="IsInvoice">False for a credit memo.</param>
/// <param name="Open">What it still asks for; negative where the customer has a credit on it.</param>
public sealed record SettledInvoice(Guid Id, string Number, Guid Account, bool IsInvoice, string Currency, DateOnly Date, decimal Open)
{
    /// <summary>The discount it was issued with; null for none, and where nobody asks for one.</summary>
    public InvoiceDiscount? Discount { get; init; }
}

/// <summary>What somebody wants to settle.</summary>
/// <param name="Number">The invoice's.</param>
/// <param name="Amount">How much of the money; null for all it asks for, as far as the money goes.</param>
/// <param name="Discount">What is kept of it for paying early; null for nothing.</param>
public sealed record SettleWish(string Number, decimal? Amount, decimal? Discount = null);

/// <summary>Money to be applied.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="On">The day of the entry.</param>
public sealed record CashToApply(Guid Account, Money Amount, DateOnly On)
{
    /// <summary>The day on which the money came, which decides about discounts: that of the entry, or an earlier one.</summary>
    public DateOnly ReceivedOn { get; init; } = On;

    /// <summary>
    /// What the one invoice named may differ from the money by, and is settled all the same; null where the difference stays owed, or unapplied.
    /// </summary>
    public decimal? Tolerance { get; init; }
}

/// <summary>What came of it.</summary>
public abstract record ApplyDecision
{
    private ApplyDecision() { }

    /// <summary>These invoices are settled by these amounts, and so much is left.</summary>
    public sealed record Applied(IReadOnlyList<CashShare> Shares, decimal Rest) : ApplyDecision;

    /// <summary>Nothing is.</summary>
    public sealed record Refused(PriceProblem Problem) : ApplyDecision;
}

/// <summary>
/// Which invoices money settles: those named, in their order, or the oldest first. Never more than was received, never more than an
/// invoice asks for, only invoices of the account in its currency, on their date or later. A discount for paying early is kept only where an invoice
/// is named with it, and no more than its terms allow.
/// </summary>
public static class ApplyCash
{
    /// <summary>By name. Problems are told at <c>invoices[n]</c>.</summary>
    public static ApplyDecision Named(CashToApply cash, IReadOnlyList<SettleWish> wishes, IReadOnlyList<SettledInvoice> invoices)
    {
        List<CashShare> shares = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        var rest = cash.Amount.Amount;
        foreach (var (index, wish) in wishes.Index())
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"invoices[{index}]");
            if (!seen.Add(wish.Number))
                return Refused($"{field}.invoice", "invoice-twice", "this invoice is named twice", "Name it once, with the whole amount.");
            var invoice = invoices.FirstOrDefault(one => one.Number == wish.Number);
            if (NotSettled(cash, invoice, field) is { } refused) return refused;
            if (cash.Tolerance is { } tolerance) return Exactly(cash, wish, invoice!, tolerance, field);
            var discount = wish.Discount ?? 0m;
            var amount = wish.Amount ?? Math.Min(invoice!.Open - discount, rest);
            if ((Wrong(cash, wish.Amount, amount, invoice!.Open - discount, rest, field) ?? Unearned(cash, wish, invoice, amount + discount, field)) is { } wrong)
                return wrong;
            shares.Add(new CashShare(new CashPool.OnInvoice(invoice.Id), amount));
            if (discount > 0) shares.AddRange(invoice.Discount!.Shares(invoice.Id, discount, cash.Amount.Currency));
            rest -= amount;
        }
        return new ApplyDecision.Applied(shares, rest);
    }

    /// <summary>The oldest first, as far as the money goes; those dated later than the money are left alone.</summary>
    public static ApplyDecision OldestFirst(CashToApply cash, IEnumerable<SettledInvoice> invoices)
    {
        List<CashShare> shares = [];
        var rest = cash.Amount.Amount;
        foreach (var invoice in invoices.OrderBy(one => one.Date).ThenBy(one => one.Number, StringComparer.Ordinal))
        {
            if (rest <= 0) break;
            if (invoice.Open <= 0 || NotSettled(cash, invoice, "") is not null) continue;
            var amount = Math.Min(invoice.Open, rest);
            shares.Add(new CashShare(new CashPool.OnInvoice(invoice.Id), amount));
            rest -= amount;
        }
        return new ApplyDecision.Applied(shares, rest);
    }

    // All of the money is for one invoice, and settles it though it is a little less or more.
    private static ApplyDecision Exactly(CashToApply cash, SettleWish wish, SettledInvoice invoice, decimal tolerance, string field)
    {
        var (money, discount) = (cash.Amount.Amount, wish.Discount ?? 0m);
        if (PaymentRules.Difference(invoice.Open - discount, money, tolerance) is not { } difference)
            return Refused(
                "difference", "more-than-tolerance",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it differs by {Math.Abs(invoice.Open - discount - money):0.####} from what the invoice asks for, and {tolerance:0.####} may go to rounding"),
                "Leave it out: what is missing stays owed, and what is too much unapplied.");
        if (Unearned(cash, wish, invoice, invoice.Open, field) is { } unearned) return unearned;
        List<CashShare> shares = [new(new CashPool.OnInvoice(invoice.Id), Math.Min(money, invoice.Open - discount))];
        if (discount > 0) shares.AddRange(invoice.Discount!.Shares(invoice.Id, discount, cash.Amount.Currency));
        if (difference > 0) shares.Add(new CashShare(new CashPool.Short(invoice.Id), difference));
        if (difference < 0) shares.Add(new CashShare(new CashPool.Kept(), -difference));
        return new ApplyDecision.Applied(shares, 0m);
    }

    // A discount that the terms do not give.
    private static ApplyDecision.Refused? Unearned(CashToApply cash, SettleWish wish, SettledInvoice invoice, decimal settled, string field) => wish.Discount switch
    {
        null => null,
        var discount when discount <= 0 || !new Money(discount.Value, cash.Amount.Currency).IsWhole => Refused(
            $"{field}.discount", "bad-amount", "an amount above zero in whole minor units is expected", "Give it with no more decimals than the currency keeps."),
        _ when invoice.Discount is null => Refused(
            $"{field}.discount", "no-discount", "the invoice was issued without a discount for paying early", "Leave the discount out, or credit the invoice."),
        var discount => invoice.Discount.Refusal(discount.Value, settled, cash.ReceivedOn, cash.Amount.Currency, $"{field}.discount") is { } no
            ? new ApplyDecision.Refused(no) : null,
    };

    private static ApplyDecision.Refused? NotSettled(CashToApply cash, SettledInvoice? invoice, string field) => invoice switch
    {
        null => Refused($"{field}.invoice", "unknown-invoice", "no invoice has this number", "Correct the number."),
        { IsInvoice: false } => Refused($"{field}.invoice", "not-an-invoice", "this is a credit memo", "Name an invoice."),
        _ when invoice.Account != cash.Account => Refused(
            $"{field}.invoice", "other-account", "this invoice is of another billing account", "Name an invoice of the account that paid."),
        _ when invoice.Currency != cash.Amount.Currency.Code => Refused(
            $"{field}.invoice", "other-currency", $"this invoice is in {invoice.Currency}", "Name an invoice in the currency of the money."),
        { Open: <= 0 } => Refused($"{field}.invoice", "nothing-left", "nothing is owed on this invoice", "Leave it out; the rest stays unapplied."),
        _ when cash.On < invoice.Date => Refused(
            $"{field}.invoice", "before-invoice", string.Create(CultureInfo.InvariantCulture, $"the invoice is dated {invoice.Date:yyyy-MM-dd}"),
            "Leave the money unapplied, and apply it on that day or later."),
        _ => null,
    };

    private static ApplyDecision.Refused? Wrong(CashToApply cash, decimal? wanted, decimal amount, decimal open, decimal rest, string field) =>
        rest <= 0 || amount > rest
            ? Refused(
                $"{field}.amount", "more-than-received", string.Create(CultureInfo.InvariantCulture, $"only {rest:0.####} is left of the money"),
                "Apply less, or leave the invoice out.")
        : wanted is not null && (amount <= 0 || !new Money(amount, cash.Amount.Currency).IsWhole)
            ? Refused(
                $"{field}.amount", "bad-amount", "an amount above zero in whole minor units is expected",
                "Give it with no more decimals than the currency keeps.")
        : amount > open
            ? Refused(
                $"{field}.amount", "more-than-owed", string.Create(CultureInfo.InvariantCulture, $"only {open:0.####} is owed"),
                string.Create(CultureInfo.InvariantCulture, $"Apply at most {open:0.####}; the rest stays unapplied."))
        : null;

    private static ApplyDecision.Refused Refused(string field, string code, string reason, string remedy) =>
        new(new PriceProblem(field, code, reason, remedy));
}
