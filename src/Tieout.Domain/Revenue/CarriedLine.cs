using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>At what a part goes over into the currency of the books.</summary>
/// <param name="Functional">In the currency of the books.</param>
/// <param name="For">What that is for, in the document's own currency; never zero.</param>
public readonly record struct BooksRate(decimal Functional, decimal For)
{
    /// <summary>What a part comes to, rounded to minor units half away from zero; multiplied before divided.</summary>
    public decimal Of(decimal part, Currency books) => Rounding.JournalLine(new Money(part * Functional / For, books)).Amount;
}

/// <summary>A deferred or prepaid line of a document with what it stands at in the books.</summary>
/// <param name="Amount">In the document's own currency, below zero for what is given back.</param>
/// <param name="Functional">All of it in the currency of the books.</param>
/// <param name="Rate">For parts of it.</param>
public readonly record struct CarriedLine(decimal Amount, decimal Functional, BooksRate Rate)
{
    /// <summary>What stands behind the first so much of it: all of it is exactly all, whatever rounding did before.</summary>
    public decimal UpTo(decimal part, Currency books) => part == Amount ? Functional : Rate.Of(part, books);
}

/// <summary>What a document put into deferred revenue, or into prepaid credit.</summary>
/// <param name="Whole">As the ledger has it; both positive for an invoice, both negative for a credit memo.</param>
/// <param name="Rate">
/// Units of the books' currency for one of the document's; null for a document from before there were rates, which goes by what the ledger says.
/// </param>
public readonly record struct DocumentInBooks(Carried Whole, decimal? Rate)
{
    /// <summary>
    /// What a line of it carries: its own amount at the document's rate, rounded cumulatively in the order of lines, so that lines come to what the
    /// ledger has and the last takes what rounding leaves. Never by what the document comes to in all: that may be a cent of thousands that go up and down.
    /// </summary>
    /// <param name="before">Sum of the lines before it.</param>
    /// <param name="amount">Of the line.</param>
    public CarriedLine Line(decimal before, decimal amount, Currency books) =>
        new(amount, UpTo(before + amount, books) - UpTo(before, books), OfParts);

    private BooksRate OfParts => Rate is { } rate ? new BooksRate(rate, 1m)
        : Whole.Amount != 0m ? new BooksRate(Whole.Functional, Whole.Amount)
        : new BooksRate(1m, 1m);

    private decimal UpTo(decimal reached, Currency books) => reached == Whole.Amount ? Whole.Functional : OfParts.Of(reached, books);
}

/// <summary>
/// What of a charge is invoiced and not given back, revision by revision, in the books: at what each revision is earned. More of it is earned at
/// the rate of its own document. What is given back leaves at the rate of what stood, for that is what was promised at it (IAS 21.23); what the
/// document that gives it back went by instead is an exchange difference, and no revenue (IAS 21.28).
/// </summary>
public sealed class ChargeInBooks(Currency books)
{
    private decimal _amount;
    private decimal _functional;
    private BooksRate _rate = new(1m, 1m);

    /// <summary>Takes the next revision.</summary>
    /// <param name="own">At what its own document has it.</param>
    /// <returns>At what it is earned, or takes back what was to be earned.</returns>
    public CarriedLine Add(CarriedLine own)
    {
        if (_amount == 0m || Math.Sign(own.Amount) == Math.Sign(_amount))
        {
            _rate = _amount == 0m ? own.Rate : new BooksRate(_functional + own.Functional, _amount + own.Amount);
            (_amount, _functional) = (_amount + own.Amount, _functional + own.Functional);
            return own;
        }
        // No more than stood leaves at its rate; what goes beyond it has none but its own.
        var within = Math.Sign(own.Amount) * Math.Min(Math.Abs(own.Amount), Math.Abs(_amount));
        var beyond = own.Amount - within;
        var functional = within == -_amount ? -_functional : _rate.Of(within, books);
        if (beyond != 0m) functional += own.Rate.Of(beyond, books);
        var valued = new CarriedLine(own.Amount, functional, beyond == 0m ? _rate : new BooksRate(functional, own.Amount));
        (_amount, _functional) = (_amount + own.Amount, _functional + functional);
        if (beyond != 0m) _rate = own.Rate;
        return valued;
    }
}
