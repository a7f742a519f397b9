namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>A clock that stands at noon, UTC, of the day it was put to.</summary>
internal sealed class StoryClock : TimeProvider
{
    public DateOnly Today { get; set; } = new(2026, 1, 1);

    public override DateTimeOffset GetUtcNow() => new(Today.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);
}
