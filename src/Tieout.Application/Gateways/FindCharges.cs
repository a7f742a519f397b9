using Dapper;
using Npgsql;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Gateways;

/// <summary>A charge or a payout, and where it stands.</summary>
/// <param name="Kind">charge or payout.</param>
/// <param name="State">new, booked, waits or parked; why, the next three say.</param>
/// <param name="Amount">Null while it is not told.</param>
/// <param name="Customer">The gateway's; empty for none.</param>
/// <param name="Reference">What says which invoice it is for; empty for nothing.</param>
/// <param name="Entries">Numbers of its entries.</param>
/// <param name="Proposals">What money that is not applied may settle, best first; never booked by themselves.</param>
public sealed record GatewayObject(
    string Id, string Kind, string State, string Code, string Reason, string Remedy, Money? Amount, string Customer, string Reference,
    IReadOnlyList<string> Entries, IReadOnlyList<ChargeProposal> Proposals);

/// <summary>What a charge may be for.</summary>
public sealed record ChargeProposal(string BillingAccount, IReadOnlyList<Settlement> Settles, Money Unapplied, int Score, IReadOnlyList<string> Reasons);

/// <summary>Shows charges and payouts of a gateway with what they may settle, held against what is open now.</summary>
public sealed class FindCharges(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The words of <see cref="GatewayObject.State"/>.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "booked", "waits", "parked"];

    /// <summary>Of one state or all, the newest first.</summary>
    /// <param name="after">Id of the last one of the page before.</param>
    public async Task<IReadOnlyList<GatewayObject>> List(string gateway, string? state, string? after, int rows, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!(await GatewayPlace.All(connection, cancel)).TryGetValue(gateway, out var place)) return [];
        var objects = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select o.id, o.kind, o.state, o.code, o.reason, o.remedy, array_to_string(array(
                     select b.number from cash.gateway_booked b where b.tenant = 1 and b.gateway = o.gateway and b.object = o.id order by b.number), ' ') as entries
            from cash.gateway_object o
            where o.tenant = 1 and o.gateway = @gateway and (@state::text is null or o.state = @state)
              and (@after::text is null or (o.first_at, o.id) < (
                select a.first_at, a.id from cash.gateway_object a where a.tenant = 1 and a.gateway = @gateway and a.id = @after))
            order by o.first_at desc, o.id desc limit @rows
            """, new { gateway, state, after, rows }, cancellationToken: cancel))).ToList();
        var facts = (await connection.QueryAsync<(string Object, byte[] Body)>(new CommandDefinition(
            "select object, body from cash.gateway_event where tenant = 1 and gateway = @gateway and object = any(@ids) and state = 'taken'",
            new { gateway, ids = objects.ConvertAll(one => one.Id).ToArray() }, cancellationToken: cancel)))
            .ToLookup(row => row.Object, row => row.Body, StringComparer.Ordinal);
        var told = objects.ToDictionary(one => one.Id, one => Wanted(one, facts[one.Id]), StringComparer.Ordinal);
        var proposals = await Proposals(connection, place, [.. objects.Where(one => one.State is "waits" or "parked").Select(one => told[one.Id])], cancel);
        return [.. objects.Select(one => Shown(one, told[one.Id], proposals))];
    }

    private static GatewayWanted Wanted(Row row, IEnumerable<byte[]> bodies)
    {
        var facts = bodies.SelectMany(body => StripeEvents.Read(body) is GatewayReading.Read read ? read.Facts : []);
        return row.Kind == "payout" ? GatewaySteps.OfPayout(facts) : GatewaySteps.OfCharge(facts);
    }

    private async Task<ILookup<string, ChargeProposal>> Proposals(
        NpgsqlConnection connection, GatewayPlace place, List<GatewayWanted> charges, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var received = charges.ConvertAll(one => one.Received).OfType<GatewayFact.Received>().ToList();
        var lines = received.ConvertAll(one => GatewayLines.Line(place, one, today));
        if (lines.Count == 0) return Array.Empty<(string, ChargeProposal)>().ToLookup(pair => pair.Item1, pair => pair.Item2);
        var book = await MatchCandidates.Book(connection, lines, cancel);
        var found = lines.Index().SelectMany(pair => Of(MatchCash.Decide(pair.Item, book, MatchPolicy.Default))
            .Select(match => (received[pair.Index].Charge, Match: match))).ToList();
        var codes = (await connection.QueryAsync<(Guid Id, string Code)>(new CommandDefinition(
            "select id, code from customers.billing_account where id = any(@ids)", new { ids = found.Select(one => one.Match.Account).Distinct().ToArray() },
            cancellationToken: cancel))).ToDictionary(row => row.Id, row => row.Code);
        return found.ToLookup(
            one => one.Charge,
            one => new ChargeProposal(
                codes[one.Match.Account], one.Match.Settles,
                new Money(one.Match.Unapplied, received.Find(charge => charge.Charge == one.Charge)!.Amount.Currency), one.Match.Score, one.Match.Reasons));
    }

    private static IReadOnlyList<Proposal> Of(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain(var match) => [match],
        MatchDecision.Proposed(var proposals) => proposals,
        _ => [],
    };

    private static GatewayObject Shown(Row row, GatewayWanted wanted, ILookup<string, ChargeProposal> proposals) => new(
        row.Id, row.Kind, row.State, row.Code, row.Reason, row.Remedy, wanted.Received?.Amount ?? wanted.Payout?.Amount, wanted.Received?.Customer ?? "",
        wanted.Received?.Reference ?? "", row.Entries.Split(' ', StringSplitOptions.RemoveEmptyEntries), [.. proposals[row.Id]]);

    private sealed record Row(string Id, string Kind, string State, string Code, string Reason, string Remedy, string Entries);
}
