using System.Globalization;

namespace Tieout.Application.Views;

/// <summary>What a verdict means, for a person.</summary>
internal static class VerdictWords
{
    /// <summary>Stands where a verdict would, while nothing was compared.</summary>
    public const string NotTiedOut = "not-tied-out";

    /// <summary>One or two sentences; an outdated verdict says so, whatever it was.</summary>
    public static string Say(string verdict, bool outdated, TieOutSummary? tieOut)
    {
        var said = verdict switch
        {
            "reconciled" => "Every document and every balance agreed.",
            "reconciled-with-warnings" => "Every document agreed. Something else on the ERP's accounts deserves a look.",
            "breaks" => Invariant($"{tieOut?.Breaks ?? 0} differences between our books and the ERP's."),
            "incomplete" => Incomplete(tieOut),
            _ => "No reconciliation run has compared this month.",
        };
        return outdated ? said + " Postings changed after that comparison: tie out again." : said;
    }

    private static string Incomplete(TieOutSummary? tieOut) => tieOut switch
    {
        { Problem.Length: > 0 } => "Nothing can be proved: " + tieOut.Problem,
        { Unproven: > 0 } => Invariant($"Nothing can be proved: {tieOut.Unproven} documents were not posted, in doubt or parked."),
        _ => "Nothing can be proved: the comparison did not cover everything.",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
