using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Posting;

/// <summary>What an ERP says about a business key that is in doubt.</summary>
public abstract record LookUpOutcome
{
    private LookUpOutcome() { }

    /// <summary>It is there, once, with our content.</summary>
    public sealed record Found(ErpReference Document) : LookUpOutcome
    {
        /// <summary>What a person has to see to all the same; null when there is nothing. It is posted.</summary>
        public Finding? Beside { get; init; }
    }

    /// <summary>It is not there now. It may still be on its way; see <see cref="PostingPolicy.AbsenceProof"/>.</summary>
    public sealed record Absent : LookUpOutcome;

    /// <summary>Something else stands under the key, or it stands there twice: a person decides.</summary>
    public sealed record Conflict(Finding Finding) : LookUpOutcome;

    /// <summary>Nothing is settled; ask again later.</summary>
    /// <param name="Reason">In plain words.</param>
    /// <param name="RetryAfter">What the ERP asks us to wait.</param>
    /// <param name="ThisDocument">
    /// True when the ERP was asked and answered, and the answer settles nothing for this document, such as one that is created there and not posted yet. It says
    /// nothing about the ERP as a whole. False when the ERP could not be asked.
    /// </param>
    /// <param name="Awaited">
    /// True when the ERP answers later by its nature, such as by a file it writes at night, and is not late yet: the question does not count, so that nobody is
    /// called for what is as agreed. Only together with <paramref name="ThisDocument"/>.
    /// </param>
    public sealed record NoAnswer(string Reason, TimeSpan? RetryAfter = null, bool ThisDocument = false, bool Awaited = false) : LookUpOutcome;
}
