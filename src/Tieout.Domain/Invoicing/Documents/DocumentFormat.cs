using System.Globalization;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>The sheet a document is laid out for.</summary>
public enum Paper
{
    /// <summary>210 by 297 mm.</summary>
    A4,

    /// <summary>8.5 by 11 inches.</summary>
    Letter,
}

/// <summary>How figures and days look on a printed document. It never changes a figure.</summary>
/// <param name="Name">The word it is chosen by.</param>
/// <param name="DecimalPoint">Before the decimals.</param>
/// <param name="Grouping">Between thousands.</param>
/// <param name="DateFormat">In .NET's letters.</param>
public sealed record DocumentFormat(string Name, string DecimalPoint, string Grouping, string DateFormat)
{
    private readonly NumberFormatInfo figures = new()
    {
        NumberDecimalSeparator = DecimalPoint,
        NumberGroupSeparator = Grouping,
        NumberNegativePattern = 1,
        NegativeSign = "-",
    };

    /// <summary><c>1,234.50</c> and <c>2026-11-30</c>.</summary>
    public static DocumentFormat Plain { get; } = new("plain", ".", ",", "yyyy-MM-dd");

    /// <summary>All there are: plain, us, uk, de, fr, ch.</summary>
    public static IReadOnlyList<DocumentFormat> All { get; } =
    [
        Plain,
        new("us", ".", ",", "MM/dd/yyyy"),
        new("uk", ".", ",", "dd/MM/yyyy"),
        new("de", ",", ".", "dd.MM.yyyy"),
        new("fr", ",", "\u202f", "dd/MM/yyyy"),
        new("ch", ".", "\u2019", "dd.MM.yyyy"),
    ];

    /// <summary>The format of a name.</summary>
    /// <exception cref="ArgumentException">Not one of <see cref="All"/>; the message lists them.</exception>
    public static DocumentFormat Of(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException($"'{name}' is not one of {string.Join(", ", All.Select(format => format.Name))}.", nameof(name));

    /// <summary>The sheet that is usual in a country: Letter in North America and a few others, A4 elsewhere.</summary>
    public static Paper PaperOf(string country) =>
        country is "US" or "CA" or "MX" or "CL" or "CO" or "VE" or "PH" or "PR" ? Paper.Letter : Paper.A4;

    /// <summary>An amount with its currency's decimals, or more when it has more, without the code.</summary>
    public string Amount(Money money) => Number(money.Amount, money.Currency.MinorUnits);

    /// <summary>A number with at least these decimals and no needless zeros behind them.</summary>
    public string Number(decimal value, int leastDecimals)
    {
        // Dividing by one with many zeros drops the zeros at the end, so that the scale says what the value needs.
        var canonical = value / 1.0000000000000000000000000000m;
        var decimals = Math.Max(leastDecimals, canonical.Scale);
        return canonical.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), figures);
    }

    /// <summary>A day.</summary>
    public string Day(DateOnly day) => day.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>First and last day, the last one included: people read "to" so.</summary>
    public string Days(ServicePeriod period) =>
        period.Days == 1 ? Day(period.Start) : $"{Day(period.Start)} to {Day(period.End.AddDays(-1))}";
}
