using System.Diagnostics;
using Npgsql;

namespace Tieout.Shell.Tests.Database;

/// <summary>Waits for a condition, for as long as a loaded machine may need.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task True(Func<Task<bool>> condition, string what)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waiting.Elapsed > Limit) Assert.Fail($"It never came to this: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>The answer of a server that may be down for a moment.</summary>
    public static async Task<T> Scalar<T>(string connectionString, string sql)
    {
        object? answer = null;
        await True(
            async () =>
            {
                try
                {
                    answer = await Sql.Scalar(connectionString, sql);
                    return true;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            "the server answers");
        return (T)answer!;
    }
}
