using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Closing;

namespace Tieout.Application.Gateways;

/// <summary>The legal entity whose money of a currency a gateway holds.</summary>
internal sealed record GatewayEntity(Guid Id, string Code, BooksCalendar Calendar, LateArrivals Late)
{
    /// <summary>Where what the gateway told for a day goes.</summary>
    /// <param name="journal">It is a journal or takes an entry back: a soft-closed month takes it still.</param>
    public LateArrival Arrive(DateOnly day, bool journal) => LateArrival.Of(day, journal ? Calendar.ClosedThrough : Calendar.ShutThrough, Late);
}

/// <summary>A gateway as the books have it.</summary>
internal sealed record GatewayPlace(string Name, string Account, bool Live, LostTo LostTo, IReadOnlyDictionary<string, GatewayEntity> Entities)
{
    /// <summary>It was asked for what is this account's: what names no account is its own.</summary>
    public bool AskedFor { get; init; }

    /// <summary>What payments that came by it have as their source.</summary>
    public string Source => $"gateway:{Name}";

    /// <summary>Whose money of this currency it is; null where nobody said.</summary>
    public GatewayEntity? Of(Currency currency) => Entities.GetValueOrDefault(currency.Code) ?? Entities.GetValueOrDefault("");

    /// <summary>Under which a step is booked, once.</summary>
    /// <param name="attempt">Which time its charge is booked: more than once where a person took the money's entry back.</param>
    public string Key(string step, int attempt = 1) => $"gateway:{Name}:{Of(step, attempt)}";

    /// <summary>The name of something of a charge that is booked for the first time, or once more.</summary>
    public static string Of(string name, int attempt) => attempt == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{attempt}");

    /// <summary>How the gateway's customer, or a charge without one, is known among those who pay.</summary>
    public string Payer(string id) => $"{Name}/{id}";

    /// <summary>All of them by name.</summary>
    public static async Task<IReadOnlyDictionary<string, GatewayPlace>> All(NpgsqlConnection connection, CancellationToken cancel)
    {
        var entities = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            """
            select g.gateway, g.currency, e.id, e.code, e.closed_through, e.soft_closed_through, e.late_arrivals
            from cash.gateway_entity g join customers.legal_entity e on e.id = g.legal_entity_id where g.tenant = 1
            """, cancellationToken: cancel))).ToLookup(row => row.Gateway, StringComparer.Ordinal);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select name, account, live, lost_to from cash.gateway where tenant = 1 order by name", cancellationToken: cancel));
        return rows.ToDictionary(
            row => row.Name,
            row => new GatewayPlace(
                row.Name, row.Account, row.Live, Words.Parse<LostTo>(row.LostTo),
                entities[row.Name].ToDictionary(one => one.Currency, one => one.Entity, StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }

    private sealed record Row(string Name, string Account, bool Live, string LostTo);

    private sealed record EntityRow(
        string Gateway, string Currency, Guid Id, string Code, DateOnly? ClosedThrough, DateOnly? SoftClosedThrough, string LateArrivals)
    {
        public GatewayEntity Entity => new(Id, Code, new BooksCalendar(ClosedThrough, SoftClosedThrough), Words.Parse<LateArrivals>(LateArrivals));
    }
}
