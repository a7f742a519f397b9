using System.Globalization;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Catalog;

/// <summary>Collects what is wrong with fields, each under its path.</summary>
internal sealed class PriceFields
{
    /// <summary>Digits before the point; with twelve behind it, what numeric(28,12) keeps.</summary>
    private const decimal TooLarge = 10_000_000_000_000_000m;

    private readonly List<PriceProblem> _problems = [];

    public IReadOnlyList<PriceProblem> Problems => _problems;

    public void Add(string field, string code, string reason, string remedy) => _problems.Add(new PriceProblem(field, code, reason, remedy));

    /// <summary>A number the database can keep: zero or more, 16 digits before the point, 12 behind it.</summary>
    public void Number(string field, decimal value)
    {
        if (value < 0m) Add(field, "negative", "The number is below zero.", "Give zero or more; what is given back is a credit memo or a discount.");
        else if (value >= TooLarge) Add(field, "too-large", "The number has more than 16 digits before the point.",
            "Check it; no price or quantity is that large.");
        else if (decimal.Round(value, FieldRules.MostDecimals, MidpointRounding.ToZero) != value)
            Add(field, "too-many-decimals", $"The number has more than {FieldRules.MostDecimals} decimals.",
                "Round it; it is not done here, because it would change your figure.");
    }

    /// <summary>A number above zero.</summary>
    public void Positive(string field, decimal value, string code, string reason, string remedy)
    {
        if (value == 0m) Add(field, code, reason, remedy);
        else Number(field, value);
    }

    /// <summary>A fraction: more than one would take more than the money moved.</summary>
    public void Rate(string field, decimal value)
    {
        if (value > 1m) Add(field, "rate-too-high", $"The rate is {(value * 100m).ToString("0.####", CultureInfo.InvariantCulture)} %.",
            "A rate is a fraction: 0.029 for 2.9 %.");
        else Number(field, value);
    }

    /// <summary>A text that must be there and may be stored.</summary>
    public void Text(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) Add(field, "missing", "The text is empty.", "Fill it in.");
        else if (FieldRules.OfText(value) is { } bad) Add(field, bad.Code, $"The text {bad.Reason}.", bad.Remedy);
    }

    public static string At(string path, string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{list}[{index}]");
}
