using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Journals;

/// <summary>A journal entry that is no invoice and no credit memo, with where it stands on its way into the ERP.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Number">Its number, under which the ERP knows it.</param>
/// <param name="Kind">Its word, such as <c>manual-journal</c>.</param>
/// <param name="Reason">Why it was booked.</param>
/// <param name="Actor">Who booked it.</param>
/// <param name="Reverses">Number of the entry it takes back; empty for none.</param>
/// <param name="ReversedBy">Number of the entry that takes it back; empty for none.</param>
/// <param name="State">Of its posting.</param>
/// <param name="Target">Where it goes; empty while that is open.</param>
/// <param name="ErpNumber">The ERP's number; empty until it is posted.</param>
/// <param name="Amount">What it does to what customers owe; the sum of its debits where that is nothing.</param>
public sealed record Journal(
    Guid Id, string Number, string Kind, string LegalEntity, DateOnly Date, string Text, string Reason, string Actor, string Reverses, string ReversedBy,
    string State, string Target, string ErpNumber, Money Amount, DateTimeOffset CreatedAt)
{
    /// <summary>Its lines; empty in a list of journals.</summary>
    public IReadOnlyList<BookedLine> Lines { get; init; } = [];
}

/// <summary>One line as it is booked.</summary>
/// <param name="Account">Of our subledger, such as <c>revenue</c>.</param>
/// <param name="BillingAccount">Code of the billing account it concerns; empty for none.</param>
/// <param name="Settles">Number of the invoice it settles; empty for none.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="InBooks">The same in the currency of the books; not zero on a line of zero, which is what a rate won or lost.</param>
public sealed record BookedLine(int No, string Account, string BillingAccount, string Settles, Money Amount, string Text, Money InBooks)
{
    /// <summary>What it is sorted by beside its account, our word of a dimension to our code; empty on most lines.</summary>
    public required IReadOnlyDictionary<string, string> Dimensions { get; init; }
}

/// <summary>What came of a journal by hand, or of taking one back.</summary>
public abstract record JournalOutcome
{
    private JournalOutcome() { }

    /// <summary>It is booked; <paramref name="Again"/> since an earlier call with the same key.</summary>
    public sealed record Done(Journal Journal, bool Again) : JournalOutcome;

    /// <summary>No journal has this number.</summary>
    public sealed record NotFound(string Number) : JournalOutcome;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyList<PriceProblem> Problems) : JournalOutcome;

    /// <summary>What stands is in the way; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : JournalOutcome;
}
