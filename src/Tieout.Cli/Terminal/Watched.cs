using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Runs;

namespace Tieout.Cli.Terminal;

/// <summary>
/// Shows how far long work is, with its rate and the time left: a bar on a terminal, a plain line every few seconds elsewhere.
/// </summary>
internal static class Watched
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Does the work and reports on standard error.</summary>
    public static async Task<T> Run<T>(Screen screen, string title, Func<IProgress<RunProgress>, Task<T>> work)
    {
        if (!screen.Watched) return await work(new PlainLines(screen, title));
        return await screen.Notes.Progress()
            .AutoClear(enabled: false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), autoStart: true, maxValue: 1);
                task.IsIndeterminate = true;
                var result = await work(new Bar(screen, task, title));
                task.IsIndeterminate = false;
                task.Value = task.MaxValue;
                return result;
            });
    }

    /// <summary>How much a second, and how long still; empty while nothing can be said.</summary>
    internal static string Pace(long done, long total, TimeSpan elapsed)
    {
        if (done <= 0 || elapsed.Ticks <= 0) return "";
        var rate = (decimal)done * TimeSpan.TicksPerSecond / elapsed.Ticks;
        var text = ", " + rate.ToString(rate >= 10 ? "N0" : "N1", CultureInfo.InvariantCulture) + "/s";
        if (total <= done || rate == 0) return text;
        var left = TimeSpan.FromSeconds((double)Math.Min((total - done) / rate, 360_000m));
        return text + ", " + left.ToString(left.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture) + " left";
    }

    private sealed class Bar(Screen screen, ProgressTask task, string title) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            screen.Reached = (title, value);
            if (value.Total > 0)
            {
                task.IsIndeterminate = false;
                task.MaxValue = value.Total;
            }
            task.Value = value.Done;
            task.Description = Markup.Escape($"{title}: {Screen.Count(value.Done)} {value.Unit}{(value.Note.Length > 0 ? ", " + value.Note : "")}");
        }
    }

    private sealed class RateColumn : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Pace((long)task.Value, 0, task.ElapsedTime ?? TimeSpan.Zero).TrimStart(',', ' '));
    }

    private sealed class PlainLines(Screen screen, string title) : IProgress<RunProgress>
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly Lock _gate = new();
        private TimeSpan _last;

        public void Report(RunProgress value)
        {
            lock (_gate)
            {
                screen.Reached = (title, value);
                var elapsed = _watch.Elapsed;
                if (elapsed - _last < BetweenLines) return;
                _last = elapsed;
                var of = value.Total > 0 ? $" of {Screen.Count(value.Total)}" : "";
                var note = value.Note.Length > 0 ? ", " + value.Note : "";
                Console.Error.WriteLine($"{title}: {Screen.Count(value.Done)}{of} {value.Unit}{Pace(value.Done, value.Total, elapsed)}{note}");
            }
        }
    }
}
