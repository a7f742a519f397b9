using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>Keeps movements of the balance at a gateway, each once, and which payout they are part of. Inside the caller's transaction.</summary>
internal static class SaveGatewayMovements
{
    /// <summary>How many were new, or were not known to be part of the payout.</summary>
    /// <param name="payout">All of them are part of it; null where that is not said.</param>
    public static async Task<int> Run(
        NpgsqlConnection connection, GatewayPlace place, IReadOnlyList<GatewayFact.Movement> movements, string? payout, DateTimeOffset now,
        CancellationToken cancel)
    {
        var rows = movements.DistinctBy(one => one.Id, StringComparer.Ordinal).OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        if (rows.Count == 0) return 0;
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_movement as m (gateway, id, kind, source, currency, gross, fee, made_at, available_on, payout, state)
            select @Name, id, kind, source, currency, gross, fee, made_at, available_on, @payout,
                   case when fee = case when kind = 'fee' then gross else 0 end then 'none' else 'new' end
            from unnest(@ids, @kinds, @sources, @currencies, @gross, @fees, @made, @available)
              as told (id, kind, source, currency, gross, fee, made_at, available_on)
            on conflict (tenant, gateway, id) do update set payout = excluded.payout where m.payout is null and excluded.payout is not null
            """,
            new
            {
                place.Name,
                payout,
                ids = rows.ConvertAll(one => one.Id).ToArray(),
                kinds = rows.ConvertAll(one => Words.Of(one.Kind)).ToArray(),
                sources = rows.ConvertAll(one => one.Source).ToArray(),
                currencies = rows.ConvertAll(one => one.Gross.Currency.Code).ToArray(),
                gross = rows.ConvertAll(one => one.Gross.Amount).ToArray(),
                fees = rows.ConvertAll(one => one.Fee.Amount).ToArray(),
                made = rows.ConvertAll(one => one.At).ToArray(),
                available = rows.ConvertAll(one => one.AvailableOn).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        if (payout is not null && changed > 0) await LookAt(connection, place, payout, now, cancel);
        return changed;
    }

    // Its payout may be proven now.
    private static Task LookAt(NpgsqlConnection connection, GatewayPlace place, string payout, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_object as o (gateway, id, kind, first_at, again_at) values (@Name, @payout, 'payout', @now, @now)
            on conflict (tenant, gateway, id) do update set again_at = @now
            """, new { place.Name, payout, now }, cancellationToken: cancel));

    /// <summary>Those that are part of a payout.</summary>
    public static async Task<IReadOnlyList<GatewayFact.Movement>> OfPayout(
        NpgsqlConnection connection, string gateway, string payout, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<MovementRow>(new CommandDefinition(
            """
            select id, kind, source, currency, gross, fee, made_at, available_on from cash.gateway_movement
            where tenant = 1 and gateway = @gateway and payout = @payout order by id
            """, new { gateway, payout }, commandTimeout: 600, cancellationToken: cancel))).Select(row => row.Movement)];
}

/// <summary>A movement as it is stored.</summary>
internal sealed record MovementRow(
    string Id, string Kind, string Source, string Currency, decimal Gross, decimal Fee, DateTimeOffset MadeAt, DateOnly AvailableOn)
{
    public GatewayFact.Movement Movement
    {
        get
        {
            var currency = Domain.Currency.Of(Currency);
            return new GatewayFact.Movement(
                Id, Words.Parse<MovementKind>(Kind), Source, new Money(Gross, currency), new Money(Fee, currency), null, AvailableOn, MadeAt);
        }
    }
}
