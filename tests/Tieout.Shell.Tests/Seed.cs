using Npgsql;

namespace Tieout.Shell.Tests;

/// <summary>
/// A small company's books for looking at: three legal entities, three months, every verdict and every posting state.
/// Invoice numbers count up from 1 in each entity's series; the newest month is the month of <c>now</c>.
/// </summary>
internal static class Seed
{
    /// <summary>The instant the books are seen at.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 5, 9, 30, 0, TimeSpan.Zero);

    /// <summary>Parked with a target, after it was sent.</summary>
    public const string Parked = "US-2026-0000021";

    /// <summary>Posted, tied out, with a source row and an exchange in XML and one in JSON.</summary>
    public const string Proved = "DE-2026-0000001";

    /// <summary>Fills an empty database whose schema is up to date.</summary>
    public static async Task Fill(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Seed.sql")), connection);
        await command.ExecuteNonQueryAsync();
    }
}
