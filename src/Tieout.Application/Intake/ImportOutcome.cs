namespace Tieout.Application.Intake;

/// <summary>What came of an import.</summary>
public abstract record ImportOutcome
{
    /// <summary>Refused rows that are listed with the outcome; all of them are in <c>intake.row</c>.</summary>
    public const int MostRefusedRows = 20;

    private ImportOutcome() { }

    /// <summary>Every row of the file is accounted for: received = accepted + unchanged + refused.</summary>
    /// <param name="Run">The run, under which each row's fate is kept.</param>
    /// <param name="Received">Data rows of the file; empty lines are none.</param>
    /// <param name="Accepted">Rows that brought something new.</param>
    /// <param name="Unchanged">Rows whose content stood already, exactly so.</param>
    /// <param name="Refused">Rows that brought nothing.</param>
    /// <param name="FirstRefused">The first of them, in the order of the file.</param>
    public sealed record Finished(
        Guid Run, long Received, long Accepted, long Unchanged, long Refused, IReadOnlyList<RefusedRow> FirstRefused) : ImportOutcome;

    /// <summary>The file or its mapping cannot be used as they are; nothing was written.</summary>
    public sealed record NotBegun(string Problem) : ImportOutcome;
}

/// <summary>A row that was not taken in.</summary>
/// <param name="RowNo">The line it begins on, as an editor counts.</param>
/// <param name="RowKey">Its own code; empty when there is none or it may not be shown.</param>
/// <param name="Code">One of <see cref="Domain.Intake.RefusalCode"/>.</param>
/// <param name="Field">The file's column, or the mapping's field.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record RefusedRow(long RowNo, string RowKey, string Code, string Field, string Reason, string Remedy);
