using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Gateways;

/// <summary>A gateway, and where what it told stands.</summary>
/// <param name="LegalEntities">Codes by currency; under the empty text the one for all that are not named.</param>
/// <param name="New">Charges and payouts that are to be looked at.</param>
/// <param name="ParkedEvents">Events that cannot be read.</param>
/// <param name="Clearing">What lies on its clearing account by its own entries; none of zero.</param>
public sealed record Gateway(
    string Name, string Provider, string Account, bool Live, IReadOnlyDictionary<string, string> LegalEntities, long New, long Booked, long Waits,
    long Parked, long ParkedEvents, IReadOnlyList<Money> Clearing);

/// <summary>An event as it was kept.</summary>
/// <param name="State">new, booked, waits, parked or ignored: of its charge or payout, where it is about one.</param>
/// <param name="Object">The charge or payout it is about; empty for none.</param>
/// <param name="Entries">Numbers of all entries that stand for that object.</param>
public sealed record GatewayEvent(
    string Id, string Type, DateTimeOffset ReceivedAt, string State, string Code, string Reason, string Remedy, string Object, IReadOnlyList<string> Entries);

/// <summary>Something that lies on the clearing account of a gateway, or should.</summary>
/// <param name="Source">The gateway's id of it.</param>
/// <param name="Entry">Number of its entry; empty where there is none.</param>
/// <param name="Amount">Debit positive.</param>
/// <param name="Why">In words.</param>
public sealed record ClearingItem(string Source, string Entry, DateOnly Since, Money Amount, string Payout, string Why);

/// <summary>Shows gateways, what they told, and what lies on clearing.</summary>
public sealed class FindGateways(NpgsqlDataSource database)
{
    private const string Clearing =
        """
        select b.gateway, l.currency, sum(l.amount) as amount
        from cash.gateway_booked b join ledger.journal_line l on l.entry_id = b.entry_id and l.account = 'gateway-clearing'
        where b.tenant = 1 and (@gateway::text is null or b.gateway = @gateway)
          and not cash.taken_back_by_hand(b.entry_id)
        group by b.gateway, l.currency having sum(l.amount) <> 0 order by 1, 2
        """;

    /// <summary>The words of <see cref="GatewayEvent.State"/>.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "booked", "waits", "parked", "ignored"];

    /// <summary>All of them, or the one of this name.</summary>
    public async Task<IReadOnlyList<Gateway>> List(string? gateway, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select g.name, g.provider, g.account, g.live,
                   coalesce((select jsonb_object_agg(x.currency, e.code) from cash.gateway_entity x join customers.legal_entity e on e.id = x.legal_entity_id
                             where x.tenant = g.tenant and x.gateway = g.name), '{}')::text as entities,
                   count(o.id) filter (where o.state = 'new') as new, count(o.id) filter (where o.state = 'booked') as booked,
                   count(o.id) filter (where o.state = 'waits') as waits, count(o.id) filter (where o.state = 'parked') as parked,
                   (select count(*) from cash.gateway_event v where v.tenant = g.tenant and v.gateway = g.name and v.state = 'parked') as parked_events
            from cash.gateway g left join cash.gateway_object o on o.tenant = g.tenant and o.gateway = g.name
            where g.tenant = 1 and (@gateway::text is null or g.name = @gateway)
            group by g.tenant, g.name order by g.name
            """, new { gateway }, commandTimeout: 600, cancellationToken: cancel))).ToList();
        var clearing = (await connection.QueryAsync<(string Gateway, string Currency, decimal Amount)>(new CommandDefinition(
            Clearing, new { gateway }, commandTimeout: 600, cancellationToken: cancel))).ToLookup(row => row.Gateway, StringComparer.Ordinal);
        return [.. rows.Select(row => new Gateway(
            row.Name, row.Provider, row.Account, row.Live, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Entities)!, row.New, row.Booked,
            row.Waits, row.Parked, row.ParkedEvents, [.. clearing[row.Name].Select(one => new Money(one.Amount, Currency.Of(one.Currency)))]))];
    }

    /// <summary>What it told, the newest first.</summary>
    /// <param name="after">Id of the last one of the page before.</param>
    public Task<IReadOnlyList<GatewayEvent>> Events(string gateway, string? state, string? after, int rows, CancellationToken cancel) =>
        Shown(database.Rows<EventRow>(
            """
            select * from (
              select e.id, e.type, e.received_at,
                     case when e.state <> 'taken' then e.state when e.looked_at is null then 'new' else o.state end as state,
                     case when e.state <> 'taken' then e.code else o.code end as code, case when e.state <> 'taken' then e.reason else o.reason end as reason,
                     case when e.state <> 'taken' then e.remedy else o.remedy end as remedy, coalesce(e.object, '') as object,
                     array_to_string(array(
                       select b.number from cash.gateway_booked b where b.tenant = 1 and b.gateway = e.gateway and b.object = e.object order by b.number),
                         ' ') as entries
              from cash.gateway_event e left join cash.gateway_object o on o.tenant = e.tenant and o.gateway = e.gateway and o.id = e.object
              where e.tenant = 1 and e.gateway = @gateway
                and (@after::text is null or (e.received_at, e.id) < (
                  select a.received_at, a.id from cash.gateway_event a where a.tenant = 1 and a.gateway = @gateway and a.id = @after))) told
            where @state::text is null or state = @state order by received_at desc, id desc limit @rows
            """, new { gateway, state, after, rows }, cancel));

    /// <summary>What lies on its clearing account and why, the oldest first. All of them come to the balance of its entries there.</summary>
    public async Task<IReadOnlyList<ClearingItem>> OnClearing(string gateway, int rows, CancellationToken cancel)
    {
        var found = await database.Rows<ItemRow>(
            """
            with paid as (
              select substr(p.key, length('paid-out/') + 1) as payout from cash.gateway_booked p
              where p.tenant = 1 and p.gateway = @gateway and p.moves = 'payout' and not exists (
                select from cash.gateway_booked back where back.tenant = 1 and back.gateway = @gateway and back.moves = 'payout-failed' and back.source = p.source)
            ), lying as (
              select b.source, b.number as entry, e.entry_date as since, l.currency, l.amount, coalesce(m.payout, '') as payout, false as missing,
                     x.movement is not null as unexchanged
              from cash.gateway_booked b
              join ledger.journal_entry e on e.id = b.entry_id
              join ledger.journal_line l on l.entry_id = b.entry_id and l.account = 'gateway-clearing'
              left join cash.gateway_movement m on m.tenant = 1 and m.gateway = b.gateway and case when b.moves in ('fee', 'exchange') then m.id = b.source
                else m.source = b.source and m.kind = b.moves end
              left join cash.gateway_exchange x on x.tenant = 1 and x.gateway = b.gateway and x.step = b.key and x.state <> 'booked'
              where b.tenant = 1 and b.gateway = @gateway and b.moves not in ('payout', 'payout-failed') and not cash.taken_back_by_hand(b.entry_id)
                and (not exists (select from paid where paid.payout = m.payout) or x.movement is not null)
              union all
              select m.source, '', (m.made_at at time zone 'utc')::date, m.currency, -m.gross, m.payout, true, false
              from cash.gateway_movement m join paid on paid.payout = m.payout
              where m.tenant = 1 and m.gateway = @gateway and m.kind not in ('fee', 'payout', 'payout-failed') and not exists (
                select from cash.gateway_booked b where b.tenant = 1 and b.gateway = @gateway and b.source = m.source and b.moves = m.kind)
              union all
              select m.source, '', (m.made_at at time zone 'utc')::date, m.currency, -m.gross, m.payout, true, true
              from cash.gateway_exchange n join cash.gateway_movement m on m.tenant = n.tenant and m.gateway = n.gateway and m.id = n.movement
              join paid on paid.payout = m.payout
              where n.tenant = 1 and n.gateway = @gateway and n.state <> 'booked'
            )
            select source, entry, since, currency, amount, payout, missing, unexchanged from lying order by since, source, entry limit @rows
            """, new { gateway, rows }, cancel);
        return [.. found.Select(row => new ClearingItem(
            row.Source, row.Entry, row.Since, new Money(row.Amount, Currency.Of(row.Currency)), row.Payout,
            row.Unexchanged ? "It settles in another currency, and its exchange is not booked yet."
                : row.Missing ? $"It is part of {row.Payout}, which is paid out, and no event told of it."
                : row.Payout.Length > 0 ? $"Its payout {row.Payout} is not booked yet."
                : "It is not known to be paid out."))];
    }

    private static async Task<IReadOnlyList<GatewayEvent>> Shown(Task<IReadOnlyList<EventRow>> rows) => [.. (await rows).Select(row => new GatewayEvent(
        row.Id, row.Type, row.ReceivedAt, row.State, row.Code, row.Reason, row.Remedy, row.Object,
        row.Entries.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    private sealed record Row(
        string Name, string Provider, string Account, bool Live, string Entities, long New, long Booked, long Waits, long Parked, long ParkedEvents);

    private sealed record EventRow(
        string Id, string Type, DateTimeOffset ReceivedAt, string State, string Code, string Reason, string Remedy, string Object, string Entries);

    private sealed record ItemRow(string Source, string Entry, DateOnly Since, string Currency, decimal Amount, string Payout, bool Missing, bool Unexchanged);
}
