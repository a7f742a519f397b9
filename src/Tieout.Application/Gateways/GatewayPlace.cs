using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash;

namespace Tieout.Application.Gateways;

/// <summary>The legal entity whose money of a currency a gateway holds.</summary>
internal sealed record GatewayEntity(Guid Id, string Code, DateOnly? ClosedThrough)
{
    /// <summary>The day, or the first one after the books were closed: what the gateway tells late is booked then.</summary>
    public DateOnly Open(DateOnly day) => ClosedThrough is { } through && day <= through ? through.AddDays(1) : day;
}

/// <summary>A gateway as the books have it.</summary>
internal sealed record GatewayPlace(string Name, string Account, bool Live, LostTo LostTo, IReadOnlyDictionary<string, GatewayEntity> Entities)
{
    /// <summary>What payments that came by it have as their source.</summary>
    public string Source => $"gateway:{Name}";

    /// <summary>Whose money of this currency it is; null where nobody said.</summary>
    public GatewayEntity? Of(Currency currency) => Entities.GetValueOrDefault(currency.Code) ?? Entities.GetValueOrDefault("");

    /// <summary>Under which a step is booked, once.</summary>
    public string Key(string step) => $"gateway:{Name}:{step}";

    /// <summary>How the gateway's customer, or a charge without one, is known among those who pay.</summary>
    public string Payer(string id) => $"{Name}/{id}";

    /// <summary>All of them by name.</summary>
    public static async Task<IReadOnlyDictionary<string, GatewayPlace>> All(NpgsqlConnection connection, CancellationToken cancel)
    {
        var entities = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            """
            select g.gateway, g.currency, e.id, e.code, e.shut_through as closed_through
            from cash.gateway_entity g join customers.legal_entity e on e.id = g.legal_entity_id where g.tenant = 1
            """, cancellationToken: cancel))).ToLookup(row => row.Gateway, StringComparer.Ordinal);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select name, account, live, lost_to from cash.gateway where tenant = 1 order by name", cancellationToken: cancel));
        return rows.ToDictionary(
            row => row.Name,
            row => new GatewayPlace(
                row.Name, row.Account, row.Live, Words.Parse<LostTo>(row.LostTo),
                entities[row.Name].ToDictionary(one => one.Currency, one => new GatewayEntity(one.Id, one.Code, one.ClosedThrough), StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }

    private sealed record Row(string Name, string Account, bool Live, string LostTo);

    private sealed record EntityRow(string Gateway, string Currency, Guid Id, string Code, DateOnly? ClosedThrough);
}
