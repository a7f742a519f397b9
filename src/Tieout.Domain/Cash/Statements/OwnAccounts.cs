using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>
/// Our accounts at banks. A statement is of the one that has its number and its currency: one number may have an account in each of several
/// currencies, and two legal entities that claim the same one have none.
/// </summary>
public sealed class OwnAccounts(IEnumerable<OwnAccount> accounts)
{
    private readonly ILookup<string, OwnAccount> _byNumber = accounts.ToLookup(one => one.Number, StringComparer.Ordinal);

    /// <summary>Those of a number.</summary>
    public IEnumerable<OwnAccount> Of(string number) => _byNumber[number];

    /// <summary>Whose statement it is; null beside why it is nobody's.</summary>
    public (OwnAccount? Account, PriceProblem? Problem) Of(StatementPage page)
    {
        List<OwnAccount> ours = [.. _byNumber[page.Account]];
        if (ours.Count == 0)
            return (null, new PriceProblem(
                $"{page.Field}.Acct", "unknown-account", "The statement is of an account that is not ours.",
                "Declare the account for a legal entity (bank-account add), or leave it out."));
        var stated = CurrencyOf(page);
        var here = ours.FindAll(one => one.Currency.Code == stated);
        // Where there is but one, what the statement says otherwise is told as it always was.
        if (here.Count == 0 && ours.Count == 1) return (ours[0], null);
        return here.Count switch
        {
            1 => (here[0], null),
            0 => (null, new PriceProblem(
                $"{page.Field}.Acct.Ccy", "other-currency",
                $"The account is kept in {string.Join(" and ", ours.Select(one => one.Currency.Code).Distinct().Order(StringComparer.Ordinal))}; "
                    + (stated.Length > 0 ? "the statement says otherwise." : "the statement does not say which."),
                "Declare the account in this currency (bank-account add), or import the statement of the account in one that is.")),
            _ => (null, new PriceProblem(
                $"{page.Field}.Acct", "claimed-twice", "Two legal entities say that the account is theirs.",
                "Correct the account of the one whose it is not; a bank account is one legal entity's.")),
        };
    }

    /// <summary>
    /// The currency that a page says its account is kept in, or that its balances are in; that of the account where it says nothing and there is one.
    /// </summary>
    internal string CurrencyOf(StatementPage page) =>
        page.Currency.Length > 0 ? page.Currency
        : _byNumber[page.Account].Select(one => one.Currency.Code).Distinct().ToList() is [var only] ? only
        : page.Balances.Select(one => one.Amount.Currency.Code).Distinct().ToList() is [var alike] ? alike : "";
}
