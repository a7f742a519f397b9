using Dapper;
using Npgsql;

namespace Tieout.Application.Gateways;

/// <summary>How far each gateway was asked.</summary>
internal static class GatewayFetches
{
    /// <summary>Somebody begins to ask; answers until when all was asked for before, null for never.</summary>
    public static async Task<DateTimeOffset?> Began(NpgsqlDataSource database, string gateway, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<DateTimeOffset?>(new CommandDefinition(
            """
            insert into cash.gateway_fetch as f (gateway, began_at) values (@gateway, @now)
            on conflict (tenant, gateway) do update set began_at = greatest(f.began_at, excluded.began_at) returning through
            """, new { gateway, now }, cancellationToken: cancel));
    }

    /// <summary>True for one of all programs that serve, where nobody began within the time given.</summary>
    public static async Task<bool> Due(NpgsqlDataSource database, string gateway, TimeSpan every, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_fetch as f (gateway, began_at) values (@gateway, @now)
            on conflict (tenant, gateway) do update set began_at = @now where f.began_at <= @before
            """, new { gateway, now, before = now - every }, cancellationToken: cancel)) > 0;
    }

    /// <summary>All until then is kept.</summary>
    public static async Task Reached(NpgsqlDataSource database, string gateway, DateTimeOffset through, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "update cash.gateway_fetch set through = greatest(through, @through) where tenant = 1 and gateway = @gateway",
            new { gateway, through }, cancellationToken: cancel));
    }
}
