using System.CommandLine;
using System.CommandLine.Parsing;
using Tieout.Domain;

namespace Tieout.Cli.Terminal;

/// <summary>Options that several verbs take.</summary>
internal static class Options
{
    /// <summary>The month to work on.</summary>
    public static Argument<AccountingMonth> Month() => new("month")
    {
        Description = "The month, such as 2026-11.",
        CustomParser = ParseMonth,
    };

    /// <summary>Where the ERPs are told.</summary>
    public static Option<FileInfo> Targets() => new("--targets")
    {
        Description = "YAML file of targets and routes; see docs/targets.md. Default: targets.yaml.",
        DefaultValueFactory = _ => new FileInfo("targets.yaml"),
        HelpName = "file",
    };

    private static AccountingMonth ParseMonth(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (AccountingMonth.TryParse(text, out var month)) return month;
        result.AddError($"'{text}' is not a month; write year and month, such as 2026-11.");
        return default;
    }
}
