using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>What all confirmations of one document come to. Pure. None of it proves that it is booked, or that it is not.</summary>
internal abstract record ToldVerdict
{
    private ToldVerdict() { }

    /// <summary>Nothing certain was told yet.</summary>
    public sealed record Waiting : ToldVerdict;

    /// <summary>Booked, once or several times told, always the same.</summary>
    /// <param name="Document">SAP's.</param>
    /// <param name="Since">When it was told first.</param>
    public sealed record Booked(ErpReference Document, DateTimeOffset Since) : ToldVerdict;

    /// <summary>Refused, once or several times told, and nothing else.</summary>
    public sealed record Refused(IReadOnlyList<SapMessage> Messages) : ToldVerdict;

    /// <summary>Booked and refused, or under two numbers, or a confirmation that contradicts itself.</summary>
    public sealed record Contradicting(string Text) : ToldVerdict;

    /// <summary>The verdict. That SAP has seen the message before says nothing of the document.</summary>
    public static ToldVerdict Of(IReadOnlyList<Confirmation> told, SapSettings settings)
    {
        var certain = told.Where(one => one.As != ConfirmedAs.OnItsWay && !TellsDuplicate(one, settings)).ToList();
        if (certain.Count == 0) return new Waiting();
        var numbers = certain.Where(one => one.Document is not null).Select(one => one.Document!.Number).Distinct(StringComparer.Ordinal).ToList();
        if (certain.TrueForAll(one => one.As == ConfirmedAs.Booked) && numbers.Count == 1) return new Booked(certain[0].Document!, certain[0].ReceivedAt);
        if (certain.TrueForAll(one => one.As == ConfirmedAs.Refused))
            return new Refused([.. certain[^1].Notes.Select(note => new SapMessage(note.Type, note.Severity, note.Text))]);
        var refusals = certain.Count(one => one.As == ConfirmedAs.Refused);
        return new Contradicting(
            $"SAP's confirmations contradict each other: booked as {(numbers.Count > 0 ? string.Join(" and ", numbers) : "nothing")}, "
            + $"refused {refusals} times, unclear {certain.Count(one => one.As == ConfirmedAs.Unclear)} times.");
    }

    private static bool TellsDuplicate(Confirmation one, SapSettings settings) =>
        one.As == ConfirmedAs.Refused && one.Notes.Any(note => settings.TellsDuplicate(note.Text));
}
