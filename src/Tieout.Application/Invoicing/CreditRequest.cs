using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>What of an invoice is to be credited.</summary>
public abstract record CreditWish
{
    private CreditWish() { }

    /// <summary>All that is left of it.</summary>
    public sealed record Whole : CreditWish;

    /// <summary>An amount before tax, spread over its lines.</summary>
    public sealed record ByAmount(decimal Amount) : CreditWish;

    /// <summary>Amounts before tax of lines named by their number.</summary>
    public sealed record ByLine(IReadOnlyList<LineCredit> Lines) : CreditWish;

    /// <summary>It was wrong: taken back whole, and what is wanted then is billed anew by the next run.</summary>
    public sealed record Void : CreditWish;
}

/// <summary>Asks for a credit memo.</summary>
/// <param name="Number">The invoice's number.</param>
/// <param name="Wish">What to credit.</param>
/// <param name="On">
/// Date of the credit memo; its accounting month must be open. Null for today, or for the invoice's own date while that is still to come.
/// </param>
/// <param name="Reason">Begins the words of every line; the customer reads it.</param>
/// <param name="Actor">Who gives it.</param>
/// <param name="Key">The same key again answers with what the first gave.</param>
public sealed record CreditRequest(string Number, CreditWish Wish, DateOnly? On, string Reason, string Actor, string Key);

/// <summary>What came of it.</summary>
public abstract record CreditOutcome
{
    private CreditOutcome() { }

    /// <summary>The credit memo; its amounts are negative.</summary>
    /// <param name="Again">It was given before under the same key; nothing was added.</param>
    public sealed record Given(Guid Id, string Number, string Currency, decimal Net, decimal Tax, decimal Total, bool Again) : CreditOutcome;

    /// <summary>No invoice has this number.</summary>
    public sealed record NotFound(string Number) : CreditOutcome;

    /// <summary>Not given; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : CreditOutcome;
}
