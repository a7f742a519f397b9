using System.Globalization;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Subscriptions;

/// <summary>One file of tests/Stories/Subscriptions.</summary>
internal sealed class Story
{
    private readonly PriceTerms _terms;
    private readonly List<(DateOnly Recorded, Amendment Amendment)> _amendments = [];

    private Story(string file)
    {
        Text = File.ReadAllText(file).ReplaceLineEndings("\n");
        _terms = Terms(Text.Split('\n').Single(line => line.StartsWith("Terms: ", StringComparison.Ordinal))[7..]);
        var rows = Text.Split('\n').Where(line => line.StartsWith("| 2", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).ToList();
        foreach (var row in rows.Where(row => row.Length == 3))
            _amendments.Add((Day(row[0]), Amended(_amendments.Count + 1, row[1], row[2].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))));
        Expected = [.. rows.Where(row => row.Length > 3).Select(row => string.Join(" | ", row).TrimEnd(' ', '|'))];
    }

    public string Text { get; }

    /// <summary>The rows of the last table.</summary>
    public List<string> Expected { get; }

    public static IEnumerable<string> Names() => Directory.GetFiles(Folder(), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static Story Read(string name) => new(Path.Combine(Folder(), name + ".md"));

    /// <summary>Bills from first day to first day for as long as anything can still change.</summary>
    public List<string> Told()
    {
        List<string> rows = [];
        Dictionary<string, string> billed = new(StringComparer.Ordinal);
        var last = _amendments.Max(row => row.Amendment.EffectiveOn > row.Recorded ? row.Amendment.EffectiveOn : row.Recorded).AddMonths(2);
        for (var day = FirstOf(_amendments[0].Recorded.AddMonths(1)); day <= last; day = day.AddMonths(1))
        {
            var known = _amendments.Where(row => row.Recorded <= day).Select(row => row.Amendment).ToArray();
            var subscription = Amend.Folded(known).Subscription;
            var wanted = Parts.Of(subscription, DateOnly.MinValue, day).OrderBy(part => part.Days.Start).ThenBy(part => part.Component.Component, StringComparer.Ordinal)
                .ToDictionary(Key, part => $"{part.Component.Component} | {part.Component.Quantity:0.##} | {part.Days} {part.Detail}".TrimEnd() + $" | {part.Convention} | {AmendmentWords.Of(subscription, part)}");
            foreach (var (key, row) in billed.Where(old => !wanted.ContainsKey(old.Key)).ToList())
            {
                rows.Add(Row(day, "credit", row));
                billed.Remove(key);
            }
            foreach (var (key, row) in wanted.Where(part => billed.TryAdd(part.Key, part.Value))) rows.Add(Row(day, "bill", row));
        }
        return rows;
    }

    private static string Key(Part part) => string.Create(CultureInfo.InvariantCulture,
        $"{part.Component.Component} {part.Component.Price.PlanCode} {part.Component.Quantity:0.##} {Sample.Told(part)}");

    private static string Row(DateOnly day, string what, string row) => $"{day:yyyy-MM-dd} | {what} | {row}".TrimEnd(' ', '|');

    private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    private static PriceTerms Terms(string text)
    {
        var parts = text.Split(", ");
        var length = new RequestReader().Interval("interval", parts[0])!.Value;
        return new PriceTerms
        {
            Interval = length,
            Anchoring = Words.Parse<Anchoring>(parts[1]),
            Timing = Words.Parse<BillingTiming>(parts[2]),
            DayCount = Words.Parse<DayCount>(parts[3]),
        };
    }

    private Amendment Amended(int version, string effective, string[] words) => Amend.At(version, effective.Replace(' ', 'T'), words switch
    {
        ["create", "base", "seats", var seats, .. var trial] => Amend.Team(D(seats), _terms) with { TrialEnd = trial is ["trial", var end] ? Day(end) : null },
        ["seats", var seats] => Amend.Seats(D(seats)),
        ["add", var component] => new Change.Add(Amend.Order(component, 49m, null, _terms)),
        ["upgrade", var plan, .. var components] => new Change.ToPlan(plan, Up: true, [.. components.Select(name => Amend.Order(name, 20m, null, _terms, plan))]),
        ["pause", var mode] => new Change.Rest(Words.Parse<PauseMode>(mode), null),
        ["resume"] => new Change.Resume(),
        ["cancel"] => new Change.Cancel(DayCounts: true),
        ["reactivate"] => new Change.Reactivate(),
        _ => throw new FormatException($"No amendment: {string.Join(' ', words)}"),
    });

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tieout.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "Stories", "Subscriptions");
    }
}
