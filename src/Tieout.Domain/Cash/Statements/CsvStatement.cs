using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Cash.Statements;

/// <summary>How the columns of a bank's CSV file become entries. A column that is not named is not read.</summary>
/// <param name="Format">Delimiter, encoding, decimal point, format of days.</param>
/// <param name="BookedOn">Column of the booking day.</param>
public sealed record CsvStatementMapping(FileFormat Format, string BookedOn)
{
    /// <summary>Mark between thousands; null when the bank writes none.</summary>
    public char? Grouping { get; init; }

    /// <summary>Column of the value day.</summary>
    public string? ValueOn { get; init; }

    /// <summary>Column of the amount, with its sign, or without one where <see cref="Direction"/> says which way.</summary>
    public string? Amount { get; init; }

    /// <summary>Column of money that went; beside <see cref="Credit"/>, instead of an amount.</summary>
    public string? Debit { get; init; }

    /// <summary>Column of money that came.</summary>
    public string? Credit { get; init; }

    /// <summary>Column that says credit or debit by a word.</summary>
    public string? Direction { get; init; }

    /// <summary>The words for money that went, such as <c>D</c> or <c>Soll</c>.</summary>
    public IReadOnlyList<string> DebitWords { get; init; } = [];

    /// <summary>The words for money that came.</summary>
    public IReadOnlyList<string> CreditWords { get; init; } = [];

    /// <summary>Column of the currency; without one it is the account's.</summary>
    public string? Currency { get; init; }

    /// <summary>Column of the balance after the entry: what proves the file whole.</summary>
    public string? Balance { get; init; }

    /// <summary>Column of the payer's name.</summary>
    public string? Payer { get; init; }

    /// <summary>Column of the payer's account.</summary>
    public string? PayerAccount { get; init; }

    /// <summary>Columns of what the payer wrote, in order.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>Column of the bank's own reference.</summary>
    public string? BankReference { get; init; }

    /// <summary>Column of the payer's reference.</summary>
    public string? EndToEndId { get; init; }

    /// <summary>Every column it reads.</summary>
    public IReadOnlyList<string> Columns =>
        [.. new[] { BookedOn, ValueOn, Amount, Debit, Credit, Direction, Currency, Balance, Payer, PayerAccount, BankReference, EndToEndId }
            .Concat(Text).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>What is wrong with the mapping itself.</summary>
    public IReadOnlyList<PriceProblem> Problems()
    {
        List<PriceProblem> problems = [];
        if (Amount is null ? Debit is null || Credit is null : Debit is not null || Credit is not null)
            problems.Add(new PriceProblem("amount", "one-of", "Either one column of amounts or one of debits and one of credits is read.",
                "Name the one or the other."));
        if (Direction is not null && (Amount is null || DebitWords.Count == 0 || CreditWords.Count == 0 || DebitWords.Intersect(CreditWords).Any()))
            problems.Add(new PriceProblem("direction", "bad-words", "A direction needs an amount and different words for debit and credit.",
                "List the words of both."));
        if (Grouping == Format.DecimalPoint)
            problems.Add(new PriceProblem("grouping", "bad-words", "The mark between thousands is the decimal point.",
                "Give the mark the bank writes, or none."));
        return problems;
    }
}

/// <summary>A line of such a file, already cut into cells.</summary>
/// <param name="Line">As an editor counts.</param>
/// <param name="Problem">Why it could not be cut; null for a good one.</param>
public sealed record CsvStatementRow(long Line, IReadOnlyList<string> Cells, string? Problem = null);

/// <summary>
/// Reads a bank's CSV file as one statement of one account. Where it states balances they prove it, whichever way the bank orders its
/// lines; where it states none, nothing does.
/// </summary>
public static class CsvStatement
{
    /// <summary>How places in such a file begin.</summary>
    public const string Field = "line ";

    /// <summary>The only page.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="id">What the statement is called; made of its content when empty.</param>
    public static StatementPage Read(
        CsvStatementMapping mapping, OwnAccount account, IReadOnlyList<string> header, IEnumerable<CsvStatementRow> rows, string id = "")
    {
        List<PriceProblem> problems = [.. mapping.Problems()];
        foreach (var missing in mapping.Columns.Where(column => header.Count(name => name.Trim() == column) != 1))
            problems.Add(new PriceProblem(missing, "missing", "The file has not exactly one column of this name.",
                "Correct the mapping, or ask for the file with it."));
        if (problems.Count > 0) return Page([], []);
        var line = new CsvStatementLine(mapping, account, header.Select((name, index) => (Name: name.Trim(), index))
            .DistinctBy(one => one.Name).ToDictionary(one => one.Name, one => one.index, StringComparer.Ordinal));
        List<(ReadEntry Entry, decimal? Balance)> read = [];
        foreach (var row in rows) read.Add(line.Read(row, read.Count + 1));
        if (mapping.Balance is null) return Page([], [.. read.Select(one => one.Entry)]);
        var falling = !Follows(read) && Follows([.. read.AsEnumerable().Reverse()]);
        if (falling) read.Reverse();
        var entries = read.Select((one, index) => one.Entry.Entry is { } entry ? one.Entry with { Entry = entry with { No = index + 1 } }
            : one.Entry).ToList();
        // A line that cannot be read says itself what is wrong.
        return Page(falling || Follows(read) ? Balances(read, account.Currency) : read.Exists(one => one.Entry.Amount is null) ? [] : Broken(), entries);

        IReadOnlyList<StatedBalance> Broken()
        {
            problems.Add(new PriceProblem(
                mapping.Balance!, "does-not-add-up", "The balances do not follow from the amounts, neither downwards nor upwards.",
                "Fetch the file from the bank again, and send it whole and unsorted."));
            return [];
        }

        StatementPage Page(IReadOnlyList<StatedBalance> balances, IReadOnlyList<ReadEntry> entries) => new(
            Field + "1", account.Number, account.Currency.Code, id.Length > 0 ? StatementText.Clean(id) : Named(account, entries, balances), null,
                PageNumber.Only,
            balances, entries, problems);
    }

    private static bool Follows(List<(ReadEntry Entry, decimal? Balance)> read)
    {
        for (var index = 0; index < read.Count; index++)
            if (read[index].Balance is not { } balance || read[index].Entry.Amount is not { } amount
                || (index > 0 && read[index - 1].Balance + amount != balance))
                return false;
        return read.Count > 0;
    }

    private static IReadOnlyList<StatedBalance> Balances(List<(ReadEntry Entry, decimal? Balance)> read, Currency currency)
    {
        var (first, last) = (read[0], read[^1]);
        var days = read.Select(one => one.Entry.Entry?.BookedOn).OfType<DateOnly>().DefaultIfEmpty().ToList();
        return
        [
            new(BalanceKind.Opening, new Money(first.Balance!.Value - first.Entry.Amount!.Value, currency), days.Min()),
            new(BalanceKind.Closing, new Money(last.Balance!.Value, currency), days.Max()),
        ];
    }

    private static string Named(OwnAccount account, IReadOnlyList<ReadEntry> entries, IReadOnlyList<StatedBalance> balances)
    {
        var content = string.Join('\n', entries.Select(entry => entry.Identity).Concat(balances.Select(balance => balance.ToString())));
        return string.Create(CultureInfo.InvariantCulture, $"CSV-{EntryIdentity.Hash($"{account.Number}|{content}")}");
    }
}
