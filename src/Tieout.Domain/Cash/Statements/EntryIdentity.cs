using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Domain.Cash.Statements;

/// <summary>
/// What tells one booking from all others, the same in an intraday file, in the day's statement and when a file comes again: the bank's
/// reference with amount and day; else everything the entry says that does not depend on the file, and how often the day has it.
/// </summary>
internal static class EntryIdentity
{
    // What banks write where they have no reference.
    private static readonly string[] None = ["NONREF", "NOTPROVIDED", "NOREF", "NONE", "NA"];

    /// <summary>The entry with its identity; masked texts have done their work only after it.</summary>
    /// <param name="reference">The bank's, as it stands in the file.</param>
    public static ReadEntry Of(StatementEntry draft, string reference)
    {
        var bare = StatementText.Bare(reference);
        var named = bare.Trim('0').Length > 0 && !None.Contains(bare);
        var identity = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
                $"{draft.BookedOn:yyyy-MM-dd}|{draft.Amount.Amount:0.#####}|{draft.Amount.Currency}|{(draft.Reversal ? 'R' : '-')}"));
        if (named) identity.Append('|').Append(reference.Trim());
        else
        {
            identity.Append(CultureInfo.InvariantCulture, $"|{draft.ValueOn:yyyy-MM-dd}");
            foreach (var part in draft.Transactions)
                identity.Append(
                    CultureInfo.InvariantCulture,
                    $"|{part.Amount.Amount:0.#####};{part.EndToEndId};{string.Join(',', part.Ids)};{part.Other.Account};{StatementText.Bare(part.Other.Name)};")
                    .Append(StatementText.Bare(part.Text)).Append(';').AppendJoin(',', part.References)
                    .Append(';').AppendJoin(',', part.Documents.Select(document => document.Number));
        }
        return new ReadEntry(draft.Amount.Amount, identity.ToString(), named, draft, null);
    }

    /// <summary>Counts alike entries of the account, and gives each its key.</summary>
    public static IReadOnlyList<StatementEntry> Keyed(string account, IEnumerable<ReadEntry> entries)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        List<StatementEntry> keyed = [];
        foreach (var read in entries)
        {
            if (read.Entry is null) continue;
            var occurrence = seen[read.Identity] = seen.GetValueOrDefault(read.Identity) + 1;
            var key = Hash($"{account}|{read.Identity}|{occurrence.ToString(CultureInfo.InvariantCulture)}");
            keyed.Add(read.Entry with { Key = new EntryKey(key, read.ByReference) });
        }
        return keyed;
    }

    /// <summary>The first 128 bits of SHA-256.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
