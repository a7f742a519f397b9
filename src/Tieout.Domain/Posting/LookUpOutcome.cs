using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Posting;

/// <summary>What an ERP says about a business key that is in doubt.</summary>
public abstract record LookUpOutcome
{
    private LookUpOutcome() { }

    /// <summary>It is there, once, with our content.</summary>
    public sealed record Found(ErpReference Document) : LookUpOutcome;

    /// <summary>It is not there now. It may still be on its way; see <see cref="PostingPolicy.AbsenceProof"/>.</summary>
    public sealed record Absent : LookUpOutcome;

    /// <summary>Something else stands under the key, or it stands there twice: a person decides.</summary>
    public sealed record Conflict(Finding Finding) : LookUpOutcome;

    /// <summary>The ERP could not be asked; ask again later.</summary>
    public sealed record NoAnswer(string Reason) : LookUpOutcome;
}
