using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>
/// Asks tax engines for the taxes that billing will need, before billing begins: no transaction is open while the network is asked. What
/// is answered is kept under the fingerprint of its question, and what stands is not asked again.
/// </summary>
internal sealed class AskForTaxes(NpgsqlDataSource database, TimeProvider clock)
{
    private const int AtOnce = 8;
    private const int Tries = 3;

    // So many questions in a row without an answer, and the rest is not asked: the engine is down.
    private const int GivesUpAfter = 8;
    private readonly ConcurrentDictionary<string, int> _silent = new(StringComparer.Ordinal);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>All open parts of a run whose legal entity is taxed by an engine. Without an engine nothing is read.</summary>
    public async Task Ahead(Guid run, BillingRequest request, BillingBooks books, CancellationToken cancel)
    {
        var entities = books.Entities.Values.Where(entity => books.Engines.Routes.Find(entity.Code, request.IssueDate) is not null).ToList();
        if (entities.Count == 0) return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var entity in entities) await Remember(connection, entity, books.Engines.Routes.Find(entity.Code, request.IssueDate)!, request.Actor, cancel);
        var parts = (await connection.QueryAsync<(Guid Entity, Guid First, Guid Last)>(new CommandDefinition(
            """
            select legal_entity_id, from_account, to_account from invoicing.billing_part
            where run_id = @run and done_at is null and legal_entity_id = any(@ids) order by part
            """, new { run, ids = entities.ConvertAll(entity => entity.Id).ToArray() }, cancellationToken: cancel))).AsList();
        foreach (var part in parts)
            await Ahead(connection, books, new AccountsAsked(part.Entity, part.First, part.Last, request.Through, request.IssueDate), cancel);
    }

    /// <summary>One account, for a draft; what was answered, or why not.</summary>
    public async Task<TaxAnswers> Ahead(TaxRoutes routes, BilledAccount account, DateOnly on, CancellationToken cancel)
    {
        var answers = new TaxAnswers(routes);
        if (routes.Find(account.LegalEntity, on) is null) return answers;
        await using var connection = await database.OpenConnectionAsync(cancel);
        var books = await BillingBooks.Load(connection, on, clock, answers, cancel);
        await Ahead(connection, books, new AccountsAsked(account.LegalEntityId, account.Id, account.Id, on, on), cancel);
        return answers;
    }

    /// <summary>Asks, a few at once.</summary>
    /// <param name="keep">False where nothing may be written: the answers are in <paramref name="answers"/> alone, and no exchange is recorded.</param>
    public async Task Ask(TaxAnswers answers, IReadOnlyList<QuoteWanted> wanted, bool keep, CancellationToken cancel)
    {
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (item, stop) =>
        {
            // Counted through all parts of a run: an engine that is down does not hold each of them up anew.
            var engine = item.Route.Name;
            if (_silent.GetValueOrDefault(engine) >= GivesUpAfter)
            {
                answers.Fail(item, Silent(item, "it did not answer the questions before this one"));
                return;
            }
            var answered = await One(answers, item, keep, stop);
            _silent.AddOrUpdate(engine, answered ? 0 : 1, (_, before) => answered ? 0 : before + 1);
        });
    }

    private async Task Ahead(NpgsqlConnection connection, BillingBooks books, AccountsAsked asked, CancellationToken cancel)
    {
        var decided = await DecideAccounts.Run(connection, books, asked, cancel);
        await Ask(books.Engines, [.. decided.Decisions.Select(item => item.Unquoted).OfType<QuoteWanted>()], keep: true, cancel);
    }

    // False when the engine said nothing, be it that it could not.
    private async Task<bool> One(TaxAnswers answers, QuoteWanted wanted, bool keep, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var asked = clock.GetUtcNow();
            var id = Guid.CreateVersion7(asked);
            IExchangeLog log = keep ? new QuoteLog(database, clock, id, wanted.Route.Name) : new NoLog();
            switch (await wanted.Route.Engine.Quote(wanted.Document, log, cancel))
            {
                case QuoteOutcome.Quoted { Quote: var quote }:
                    if (QuoteProof.Check(wanted.Asked, quote) is [var wrong, ..]) answers.Fail(wanted, wrong);
                    else if (keep) await KeptQuotes.Keep(database, wanted, id, quote, asked, clock.GetUtcNow(), cancel);
                    else answers.Tell(wanted, id, quote);
                    return true;
                case QuoteOutcome.Refused { Finding: var finding }:
                    answers.Fail(wanted, finding);
                    return true;
                case QuoteOutcome.NotNow no when tries < Tries && Pause(no, wanted, tries) is { } pause:
                    await Task.Delay(pause, clock, cancel);
                    break;
                case QuoteOutcome.NotNow no:
                    answers.Fail(wanted, Silent(wanted, no.Reason));
                    return false;
                case var other: throw new InvalidOperationException($"No answer for {other}.");
            }
        }
    }

    // As long as the engine says, if that is not too long to wait; null then.
    private static TimeSpan? Pause(QuoteOutcome.NotNow no, QuoteWanted wanted, int tries)
    {
        var pause = no.RetryAfter ?? wanted.Route.Policy.Pause(tries, 0.5m);
        return pause <= LongestPause ? pause : null;
    }

    private static Finding Silent(QuoteWanted wanted, string reason) => new(
        ExceptionCategory.Technical, AccountQuotes.NotQuoted, $"{wanted.Route.Name} did not say its tax: {reason}",
        "Nothing is lost and no tax is guessed: the account waits, and the next billing run asks again. If it lasts, look at the engine or its log-in.",
        reason);

    // From now on nothing of the legal entity is billed without its engine.
    private async Task Remember(NpgsqlConnection connection, BillingEntity entity, TaxEngineRoute route, string actor, CancellationToken cancel)
    {
        if (entity.TaxedBy == route.Name && entity.TaxedUntil is null && entity.TaxedFrom <= route.From) return;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.engine_entity (legal_entity_id, engine, from_date, changed_by, changed_at) values (@Id, @Name, @From, @actor, @now)
            on conflict (legal_entity_id) do update
              set engine = excluded.engine, from_date = excluded.from_date, until_date = null, reason = '', changed_by = @actor, changed_at = @now
            """, new { entity.Id, route.Name, route.From, actor, now = clock.GetUtcNow() }, cancellationToken: cancel));
    }
}
