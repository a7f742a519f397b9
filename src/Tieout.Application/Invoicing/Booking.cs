using Tieout.Domain.Exceptions;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>
/// What the books can hold. An account beyond that, or one whose charges cannot be computed at all, is stopped by itself: it never
/// stops the accounts beside it.
/// </summary>
internal static class Booking
{
    // numeric(19,4), and numeric(28,12) for quantities and prices.
    private const decimal MostMoney = 1_000_000_000_000_000m;
    private const decimal MostUnits = 10_000_000_000_000_000m;

    /// <summary>Why an account of far too large amounts is not billed.</summary>
    public static Finding TooLarge { get; } = new(
        ExceptionCategory.Business, "amount-too-large", "A charge or a document comes to 1,000,000,000,000,000 or more, which no book here holds.",
        "Check quantity, usage and price; one of them is far too large. Nothing of the account is billed until then.");

    /// <summary>Whether a line can be booked.</summary>
    public static bool Holds(LineToBook line) =>
        Math.Abs(line.Amount.Amount) < MostMoney && Math.Abs(line.Standing) < MostMoney && Math.Abs(line.Billed) < MostMoney
        && Math.Abs(line.Line.Quantity) < MostUnits && Math.Abs(line.Line.UnitPrice) < MostUnits;

    /// <summary>Whether a document can be booked, also in the currency of the books.</summary>
    public static bool Holds(Invoice document) =>
        Math.Abs(document.Net.Amount) < MostMoney && Math.Abs(document.Total.Amount) < MostMoney
        && (document.InBooks is not { } books || (Math.Abs(books.Net.Amount) < MostMoney && Math.Abs(books.Total.Amount) < MostMoney));

    /// <summary>What lines come to, for an exception; null where no book holds it.</summary>
    public static decimal? Sum(IEnumerable<LineToBook> lines)
    {
        var sum = 0m;
        foreach (var line in lines)
            if (Math.Abs(sum += line.Amount.Amount) >= MostMoney) return null;
        return sum;
    }

    /// <summary>Whether something went wrong in computing, not in the world outside: it is of one account then.</summary>
    public static bool IsOfOneAccount(Exception bug) =>
        bug is ArgumentException or ArithmeticException or InvalidOperationException or KeyNotFoundException
            or TimeZoneNotFoundException or InvalidTimeZoneException;

    /// <summary>A bug of ours, said plainly, with what a maker needs.</summary>
    public static Finding NotComputed(Exception bug) => bug is TimeZoneNotFoundException or InvalidTimeZoneException ? ZoneUnknown(bug) : new(
        ExceptionCategory.Technical, "cannot-be-computed", "The charges of the account could not be computed; that is a fault of Tieout.",
        "Report it with the technical text. All other accounts are billed; this one is billed by the run after the fault is mended.",
        $"{bug.GetType().Name}: {bug.Message}");

    private static Finding ZoneUnknown(Exception bug) => new(
        ExceptionCategory.Technical, "unknown-time-zone", "This machine does not know the account's time zone, so that nobody can say on which day its usage falls.",
        "Bring the machine's time zone database up to date. All other accounts are billed; this one is billed by the run after that.", bug.Message);
}
