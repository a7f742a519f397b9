using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Intake;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>A bank account that a legal entity has already.</summary>
/// <param name="Number">As statements tell it.</param>
/// <param name="Account">Its account in the ledger.</param>
public sealed record KnownBankAccount(Guid LegalEntity, string Code, string Number, string Currency, string Account);

/// <summary>A bank account that somebody wants to add.</summary>
/// <param name="Number">IBAN, or the bank's own number, in any case and with or without spaces.</param>
public sealed record BankAccountWish(Guid LegalEntity, string Code, string Number, string Currency);

/// <summary>Which bank accounts a legal entity may have, and where each is kept.</summary>
public static class BankAccountRules
{
    private const int NumberLeast = 4;
    private const int NumberMost = 40;

    /// <summary>The number as statements are compared by: without spaces, in capitals.</summary>
    public static string Plain(string number) => StatementText.Account(number);

    /// <summary>What is wrong with the wish itself; nothing when it may be held against what stands.</summary>
    public static IReadOnlyList<PriceProblem> Judge(string code, string number, string currency)
    {
        List<PriceProblem> problems = [];
        if (!LedgerAccount.IsBankCode(code))
            problems.Add(new(
                "code", "bad-code", $"A code is of small letters, digits and dashes, at most {LedgerAccount.BankCodeMost}, and no dash comes first.",
                "Give one such as usd-2."));
        if (NumberProblem(number) is { } bad) problems.Add(new("number", "bad-number", bad, "Write it as the bank does, with all its digits."));
        if (!Currency.TryOf(currency, out _))
            problems.Add(new("currency", "unknown-currency", "This is not a currency of ISO 4217.", "Write three capital letters, such as USD."));
        return problems;
    }

    /// <summary>What is wrong with it beside those that stand; null when nothing is. A number in another currency is another account.</summary>
    /// <param name="known">Of all legal entities.</param>
    public static PriceProblem? Refusal(BankAccountWish wish, IReadOnlyCollection<KnownBankAccount> known)
    {
        var number = Plain(wish.Number);
        if (known.Any(one => one.LegalEntity == wish.LegalEntity && one.Code == wish.Code))
            return new PriceProblem("code", "code-taken", "The legal entity has a bank account of this code.", "Take another code.");
        return known.FirstOrDefault(one => one.Number == number && one.Currency == wish.Currency) switch
        {
            null => null,
            var other when other.LegalEntity == wish.LegalEntity => new PriceProblem(
                "number", "number-taken", $"It is bank account {other.Code} of the legal entity.", "Leave it as it is, or correct the number."),
            _ => new PriceProblem(
                "number", "number-taken", "Another legal entity has the bank account of this number and currency.",
                "A bank account is one legal entity's: correct the number, or name the right one."),
        };
    }

    /// <summary>Where it is kept: the first of a legal entity on cash-clearing, where its money lay before; every other one on its own.</summary>
    public static string AccountFor(BankAccountWish wish, IEnumerable<KnownBankAccount> known) =>
        known.Any(one => one.LegalEntity == wish.LegalEntity && one.Account == LedgerAccount.CashClearing)
            ? LedgerAccount.OfBank(wish.Code) : LedgerAccount.CashClearing;

    // What begins like an IBAN is held to its check digits; a bank's own number may be anything but a card's.
    private static string? NumberProblem(string number)
    {
        var plain = string.Concat(number.Where(character => !char.IsWhiteSpace(character))).ToUpperInvariant();
        if (Iban.TryParse(plain, out _, out var why)) return null;
        if (plain.Length > 4 && char.IsAsciiLetterUpper(plain[0]) && char.IsAsciiLetterUpper(plain[1]) && char.IsAsciiDigit(plain[2]) && char.IsAsciiDigit(plain[3]))
            return $"It {why}.";
        return plain.Length is < NumberLeast or > NumberMost || !plain.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '/' or '.')
            ? $"A number has {NumberLeast} to {NumberMost} letters, digits, dashes, points and slashes."
            : CardNumber.IsIn(plain) ? "This looks like the number of a payment card, which is not kept anywhere." : null;
    }
}
