using System.Text;

namespace Tieout.Domain.Ledger.Exports;

/// <summary>Writes the books of a legal entity for one of the programs that read plain text.</summary>
public abstract class LedgerFile
{
    private protected LedgerFile() { }

    /// <summary>What its files end with, without the dot.</summary>
    public abstract string Extension { get; }

    /// <summary>The writer for a program.</summary>
    public static LedgerFile For(ExportFormat format) => format switch
    {
        ExportFormat.Hledger => new HledgerFile(),
        ExportFormat.Beancount => new BeancountFile(),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Accounts and currencies declared, and what stood before the first month as an entry of its own.</summary>
    /// <param name="opening">All that is not zero; it comes to zero in each currency.</param>
    public abstract string Head(ExportHead head, IReadOnlyList<ExportBalance> opening);

    /// <summary>One entry.</summary>
    public abstract string Entry(ExportEntry entry);

    /// <summary>What every account has to come to, for the reading program to prove.</summary>
    /// <param name="after">The day after the last entry.</param>
    public abstract string Closing(DateOnly after, IReadOnlyList<ExportBalance> closing);

    /// <summary>
    /// The account in both programs: its type, then number and name with a hyphen for whatever is no letter and no digit. Numbers
    /// differ and have no hyphen, so names cannot make two accounts one.
    /// </summary>
    public static string AccountName(ChartAccount account)
    {
        var name = new StringBuilder(account.Number);
        var gap = true;
        foreach (var letter in account.Name.Normalize(NormalizationForm.FormC))
        {
            if (!char.IsLetter(letter) && !char.IsAsciiDigit(letter))
            {
                gap = true;
                continue;
            }
            if (gap) name.Append('-');
            gap = false;
            name.Append(letter);
        }
        return Root(account.Type) + ":" + name;
    }

    /// <summary>One line: what would end a line, or is no character, is a space.</summary>
    private protected static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) line.Append(' ');
            else line.Append(rune.ToString());
        }
        return line.ToString().Trim();
    }

    private protected static string Amount(Money amount) => amount.ToPlain() + " " + amount.Currency.Code;

    private protected static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private protected static string Narration(ExportEntry entry) => entry.Text.Length > 0 ? entry.Text : Title(entry.Kind) + " " + entry.Number;

    private static string Title(string kind) => kind.Length == 0 ? "" : char.ToUpperInvariant(kind[0]) + kind[1..].Replace('-', ' ');

    private static string Root(AccountType type) => type switch
    {
        AccountType.Asset => "Assets",
        AccountType.Liability => "Liabilities",
        AccountType.Equity => "Equity",
        AccountType.Income => "Income",
        AccountType.Expense => "Expenses",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
