using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;

namespace Tieout.Domain.Ledger;

/// <summary>What an account of a legal entity may be called.</summary>
public static class ChartRules
{
    /// <summary>Letters and digits of a number at most.</summary>
    public const int NumberMost = 20;

    /// <summary>Characters of a name at most.</summary>
    public const int NameMost = 100;

    /// <summary>Everything that is wrong with wishes that come together; nothing when the chart may become so.</summary>
    public static IReadOnlyList<PriceProblem> Judge(ChartOfAccounts stands, IReadOnlyList<ChartWish> wishes)
    {
        List<PriceProblem> problems = [];
        foreach (var wish in wishes)
        {
            if (!stands.Has(wish.Account))
                problems.Add(new("account", "unknown-account", "The ledger has no such account.", $"It is one of {LedgerAccount.AllInWords}."));
            if (wish.Number is null && wish.Name is null)
                problems.Add(new("number", "nothing-wished", "Neither a number nor a name is given.", "Give one of them, or both."));
            if (wish.Number is { } number && !IsNumber(number))
                problems.Add(new(
                    "number", "bad-number", "A number has letters and digits only and begins with a digit or a capital letter.",
                    $"Give at most {NumberMost} of them, such as 1400."));
            if (wish.Name is { } name && GivenText.Problem(name, NameMost) is { } why)
                problems.Add(new("name", "bad-name", why, "Give one line, such as Accounts receivable."));
        }
        return problems.Count > 0 ? problems : Shared(stands.With(wishes), wishes);
    }

    private static List<PriceProblem> Shared(ChartOfAccounts wished, IReadOnlyList<ChartWish> wishes)
    {
        List<PriceProblem> problems = [];
        foreach (var wish in wishes)
        {
            var number = wished[wish.Account].Number;
            if (wished.Accounts.FirstOrDefault(other => other.Account != wish.Account && other.Number == number) is { } taken)
                problems.Add(new("number", "number-taken", $"{number} is the number of {taken.Account}.", "Give another, or change that one with it."));
            if (SameName(wished, wish.Account) is { } namesake)
                problems.Add(new("name", "name-taken", $"{namesake.Account} is called so.", "Give another name."));
        }
        return problems;
    }

    // People and files tell accounts of one's own by their names; those of the house could be called alike before there were such.
    private static ChartAccount? SameName(ChartOfAccounts wished, string account) => wished.Accounts.FirstOrDefault(other =>
        other.Account != account && string.Equals(other.Name, wished[account].Name, StringComparison.OrdinalIgnoreCase)
        && (LedgerAccount.IsOwn(account) || LedgerAccount.IsOwn(other.Account)));

    // Without a hyphen, which begins the name in a file.
    private static bool IsNumber(string number) =>
        number.Length is > 0 and <= NumberMost && number.All(char.IsAsciiLetterOrDigit) && !char.IsAsciiLetterLower(number[0]) && !CardNumber.IsIn(number);
}
