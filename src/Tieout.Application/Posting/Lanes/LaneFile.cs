using Tieout.Application.Settings;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>The part <c>lane</c> of a target in the targets file; docs/lanes.md describes every setting.</summary>
internal static class LaneFile
{
    private const int CallsMost = 100_000;

    /// <summary>What stands there, or the defaults.</summary>
    /// <exception cref="SettingsException">An unknown key or zone, hours that cannot be read or never come, an unknown kind.</exception>
    public static LaneSettings Read(SettingsNode? node)
    {
        if (node is null) return LaneSettings.Default;
        node.Allow("calls-per-minute", "time-zone", "open", "maintenance", "kinds");
        return new LaneSettings(node.Find("calls-per-minute")?.Integer(1, CallsMost), Hours(node), Kinds(node.Find("kinds")));
    }

    private static LaneHours Hours(SettingsNode node)
    {
        var zone = TimeZoneInfo.Utc;
        if (node.Find("time-zone") is { } named && !LaneHours.TryZone(named.Text(), out zone!))
            throw named.Error($"'{named.Text()}' is no time zone known here; write its IANA name, such as Europe/Berlin or UTC.");
        var (open, maintenance) = (Windows(node.Find("open")), Windows(node.Find("maintenance")));
        try
        {
            return new LaneHours(zone, open, maintenance);
        }
        catch (ArgumentException)
        {
            throw node.Error("with these open hours and this maintenance it never opens: nothing would ever be posted. Leave an hour open in the week.");
        }
    }

    private static List<WeeklyWindow> Windows(SettingsNode? node)
    {
        List<WeeklyWindow> windows = [];
        foreach (var item in node?.Items() ?? [])
            try
            {
                windows.Add(WeeklyWindow.Parse(item.Text()));
            }
            catch (FormatException unreadable)
            {
                throw item.Error(unreadable.Message);
            }
        return windows;
    }

    private static KindOrder Kinds(SettingsNode? node)
    {
        if (node is null) return KindOrder.None;
        try
        {
            return new KindOrder([.. node.Items().Select(item => item.Text())]);
        }
        catch (ArgumentException unknown)
        {
            throw node.Error(unknown.Message.Split(" (Parameter", StringSplitOptions.None)[0]);
        }
    }
}
