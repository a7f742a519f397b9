using Tieout.Application.Posting;
using Tieout.Connectors.Port;
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
    private int _ids;
    private int _rules = 1;

    public SimulatedWorld(int seed, IReadOnlySet<Fault> without, Flaws flaws, Action<string>? tell)
    {
        Draw = new Draw(seed);
        Flaws = flaws;
        var eve = Draw.OneIn(3);
        var start = eve ? Draw.Pick(Eves) : new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero) + Draw.Seconds(0, 86_400);
        Time = new VirtualTime(new Random(seed ^ 0x5EED), start);
        Faults = new FaultTable(Draw, Time, without, tell);
        if (eve && Faults.Has(Fault.Calendar)) Faults.Strike(Fault.Calendar, $"the story begins {start:u}");
        Server.Books = Server.Books with { OrderIgnored = flaws.HasFlag(Flaws.NoOrder) };
        foreach (var name in new[] { "erp-us", "erp-de" })
        {
            var erp = new SimulatedErp(name, ErpTemper.Drawn(Draw, flaws), Time, Faults, Draw);
            var network = new ErpNetwork(erp, Time, Faults, Draw);
            Erps.Add((erp, network));
        }
        Documents = new SimulatedIntake(this);
        Person = new SimulatedPerson(this);
        Machines = [.. Enumerable.Range(1, Draw.Between(1, 3)).Select(number => new SimulatedProgram(number, this))];
    }

    public Draw Draw { get; }
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
            var connector = new SimulatedConnector(erp, network, Faults, Poison, Flaws);
            _targets.Add(new DeliveryTarget(settings, connector, erp.Temper.Policy, [SimulatedIntake.EntityOf(erp.Name)])
            {
                Lane = new LaneSettings(erp.Temper.CallsPerMinute, _hours.GetValueOrDefault(erp.Name, LaneHours.Always), KindOrder.None),
            });
        }
        return [.. _targets];
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
