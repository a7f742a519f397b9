using Tieout.Domain.Posting;

namespace Tieout.Simulation.Erp;

/// <summary>What kind of ERP one is, drawn anew for every run.</summary>
/// <param name="Unique">It takes a key once for ever, as NetSuite an external id; otherwise it books whatever comes, as SAP or Tryton do.</param>
/// <param name="Window">How long it remembers a key although it does not take it once for ever; zero for not at all.</param>
/// <param name="LookBeforeSend">The connector asks before it sends; always where the ERP is not <paramref name="Unique"/>.</param>
/// <param name="OneByOne">One document a request.</param>
/// <param name="BatchSize">Documents a call.</param>
/// <param name="Slots">Calls at once.</param>
/// <param name="Timeout">Of one request.</param>
/// <param name="Sight">The longest until a look-up sees what is booked.</param>
/// <param name="Policy">How patient the pipeline is with it.</param>
/// <param name="CallsPerMinute">The rate that the pipeline is to keep to; null for none.</param>
internal sealed record ErpTemper(
    bool Unique, TimeSpan Window, bool LookBeforeSend, bool OneByOne, int BatchSize, int Slots, TimeSpan Timeout, TimeSpan Sight, PostingPolicy Policy,
    int? CallsPerMinute)
{
    /// <summary>It takes messages and books them in its own time, as SAP's asynchronous service does.</summary>
    public bool Queued { get; init; }

    // What the pipeline may lose between being allowed to send and sending; see ExchangeLog.
    private static readonly TimeSpan ToLeave = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The latest that a request which was given up may still be booked. For an ERP that takes a key twice it lies, with the sight,
    /// within the proof of absence: that is what the setting asks of whoever chooses it.
    /// </summary>
    public TimeSpan LatestCommit => Policy.AbsenceProof - Sight - ToLeave - TimeSpan.FromSeconds(1);

    /// <summary>One of the kinds there are.</summary>
    public static ErpTemper Drawn(Draw draw, Flaws flaws)
    {
        var unique = draw.OneIn(2);
        var timeout = draw.Seconds(2, 20);
        var sight = draw.OneIn(2) ? TimeSpan.Zero : draw.Seconds(1, 20);
        var proof = timeout + sight + draw.Seconds(60, 300);
        var policy = new PostingPolicy(draw.Between(3, 8), draw.Seconds(1, 3), draw.Seconds(10, 120), flaws.HasFlag(Flaws.NoAbsenceProof) ? TimeSpan.Zero : proof);
        var temper = new ErpTemper(
            unique, draw.OneIn(2) ? draw.Seconds(10, 300) : TimeSpan.Zero, !unique || draw.OneIn(2), draw.OneIn(2),
            draw.Between(1, 8), draw.Between(1, 3), timeout, sight, policy, draw.OneIn(3) ? draw.Between(6, 120) : null);
        return flaws.HasFlag(Flaws.NoAbsenceProof) ? temper with { Sight = TimeSpan.Zero, Policy = policy with { AbsenceProof = TimeSpan.Zero } } : temper;
    }
}
