using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Port;

/// <summary>
/// A balanced journal entry that is no invoice: a payment, refund, dispute, write-off, revenue journal, manual journal, or the
/// reversal of a document.
/// </summary>
/// <param name="Kind">What it is; decides the ERP's kind of document where the ERP has several.</param>
/// <param name="Key">Business key, as of every <see cref="ErpDocument"/>.</param>
/// <param name="Currency">The currency of all amounts.</param>
/// <param name="Date">The day the entry is dated.</param>
/// <param name="Text">What it is, for a person who reads it in the ERP. May be empty; a connector cuts it to what the ERP holds.</param>
/// <param name="Lines">At least two, none of zero, in sum zero.</param>
/// <exception cref="ArgumentException">The lines are not so; the message says what is wrong.</exception>
public sealed record ErpEntry(EntryKind Kind, string Key, Currency Currency, DateOnly Date, string Text, IReadOnlyList<ErpEntryLine> Lines)
    : ErpDocument(Key, Currency, Date)
{
    private readonly IReadOnlyList<ErpEntryLine> _lines = Balanced(Lines);

    /// <summary>At least two, none of zero, in sum zero.</summary>
    public IReadOnlyList<ErpEntryLine> Lines
    {
        get => _lines;
        init => _lines = Balanced(value);
    }

    /// <summary>Key of the entry or invoice it takes back; empty otherwise.</summary>
    public string Reverses { get; init; } = "";

    /// <summary>Whether lines that come to stand alike in the ERP go as one (<see cref="Summed"/>): our books keep more apart than its rules ask.</summary>
    public bool SumsAlike { get; init; }

    /// <summary>What it does to what customers owe: negative for a payment.</summary>
    public decimal Owed => Lines.Where(line => line.CustomerCode.Length > 0).Sum(line => line.Amount);

    /// <summary>
    /// As it goes out, once accounts and dimensions are chosen: lines that agree in both and in all but the amount are one, those that come to
    /// nothing are left out; where they come to something in the books alone, they stay as they are. Unchanged where that leaves no entry, and
    /// where <see cref="SumsAlike"/> does not ask for it.
    /// </summary>
    public ErpEntry Summed()
    {
        if (!SumsAlike) return this;
        List<ErpEntryLine> lines =
        [
            .. Lines.GroupBy(Alike)
                .SelectMany(alike => Sum([.. alike]) is { Amount: 0m, InBooks: not 0m } ? alike.AsEnumerable() : [Sum([.. alike])])
                .Where(line => line.Amount != 0m),
        ];
        return lines.Count < 2 ? this : this with { Lines = lines };
    }

    private static ErpEntryLine Sum(List<ErpEntryLine> alike) =>
        alike[0] with { Amount = alike.Sum(line => line.Amount), InBooks = alike.Sum(line => line.InBooks) };

    private static object Alike(ErpEntryLine line) => (
        line with { Amount = 1m, InBooks = 0m, Dimensions = ErpDimension.None },
        string.Join('\n', line.Dimensions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}\t{pair.Value}")));

    private static IReadOnlyList<ErpEntryLine> Balanced(IReadOnlyList<ErpEntryLine> lines)
    {
        if (lines.Count < 2) throw new ArgumentException("Lines: an entry has at least two.", nameof(lines));
        if (lines.Any(line => line.Amount == 0m)) throw new ArgumentException("Lines: one of an amount of zero moves nothing.", nameof(lines));
        if (lines.Sum(line => line.InBooks) is not 0m and var left)
            throw new ArgumentException(FormattableString.Invariant($"Lines: in the currency of the books they differ by {left}."), nameof(lines));
        var sum = lines.Sum(line => line.Amount);
        return sum == 0m
            ? lines
            : throw new ArgumentException(FormattableString.Invariant($"Lines: debits and credits differ by {sum}; an entry balances."), nameof(lines));
    }
}

/// <summary>One line of an entry.</summary>
/// <param name="LedgerAccount">Ours, such as <c>cash-clearing</c>; the account rule says which of theirs.</param>
/// <param name="Amount">Debit positive, credit negative, never zero.</param>
/// <param name="Text">What it is for; may be empty.</param>
public sealed record ErpEntryLine(string LedgerAccount, decimal Amount, string Text)
{
    /// <summary>The same in <see cref="ErpDocument.Books"/>, in sum zero over all lines; zero where that is null, or where it rounds to nothing.</summary>
    public decimal InBooks { get; init; }

    /// <summary>Our code of the customer whose account this line moves; empty on lines of the general ledger alone.</summary>
    public string CustomerCode { get; init; } = "";

    /// <summary>The ERP's id of that customer; empty without one.</summary>
    public string ErpCustomerId { get; init; } = "";

    /// <summary>Key of the invoice or credit memo whose open item this line clears, in full or in part; empty when it stands on account.</summary>
    public string Settles { get; init; } = "";

    /// <summary>When what is owed by it is to be paid; null where nothing is.</summary>
    public DateOnly? DueDate { get; init; }

    /// <summary>Their account, chosen by an account rule; empty for what the target's settings name for <see cref="LedgerAccount"/>.</summary>
    public string Account { get; init; } = "";

    /// <summary>Our word of a dimension (<see cref="ErpDimension"/>) to their value.</summary>
    public IReadOnlyDictionary<string, string> Dimensions { get; init; } = ErpDimension.None;
}
