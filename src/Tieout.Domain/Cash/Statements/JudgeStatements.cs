using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash.Statements;

/// <summary>What is known before statements are judged.</summary>
/// <param name="Accounts">Ours.</param>
/// <param name="Known">Statements taken in before: number of the account, its currency and the bank's id.</param>
public sealed record StatementBook(OwnAccounts Accounts, IReadOnlySet<(string Account, string Currency, string Id)> Known);

/// <summary>What came of the pages of one import.</summary>
public sealed record StatementReading(IReadOnlyList<BankStatement> Statements, IReadOnlyList<RefusedStatement> Refused);

/// <summary>
/// Puts pages together and judges each statement by itself: it is of an account of ours, new, whole, and opening plus booked entries is
/// closing; else it is refused whole. An entry that is wrong in itself is left out while the statement still adds up with its amount.
/// </summary>
public static class JudgeStatements
{
    /// <summary>Judges all of an import; the pages of one statement may come from several files, in any order.</summary>
    public static StatementReading Run(IEnumerable<StatementPage> pages, StatementBook book)
    {
        List<BankStatement> good = [];
        List<RefusedStatement> refused = [];
        foreach (var group in pages.GroupBy(page => (page.Account, Currency: book.Accounts.CurrencyOf(page), page.Id)))
        {
            List<StatementPage> ordered = [.. group.OrderBy(page => page.Page.No)];
            var (statement, problems) = Judge(ordered, book);
            if (statement is not null) good.Add(statement);
            else refused.Add(new RefusedStatement(group.Key.Account, group.Key.Id, problems));
        }
        return new StatementReading(good, refused);
    }

    private static (BankStatement? Statement, IReadOnlyList<PriceProblem> Problems) Judge(List<StatementPage> pages, StatementBook book)
    {
        var first = pages[0];
        List<PriceProblem> problems = [.. pages.SelectMany(page => page.Problems)];
        var (account, strange) = book.Accounts.Of(first);
        if (account is null) return (null, [.. problems, strange!]);
        if (problems.Count > 0) return (null, problems);
        if (book.Known.Contains((first.Account, account.Currency.Code, first.Id)))
            return (null, [new PriceProblem(
                $"{first.Field}.Id", "duplicate-statement", "This statement of the account was taken in before.",
                    "Nothing is to be done; it is not taken in twice.")]);
        if (Currency(pages, account) is { } other) return (null, [other]);
        // Balances in another currency are for information.
        pages = [.. pages.Select(page => page with { Balances = [.. page.Balances.Where(one => one.Amount.Currency == account.Currency)] })];
        if (Missing(pages) is { } wrong) return (null, [wrong]);
        var entries = pages.SelectMany(page => page.Entries).ToList();
        var unread = entries.Where(entry => entry.Amount is null).Select(entry => entry.Problem!).ToList();
        var foreign = entries.FindIndex(entry => entry.Entry is { } read && read.Amount.Currency != account.Currency);
        if (foreign >= 0)
            unread.Add(new PriceProblem(
                string.Create(CultureInfo.InvariantCulture, $"{first.Field}.Ntry[{foreign}].Amt"), "other-currency",
                $"The entry is not in the account's currency, {account.Currency}.", "Ask the bank for the amount it booked on this account."));
        if (unread.Count > 0) return (null, unread);
        if (AfterItsLast(pages, account, entries) is { } late) return (null, [late]);
        var (opening, closing) = Stated(pages);
        // Only a CSV file may state no balance at all; its mapping names no column of them.
        return opening is null || closing is null ? (Whole(pages, account, null, null, entries), []) : Proven(pages, account, opening, closing, entries);
    }

    private static (BankStatement?, IReadOnlyList<PriceProblem>) Proven(
        List<StatementPage> pages, OwnAccount account, StatedBalance opening, StatedBalance closing, List<ReadEntry> entries)
    {
        var sum = entries.Sum(entry => entry.Amount!.Value);
        if (opening.Amount.Amount + sum == closing.Amount.Amount) return (Whole(pages, account, opening, closing, entries), []);
        var whole = pages[^1].Page.IsLast;
        return (null, [new PriceProblem(
            $"{pages[0].Field}.Bal", "does-not-add-up",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Opening {opening.Amount} and {entries.Count} booked entries of {new Money(sum, account.Currency)} are not the closing {closing.Amount}; {
                    new Money(closing.Amount.Amount - opening.Amount.Amount - sum, account.Currency)} is missing."),
            whole ? "Fetch the statement from the bank again, whole." : "Send all pages of the statement in one import.")]);
    }

    private static BankStatement Whole(
        List<StatementPage> pages, OwnAccount account, StatedBalance? opening, StatedBalance? closing, List<ReadEntry> entries) => new(
        account, pages[0].Id, pages[0].Sequence, opening, closing, EntryIdentity.Keyed(account.Number, entries),
        [.. entries.Select((entry, index) => (entry, index)).Where(one => one.entry.Problem is not null)
            .Select(one => new RefusedEntry(one.index + 1, one.entry.Amount, one.entry.Problem!))]);

    private static PriceProblem? Currency(List<StatementPage> pages, OwnAccount account) =>
        pages.Find(page => page.Currency.Length > 0 && page.Currency != account.Currency.Code) is { } other
            ? new PriceProblem(
                $"{other.Field}.Acct.Ccy", "other-currency", $"The account is kept in {account.Currency}; the statement says otherwise.",
                "Correct the declared account, or import the statement of the account in this currency.")
            : null;

    private static PriceProblem? AfterItsLast(List<StatementPage> pages, OwnAccount account, List<ReadEntry> entries)
    {
        if (account.ClosedOn is not { } last) return null;
        var days = entries.Select(entry => entry.Entry?.BookedOn).Append(Stated(pages).Closing?.On).OfType<DateOnly>().Where(day => day > last).ToList();
        return days.Count == 0 ? null : new PriceProblem(
            $"{pages[0].Field}.Acct", "account-closed",
            string.Create(CultureInfo.InvariantCulture, $"The account was closed on {last:yyyy-MM-dd}; the statement is of {days.Max():yyyy-MM-dd}."),
            "Close it on a later day (bank-account close), if it was still open, or look where the statement comes from.");
    }

    private static PriceProblem? Missing(List<StatementPage> pages)
    {
        var paged = pages.Count > 1 || pages[0].Page.OfStatement;
        for (var index = 1; index < pages.Count; index++)
        {
            if (pages[index].Page.No == pages[index - 1].Page.No)
                return new PriceProblem(
                    $"{pages[index].Field}.Id", "duplicate-statement", "The import holds this statement, or a page of it, twice.", "Send it once.");
            if (pages[index].Page.No != pages[index - 1].Page.No + 1) return Gap(pages[index]);
        }
        if (paged && pages[0].Page is { OfStatement: true, No: not 1 }) return Gap(pages[0]);
        if (pages[^1].Page is { OfStatement: true, IsLast: false }) return Gap(pages[^1]);
        var (opening, closing) = Stated(pages);
        if (opening is not null && closing is not null) return Differs(pages, opening);
        return pages.Exists(page => page.Field.StartsWith(CsvStatement.Field, StringComparison.Ordinal)) ? null
            : !pages[^1].Page.IsLast || pages[0].Page.No > 1 ? Gap(pages[^1])
            : new PriceProblem(
                $"{pages[0].Field}.Bal", "balance-missing",
                    "The statement has not both an opening and a closing booked balance, so that nothing proves it whole.",
                "Ask the bank for OPBD (or PRCD) and CLBD.");
    }

    private static PriceProblem Gap(StatementPage page) =>
        new($"{page.Field}.StmtPgntn", "pages-missing", "The statement has pages that are not here.", "Send all its pages in one import.");

    private static PriceProblem? Differs(List<StatementPage> pages, StatedBalance opening)
    {
        var odd = pages[0].Balances.FirstOrDefault(balance =>
            balance.Kind is BalanceKind.Opening or BalanceKind.PreviousClosing && balance.Amount.Currency == opening.Amount.Currency
            && balance.Amount != opening.Amount);
        return odd is null ? null : new PriceProblem(
            $"{pages[0].Field}.Bal", "does-not-add-up", $"The opening balance is stated as {opening.Amount} and as {odd.Amount}.",
            "Fetch the statement from the bank again.");
    }

    // What comes first on the first page and last on the last; an interim balance cannot be both.
    private static (StatedBalance? Opening, StatedBalance? Closing) Stated(List<StatementPage> pages)
    {
        var (first, last) = (pages[0].Balances, pages[^1].Balances);
        var opening = first.FirstOrDefault(one => one.Kind == BalanceKind.Opening) ?? first.FirstOrDefault(one => one.Kind == BalanceKind.PreviousClosing)
            ?? first.FirstOrDefault(one => one.Kind == BalanceKind.Interim);
        var closing = last.LastOrDefault(one => one.Kind == BalanceKind.Closing)
            ?? last.LastOrDefault(one => one.Kind == BalanceKind.Interim && !ReferenceEquals(one, opening));
        return (opening, closing);
    }
}
