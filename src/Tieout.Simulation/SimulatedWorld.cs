using System.Globalization;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain.Posting.Lanes;
using Tieout.Simulation.Erp;
using Tieout.Simulation.Store;
using Tieout.Simulation.Time;

namespace Tieout.Simulation;

/// <summary>One run's world: a database, two ERPs, machines with programs, all under one clock and one seed.</summary>
internal sealed class SimulatedWorld : IDisposable
{
    // Eves of a leap day, of both changes of summer time in Europe, and of a new year.
    private static readonly DateTimeOffset[] Eves =
    [
        new(2028, 2, 28, 23, 50, 0, TimeSpan.Zero), new(2026, 3, 29, 0, 50, 0, TimeSpan.Zero), new(2026, 10, 25, 0, 50, 0, TimeSpan.Zero),
        new(2026, 12, 31, 23, 50, 0, TimeSpan.Zero), new(2028, 2, 29, 23, 50, 0, TimeSpan.Zero),
    ];

    private readonly List<DeliveryTarget> _targets = [];
    private readonly Dictionary<string, LaneHours> _hours = new(StringComparer.Ordinal);
    private readonly Draw _queued;
    private int _ids;
    private int _rules = 1;

    public SimulatedWorld(int seed, IReadOnlySet<Fault> without, Flaws flaws, Action<string>? tell)
    {
        Draw = new Draw(seed);
        _queued = new Draw(seed ^ 0x0A57);
        Flaws = flaws;
        var eve = Draw.OneIn(3);
        var start = eve ? Draw.Pick(Eves) : new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero) + Draw.Seconds(0, 86_400);
        Time = new VirtualTime(new Random(seed ^ 0x5EED), start);
        Newer = new Draw(seed ^ 0x2B0C);
        Faults = new FaultTable(Draw, Newer, Time, without, tell);
        if (eve && Faults.Has(Fault.Calendar)) Faults.Strike(Fault.Calendar, $"the story begins {start:u}");
        Server.Books = Server.Books with { OrderIgnored = flaws.HasFlag(Flaws.NoOrder) };
        foreach (var name in new[] { "erp-us", "erp-de" })
        {
            var temper = ErpTemper.Drawn(Draw, flaws);
            // Of a chance of their own: the stories of the other seeds stay as they were.
            if (_queued.OneIn(4)) temper = temper with { Queued = true, LookBeforeSend = true };
            var erp = new SimulatedErp(name, temper, Time, Faults, Poison, Draw);
            var network = new ErpNetwork(erp, Time, Faults, Poison, Draw);
            Erps.Add((erp, network));
        }
        Documents = new SimulatedIntake(this);
        Person = new SimulatedPerson(this);
        Machines = [.. Enumerable.Range(1, Draw.Between(1, 3)).Select(number => new SimulatedProgram(number, this))];
    }

    public Draw Draw { get; }

    /// <summary>Chance of faults that came later than the others.</summary>
    public Draw Newer { get; }
    public Flaws Flaws { get; }
    public VirtualTime Time { get; }
    public FaultTable Faults { get; }
    public MemoryServer Server { get; } = new();
    public List<(SimulatedErp Erp, ErpNetwork Network)> Erps { get; } = [];
    public PoisonedDocuments Poison { get; } = new();
    public SimulatedIntake Documents { get; }
    public SimulatedPerson Person { get; }
    public IReadOnlyList<SimulatedProgram> Machines { get; }

    /// <summary>Steps that programs were killed at, with how often.</summary>
    public SortedDictionary<string, int> Kills { get; } = new(StringComparer.Ordinal);

    /// <summary>What programs said that they should never say: a rule of the books was broken.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Ids in the order they are given out.</summary>
    public Guid NewId() => new(++_ids, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>The targets under the rules of now.</summary>
    public IReadOnlyList<DeliveryTarget> Targets()
    {
        if (_targets.Count > 0 && _targets[0].Settings.Version == RulesVersion) return [.. _targets];
        _targets.Clear();
        foreach (var (erp, network) in Erps)
        {
            var none = new Dictionary<string, string>(StringComparer.Ordinal);
            var settings = new TargetSettings(
                erp.Name, "simulated", new Uri($"http://{erp.Name}/"), "", "", "", none, none, none, null, null, erp.Temper.Timeout, RulesVersion);
            var connector = new SimulatedConnector(erp, network, Faults, Poison, Flaws, erp.Temper.Queued ? Delivery(settings, network) : null);
            _targets.Add(new DeliveryTarget(settings, connector, erp.Temper.Policy, [SimulatedIntake.EntityOf(erp.Name)])
            {
                Lane = new LaneSettings(erp.Temper.CallsPerMinute, _hours.GetValueOrDefault(erp.Name, LaneHours.Always), KindOrder.None),
            });
        }
        return [.. _targets];
    }

    // The way into an ERP that books later is the program's own; only the messages and the inbox are simulated.
    private QueuedDelivery Delivery(TargetSettings settings, ErpNetwork network)
    {
        var inbox = new MemoryConfirmations(new ServerLine(Time, Server, InboxTrouble));
        var skew = Faults.Has(Fault.ClockSkew) ? _queued.Between(TimeSpan.FromHours(-1), TimeSpan.FromHours(1)) : TimeSpan.Zero;
        var clock = new MachineClock(Time, skew);
        var options = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["delivery"] = SapSettings.Asynchronous,
            ["confirmation-wait-seconds"] = _queued.Between(0, 2).ToString(CultureInfo.InvariantCulture),
            ["confirmation-grace-seconds"] = _queued.Between(20, 120).ToString(CultureInfo.InvariantCulture),
        };
        var form = new QueuedForm(network, clock, told => Tell(inbox, settings.Name, told), Flaws);
        return new QueuedDelivery(
            SapSettings.Of(settings with { Company = "1000", Options = options }), form, inbox, async (documents, _, _) => await network.LookUp(documents), clock);
    }

    // It repeats itself for a while where nobody takes it.
    private void Tell(MemoryConfirmations inbox, string target, IReadOnlyList<Confirmation> told, int times = 1)
    {
        Faults.Tell($"{target} confirms: {string.Join(", ", told.Select(one => $"{one.Reference} {Domain.Words.Of(one.As)}"))}");
        if (!inbox.Take(target, told) && times < 5) Time.After(TimeSpan.FromSeconds(30 * times), () => Tell(inbox, target, told, times + 1));
    }

    private LineTrouble InboxTrouble(string name)
    {
        var usual = new LineTrouble(TimeSpan.FromMicroseconds(_queued.Between(100, 2_000)), TimeSpan.Zero);
        if (Faults.Ceased) return usual;
        if (Faults.Has(Fault.QuestionLost) && _queued.OneIn(200)) return usual with { Lost = true };
        if (Faults.Has(Fault.CommitUnheard) && _queued.OneIn(200)) return usual with { AnswerLost = true };
        // A defect that only slow books show is looked for where they often are.
        return _queued.OneIn(Flaws.HasFlag(Flaws.LeavesLate) ? 4 : 40) ? new LineTrouble(_queued.Seconds(0, 300), TimeSpan.Zero) : usual;
    }

    /// <summary>New rules; programs take them up as they start.</summary>
    public void PublishRules() => _rules++;

    /// <summary>From the next minute on an ERP is in maintenance for a while, every day; programs take it up as they start.</summary>
    public void CloseWindow(string erp, TimeSpan duration)
    {
        var from = Time.Now.AddMinutes(1);
        var window = FormattableString.Invariant($"daily {from.UtcDateTime:HH:mm}-{(from + duration).UtcDateTime:HH:mm}");
        Faults.Strike(Fault.WindowClosed, $"{erp} is in maintenance {window}");
        _hours[erp] = new LaneHours(TimeZoneInfo.Utc, [], [WeeklyWindow.Parse(window)]);
        PublishRules();
    }

    /// <summary>A program was killed.</summary>
    public void KilledAt(string step) => Kills[step] = Kills.GetValueOrDefault(step) + 1;

    /// <summary>A program told of trouble; that the books refused something is a defect, whatever comes of it.</summary>
    public void Heard(int machine, string trouble)
    {
        Faults.Tell($"machine {machine}: {trouble}");
        if (!trouble.Contains("database", StringComparison.Ordinal) && !trouble.Contains("No space left", StringComparison.Ordinal)) Broken.Add(trouble);
    }

    public void Dispose()
    {
        foreach (var machine in Machines) machine.Dispose();
    }

    private string RulesVersion => FormattableString.Invariant($"rules-{_rules}");
}
