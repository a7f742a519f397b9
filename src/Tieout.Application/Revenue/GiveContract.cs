using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Takes a revenue contract, or what happened to one. It is refused with its cause when it cannot be recognised together with what is known,
/// and then nothing is written; the schedules follow with the next revenue run.
/// </summary>
public sealed class GiveContract(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Document = "document";
    private const string Event = "event";

    /// <summary>A contract of its own, which takes the deferred lines of its subscriptions from the default rule.</summary>
    /// <param name="given">docs/revenue.md describes its members.</param>
    /// <param name="actor">Who asks; null when the document says.</param>
    /// <param name="key">The same key again answers with what the first gave; null is refused.</param>
    public async Task<RevenueReply> Add(JsonElement given, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = JsonFields.Top(given, problems).Allow("legal-entity", "subscriptions", Document, "reason", "actor");
        var (entityCode, facts) = (json.Text("legal-entity"), json.Need(Document) is null ? (JsonElement?)null : given.GetProperty(Document));
        var subscriptions = ContractJson.Codes(json.Need("subscriptions")).Distinct(StringComparer.Ordinal).ToArray();
        var said = Said(json, actor, key, problems);
        if (problems.Count == 0 && subscriptions.Length == 0)
            problems.Add(new PriceProblem("subscriptions", "missing", "No subscription is named.", "Name those whose deferred lines the contract takes."));
        if (facts is not { } document || problems.Count > 0) return new RevenueReply.Unreadable(problems);
        var read = GivenContract.Read([document], []);
        if (Recognisable(read, $"{Document}.", of: 0) is { Count: > 0 } wrong) return new RevenueReply.Unreadable(wrong);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LedgerBooks.Entity(connection, entityCode, cancel) is not { } entity)
            return RevenueReply.UnknownEntity with { Field = "legal-entity" };
        await RevenueLock.Take(connection, entity.Id, cancel);
        if (await Earlier(connection, key!, Content(given), cancel) is { } earlier) return earlier;
        var contract = read.Contract!;
        if (await Refusal(connection, entity, contract, subscriptions, cancel) is { } refused) return refused;
        var (id, now) = (Guid.CreateVersion7(clock.GetUtcNow()), clock.GetUtcNow());
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.contract (id, legal_entity_id, code, currency, unbilled, created_at) values (@id, @Entity, @Code, @currency, @unbilled, @now);
            insert into revenue.contract_subscription (subscription_id, billing_account_id, contract_id)
              select id, billing_account_id, @id from subscriptions.subscription where tenant = 1 and code = any(@subscriptions);
            """,
            new { id, Entity = entity.Id, contract.Code, currency = contract.Currency.Code, unbilled = Words.Of(contract.Unbilled), subscriptions, now },
            cancellationToken: cancel));
        await AddVersion(connection, id, 1, document, said, now, cancel);
        return await Finish(connection, transaction, id, key!, Content(given), now, cancel);
    }

    /// <summary>One more fact of a contract: an event.</summary>
    /// <param name="code">The contract's.</param>
    public async Task<RevenueReply> AddEvent(string code, JsonElement given, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = JsonFields.Top(given, problems).Allow(Event, "reason", "actor");
        if (json.Need(Event) is { } happened) EventJson.Read(happened);
        var said = Said(json, actor, key, problems);
        if (problems.Count > 0) return new RevenueReply.Unreadable(problems);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ReadContracts.Find(connection, code, cancel) is not { } contract) return ReadContracts.Unknown;
        await RevenueLock.Take(connection, contract.LegalEntityId, cancel);
        if (await Earlier(connection, key!, Content(given, contract.Id), cancel) is { } earlier) return earlier;
        var facts = (await ContractBooks.Facts(connection, [contract.Id], cancel))[contract.Id].Append(given.GetProperty(Event)).ToList();
        var read = GivenContract.Read(facts, [.. (await ContractBooks.Documents(connection, [contract.Id], cancel))[contract.Id]]);
        var place = read.Events.Count(known => known is not (RevenueEvent.Invoiced or RevenueEvent.Credited)) - 1;
        if (Recognisable(read, $"{Event}.", place) is { Count: > 0 } wrong) return new RevenueReply.Unreadable(wrong);
        var now = clock.GetUtcNow();
        await AddVersion(connection, contract.Id, facts.Count, given.GetProperty(Event), said, now, cancel);
        return await Finish(connection, transaction, contract.Id, key!, Content(given, contract.Id), now, cancel);
    }

    private static (string Reason, string Actor) Said(JsonFields json, string? actor, string? key, List<PriceProblem> problems)
    {
        if (GivenText.KeyProblem(key) is { } bad) problems.Add(new PriceProblem("idempotency-key", "bad-key", bad, "Give one."));
        string Line(string name, int most)
        {
            var text = json.Text(name);
            if (text.Length > 0 && GivenText.Problem(text, most) is { } why)
                json.AddAt(name, CardNumber.IsIn(text) ? "card-number" : "bad-text", why, "Correct it.");
            return text;
        }
        return (Line("reason", GivenText.ReasonMost), actor ?? Line("actor", GivenText.ActorMost));
    }

    // Fields by where they stand in what was given: the document, or the one event that is new.
    private static List<PriceProblem> Recognisable(GivenContract read, string prefix, int of) =>
    [
        .. read.Recognised().Problems.Select(problem => problem with
        {
            Field = prefix == $"{Event}." && problem.Field.StartsWith(ContractRules.At("events", of), StringComparison.Ordinal)
                ? Event + problem.Field[ContractRules.At("events", of).Length..]
                : problem.Field.StartsWith('(') ? problem.Field : prefix + problem.Field,
        }),
    ];

    private static async Task<RevenueReply.Refused?> Refusal(
        NpgsqlConnection connection, LedgerEntity entity, RevenueContract contract, string[] subscriptions, CancellationToken cancel)
    {
        if (await ReadContracts.Find(connection, contract.Code, cancel) is not null)
            return new RevenueReply.Refused(
                $"{Document}.contract", "contract-stands", "a contract has this code already", "Add events to it, or take another code.");
        var known = (await connection.QueryAsync<CoveredRow>(new CommandDefinition(
            """
            select s.code, a.legal_entity_id, a.currency, coalesce(c.code, '') as contract, exists (
                     select from invoicing.invoice_line l join revenue.schedule sch on sch.invoice_id = l.invoice_id and sch.line_no = l.line_no
                     where l.billing_account_id = s.billing_account_id and l.subscription_id = s.id) as spread
            from subscriptions.subscription s
            join customers.billing_account a on a.id = s.billing_account_id
            left join revenue.contract_subscription covered on covered.subscription_id = s.id
            left join revenue.contract c on c.id = covered.contract_id
            where s.tenant = 1 and s.code = any(@subscriptions)
            """, new { subscriptions }, cancellationToken: cancel))).ToDictionary(row => row.Code, StringComparer.Ordinal);
        foreach (var code in subscriptions)
        {
            if (!known.TryGetValue(code, out var row))
                return new RevenueReply.Refused("subscriptions", "unknown-subscription", $"there is no subscription {code}", "Correct the code.");
            if (row.LegalEntityId != entity.Id || row.Currency != contract.Currency.Code)
                return new RevenueReply.Refused(
                    "subscriptions", "other-books", $"{code} is of another legal entity or pays in {row.Currency}", "Give it a contract of its own.");
            if (row.Contract.Length > 0)
                return new RevenueReply.Refused("subscriptions", "covered-already", $"{row.Contract} covers {code}", "Add a modification to that contract.");
            if (row.Spread)
                return new RevenueReply.Refused(
                    "subscriptions", "spread-already", $"lines of {code} are spread without a contract already",
                    "Give contracts before the first revenue run sees their invoices.");
        }
        return null;
    }

    private async Task<RevenueReply?> Earlier(NpgsqlConnection connection, string key, string content, CancellationToken cancel) =>
        await GivenOnce.Find(connection, key, content, cancel) switch
        {
            GivenOnce.Earlier.Other => new RevenueReply.Refused(
                GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy),
            GivenOnce.Earlier.Same(var id) => new RevenueReply.Contract((await new ReadContracts(database).One(id, cancel))!, Added: false),
            _ => null,
        };

    private static Task AddVersion(
        NpgsqlConnection connection, Guid contract, int no, JsonElement facts, (string Reason, string Actor) said, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.contract_version (contract_id, no, facts, reason, actor, created_at) values (@contract, @no, @facts::jsonb, @Reason, @Actor, @now);
            insert into revenue.contract_mark (contract_id) values (@contract);
            """, new { contract, no, facts = facts.GetRawText(), said.Reason, said.Actor, now }, cancellationToken: cancel));

    private async Task<RevenueReply> Finish(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid contract, string key, string content, DateTimeOffset now, CancellationToken cancel)
    {
        await GivenOnce.Add(connection, key, content, contract, now, cancel);
        await transaction.CommitAsync(cancel);
        return new RevenueReply.Contract((await new ReadContracts(database).One(contract, cancel))!, Added: true);
    }

    // An event is one thing of each contract that it is given to.
    private static string Content(JsonElement given, Guid? of = null) =>
        (of is { } contract ? $"revenue-contract-event|{contract}|" : "revenue-contract|") + JsonSerializer.Serialize(given);

    private sealed record CoveredRow(string Code, Guid LegalEntityId, string Currency, string Contract, bool Spread);
}
