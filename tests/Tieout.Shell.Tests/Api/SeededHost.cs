using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Api;

/// <summary>The real host over a database of its own filled by <see cref="Seed"/>, at the instant it was filled for.</summary>
internal static class SeededHost
{
    public static async Task<ApiHost> Start(PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabase();
        await Seed.Fill(database.Source);
        return await ApiHost.Over(database, new FixedClock());
    }

    // Time stands still for ages and answers; waits still pass, for they use timers.
    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Seed.Now;
    }
}
