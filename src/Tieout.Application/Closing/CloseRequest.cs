using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Closing;

/// <summary>Asks to close the books of a legal entity through a month.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Through">The last month to be closed; all before it are closed with it.</param>
/// <param name="Actor">Who closes.</param>
/// <param name="Reason">Why, or who signed; kept.</param>
public sealed record CloseRequest(string LegalEntity, AccountingMonth Through, string Actor, string Reason)
{
    /// <summary>For documents only: journals are still taken.</summary>
    public bool Soft { get; init; }

    /// <summary>Codes of conditions that are accepted although they do not hold; kept.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];
}

/// <summary>Asks to sign a month, or to open it and all after it again.</summary>
public sealed record MonthRequest(string LegalEntity, AccountingMonth Month, string Actor, string Reason);

/// <summary>What came of it.</summary>
public abstract record CloseOutcome
{
    private CloseOutcome() { }

    /// <summary>Closed through this day; <paramref name="Again"/> when it was before.</summary>
    public sealed record Closed(string LegalEntity, DateOnly Through, bool Again) : CloseOutcome;

    /// <summary>Signed, or opened again.</summary>
    /// <param name="State">What the month is now.</param>
    public sealed record Changed(string LegalEntity, AccountingMonth Month, MonthState State) : CloseOutcome;

    /// <summary>Revalued, or nothing was to be.</summary>
    public sealed record Revalued(RevaluationSheet Sheet) : CloseOutcome;

    /// <summary>No legal entity has this code.</summary>
    public sealed record NotFound(string LegalEntity) : CloseOutcome;

    /// <summary>Nothing was changed.</summary>
    /// <param name="Unmet">The conditions that do not hold, where those are the reason.</param>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy, IReadOnlyList<CloseCondition> Unmet) : CloseOutcome
    {
        internal Refused(string field, string code, string reason, string remedy) : this(field, code, reason, remedy, []) { }
    }
}
