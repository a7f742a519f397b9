using System.CommandLine;
using System.Globalization;
using Tieout.Application.Views;
using Tieout.Domain;

namespace Tieout.Cli.Terminal;

/// <summary>Options of lists that narrow and turn pages, within the bounds the API has.</summary>
internal static class ListOptions
{
    private const int PageDefault = 50;
    private const int PageMost = 200;
    private const int TextMost = 200;

    /// <summary>A text of bounded length.</summary>
    public static Option<string?> Text(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<string?>() is { Length: > TextMost }) value.AddError(Said(name, $"At most {TextMost} characters."));
        });
        return option;
    }

    /// <summary>One of some words.</summary>
    public static Option<string?> Word(string name, IReadOnlyList<string> words)
    {
        var known = string.Join(", ", words);
        var option = new Option<string?>(name) { Description = $"One of {known}." };
        option.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<string?>() is { } word && !words.Contains(word, StringComparer.Ordinal))
                value.AddError($"{name}: '{word}' is not one of {known}.");
        });
        return option;
    }

    /// <summary>Rows of a page.</summary>
    public static Option<int> Limit()
    {
        var option = new Option<int>("--limit")
        {
            Description = Said("Rows of a page", $"1 to {PageMost}."),
            HelpName = "rows",
            DefaultValueFactory = _ => PageDefault,
        };
        option.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > PageMost) value.AddError(Said("--limit", $"From 1 to {PageMost}."));
        });
        return option;
    }

    /// <summary>Where the page before ended.</summary>
    public static Option<string?> After() => new("--after") { Description = "The next of the page before." };

    /// <summary>Where a page starts; null for the first.</summary>
    /// <exception cref="UsageException">It is no token of a page.</exception>
    public static Cursor? Start(ParseResult parsed, Option<string?> after) => parsed.GetValue(after) is not { Length: > 0 } token ? null
        : Cursor.TryParse(token, out var cursor) ? cursor
        : throw new UsageException("--after: This page token cannot be read; give the one that the page before ended with.");

    /// <summary>A month; null when none was given.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static AccountingMonth? Month(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is not { Length: > 0 } text ? null
        : AccountingMonth.TryParse(text, out var month) ? month
        : throw new UsageException($"{option.Name}: '{text}' is not a month: months look like 2026-11.");

    private static string Said(string what, FormattableString how) => $"{what}: {how.ToString(CultureInfo.InvariantCulture)}";
}
