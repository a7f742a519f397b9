namespace Tieout.Domain.Ledger;

/// <summary>What an account moved in one currency before a month and in it.</summary>
public sealed record AccountMovement(string Account, Currency Currency, Turnover Before, Turnover Within)
{
    /// <summary>The code of the dimension that it is grouped by, empty where lines have none; null where it is not grouped.</summary>
    public string? Code { get; init; }
}

/// <summary>What an account and currency come to in the currency of the legal entity's books.</summary>
public sealed record BooksColumns(Money Opening, Money Debits, Money Credits)
{
    /// <summary>Opening, and what the month moved.</summary>
    public Money Closing => Opening + Debits - Credits;
}

/// <summary>One account and currency of a trial balance; debit is positive, credit negative, but for the two turnovers.</summary>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Number">The legal entity's number for it.</param>
/// <param name="Name">The legal entity's name for it.</param>
/// <param name="Opening">Everything booked in earlier months; income and expense are not reset at the end of a year.</param>
/// <param name="Debits">Of the month.</param>
/// <param name="Credits">Of the month, positive.</param>
public sealed record TrialBalanceLine(string Account, string Number, string Name, AccountType Type, Money Opening, Money Debits, Money Credits)
{
    /// <summary>Opening, and what the month moved.</summary>
    public Money Closing => Opening + Debits - Credits;

    /// <summary>The same in the currency of the books; null where nobody said which that is.</summary>
    public BooksColumns? InBooks { get; init; }

    /// <summary>The code of the dimension that it is grouped by, empty where lines have none; null where it is not grouped.</summary>
    public string? Code { get; init; }
}

/// <summary>The sums over all accounts in one currency.</summary>
public sealed record TrialBalanceTotal(Money Opening, Money Debits, Money Credits, Money Closing)
{
    /// <summary>Opening and closing come to nothing, and debits are credits.</summary>
    public bool Zero => Opening.IsZero && Closing.IsZero && Debits.Amount == Credits.Amount;
}

/// <summary>The trial balance of a legal entity for a month: every account and currency that moved until its end.</summary>
/// <param name="InBooks">The sums over all accounts and currencies in the currency of the books; null where nobody said which that is.</param>
public sealed record TrialBalance(IReadOnlyList<TrialBalanceLine> Lines, IReadOnlyList<TrialBalanceTotal> Totals, TrialBalanceTotal? InBooks = null)
{
    /// <summary>Whether it comes to zero in each currency, and in that of the books. Currencies are added to one another there only.</summary>
    public bool Balanced => Totals.All(total => total.Zero) && InBooks is not { Zero: false };

    /// <summary>Lines by number and currency, a total for each currency.</summary>
    /// <param name="movements">One for each account and currency, and where they are grouped for each code; those without a code come last.</param>
    /// <param name="books">The currency of the legal entity's books; null to leave out what accounts come to there.</param>
    public static TrialBalance Of(IEnumerable<AccountMovement> movements, ChartOfAccounts chart, Currency? books = null)
    {
        List<TrialBalanceLine> lines =
        [
            .. movements.Select(movement => Line(movement, chart[movement.Account], books))
                .OrderBy(line => line.Number, StringComparer.Ordinal).ThenBy(line => line.Account, StringComparer.Ordinal)
                .ThenBy(line => line.Opening.Currency.Code, StringComparer.Ordinal).ThenBy(line => line.Code == "")
                .ThenBy(line => line.Code, StringComparer.Ordinal),
        ];
        var totals = lines.GroupBy(line => line.Opening.Currency).OrderBy(group => group.Key.Code, StringComparer.Ordinal)
            .Select(group => new TrialBalanceTotal(
                Sum(group, line => line.Opening), Sum(group, line => line.Debits), Sum(group, line => line.Credits), Sum(group, line => line.Closing)));
        return new TrialBalance(lines, [.. totals], books is null ? null : InBooksOf(lines, books));
    }

    private static TrialBalanceTotal InBooksOf(List<TrialBalanceLine> lines, Currency books)
    {
        Money Sum(Func<BooksColumns, Money> of) => lines.Aggregate(Money.Zero(books), (sum, line) => sum + of(line.InBooks!));
        return new TrialBalanceTotal(Sum(columns => columns.Opening), Sum(columns => columns.Debits), Sum(columns => columns.Credits),
            Sum(columns => columns.Closing));
    }

    private static TrialBalanceLine Line(AccountMovement movement, ChartAccount account, Currency? books) => new(
        account.Account, account.Number, account.Name, account.Type, new Money(movement.Before.Amount, movement.Currency),
        new Money(movement.Within.Debit, movement.Currency), new Money(movement.Within.Credit, movement.Currency))
    {
        InBooks = books is null ? null : new BooksColumns(
            new Money(movement.Before.Functional, books), new Money(movement.Within.FunctionalDebit, books), new Money(movement.Within.FunctionalCredit, books)),
        Code = movement.Code,
    };

    private static Money Sum(IGrouping<Currency, TrialBalanceLine> lines, Func<TrialBalanceLine, Money> of) =>
        lines.Aggregate(Money.Zero(lines.Key), (sum, line) => sum + of(line));
}
