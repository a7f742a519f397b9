namespace Tieout.Domain.Invoicing;

/// <summary>What a billing run has to add for one account: wanted minus booked.</summary>
public static class Difference
{
    /// <summary>
    /// Compares by <see cref="LineKey"/>: what is not booked is billed, what is booked at another amount gets a line of the
    /// difference, what is booked and not wanted any more is credited. Booked lines never change, so running it again after
    /// its result was booked gives nothing. Nothing is ever credited below zero: what was credited as a favour is not
    /// credited again. A part that gives days away to another and still comes to the same amount is credited and billed anew:
    /// what is booked says which days it covers.
    /// </summary>
    /// <param name="wanted">What should stand, each key once.</param>
    /// <param name="booked">What stands for the same days, each key once.</param>
    public static List<LineToBook> Between(IReadOnlyCollection<ChargeLine> wanted, IReadOnlyCollection<BookedLine> booked)
    {
        List<LineToBook> lines = new(wanted.Count);
        if (booked.Count == 0)
        {
            foreach (var line in wanted) lines.Add(First(line));
            return lines;
        }

        var unmatched = booked.ToDictionary(line => line.Key);
        foreach (var line in wanted)
        {
            if (!unmatched.Remove(line.Key, out var standing)) lines.Add(First(line));
            else if (GivesDaysAway(line, standing, wanted)) lines.AddRange(Shortened(line, standing));
            else if (Correction(standing, line, line.Amount.Amount) is { } correction) lines.Add(correction);
        }
        foreach (var line in unmatched.Values)
            if (Correction(line, line.Last, 0m) is { } correction) lines.Add(correction);
        return lines;
    }

    private static bool GivesDaysAway(ChargeLine line, BookedLine booked, IReadOnlyCollection<ChargeLine> wanted)
    {
        if (line.Amount.Amount != booked.Standing || booked.Billed == 0 || line.Period.End >= booked.Last.Period.End) return false;
        foreach (var other in wanted)
            if (other.Key.From >= line.Period.End && other.Key.From < booked.Last.Period.End
                && other.Key with { From = line.Key.From } == line.Key) return true;
        return false;
    }

    private static IEnumerable<LineToBook> Shortened(ChargeLine line, BookedLine booked)
    {
        var back = booked.Last with { Amount = booked.Last.Amount with { Amount = -booked.Billed }, Description = Words(booked, booked.Last, 0m) };
        yield return new LineToBook(back, booked.Revision + 1, 0m, 0m, booked.Origin, booked.Tax);
        var anew = line with { Amount = line.Amount with { Amount = booked.Billed }, DueOn = booked.Last.DueOn };
        yield return new LineToBook(anew, booked.Revision + 2, line.Amount.Amount, booked.Billed, null, null);
    }

    private static LineToBook First(ChargeLine line) => new(line, 1, line.Amount.Amount, line.Amount.Amount, null, null);

    private static LineToBook? Correction(BookedLine booked, ChargeLine facts, decimal wanted)
    {
        var delta = Capped(wanted - booked.Standing, booked.Billed, wanted);
        if (wanted == booked.Standing || delta == 0) return null;
        // The day it fell due stays: it is how a later run finds what stands.
        var line = facts with { Amount = facts.Amount with { Amount = delta }, DueOn = booked.Last.DueOn };
        // Nothing is left of what stood: the charge begins anew, with its own tax and its own days.
        return booked.Billed == 0
            ? new LineToBook(line, booked.Revision + 1, wanted, delta, null, null)
            : new LineToBook(
                line with { Description = Words(booked, facts, wanted) }, booked.Revision + 1, wanted, booked.Billed + delta, booked.Origin, booked.Tax);
    }

    private static string Words(BookedLine booked, ChargeLine facts, decimal wanted) =>
        $"{(wanted == 0 ? "Cancelled" : "Corrected")}: {facts.Description} (invoice {booked.Origin.Number}, line {booked.Origin.LineNo})";

    // What is billed stays between nothing and what is wanted: a favour is not credited a second time.
    private static decimal Capped(decimal delta, decimal billed, decimal wanted) =>
        Math.Clamp(billed + delta, Math.Min(wanted, 0), Math.Max(wanted, 0)) - billed;
}
