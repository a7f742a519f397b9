using Tieout.Application.Journals;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>An entry that stands for a step.</summary>
internal sealed record BookedStep(GatewayStep Step, Guid Entry, string Number)
{
    /// <summary>Which time the charge is booked.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The step's key, that of each time another.</summary>
    public string Key => GatewayPlace.Of(Step.Key, Attempt);
}

/// <summary>What came of looking at an object.</summary>
/// <param name="State">booked, waits or parked.</param>
/// <param name="Code">Why it waits or is parked; empty when it is booked.</param>
/// <param name="Booked">Every entry that stands for it, those of earlier looks too.</param>
/// <param name="AgainAt">When to look again though nothing new was told; null for not by itself.</param>
/// <param name="Held">The day whose month it waits for; null for none.</param>
internal sealed record Looked(
    string State, string Code, string Reason, string Remedy, IReadOnlyList<BookedStep> Booked, DateTimeOffset? AgainAt = null, HeldDay? Held = null)
{
    public static Looked Done(IReadOnlyList<BookedStep> booked) => new("booked", "", "", "", booked);

    public static Looked Parked(string code, string reason, string remedy, IReadOnlyList<BookedStep>? booked = null) =>
        new("parked", code, reason, remedy, booked ?? []);

    public static Looked Waits(string code, string reason, string remedy, IReadOnlyList<BookedStep>? booked = null, DateTimeOffset? again = null) =>
        new("waits", code, reason, remedy, booked ?? [], again);

    /// <summary>The books said no.</summary>
    public static Looked Refused(JournalOutcome outcome, IReadOnlyList<BookedStep> booked) => outcome switch
    {
        JournalOutcome.Refused no => Parked(no.Code, no.Reason, no.Remedy, booked),
        JournalOutcome.Unreadable bad => Parked(bad.Problems[0].Code, string.Join(' ', bad.Problems), "Correct it at the gateway, and look again.", booked),
        _ => Parked("not-bookable", "What it follows is not in the books any more.", "Look at the charge's entries, and look again.", booked),
    };
}
