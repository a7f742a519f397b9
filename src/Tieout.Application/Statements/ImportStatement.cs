using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Statements;

/// <summary>
/// Takes bank statements in, each whole or not at all, then holds all undecided payments against what is open and books what is certain.
/// The same file again adds nothing.
/// </summary>
public sealed class ImportStatement(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>What follows when statements are in: matching, where nothing else is said.</summary>
    internal Func<CancellationToken, Task<MatchCounts>>? Afterwards { get; init; }

    /// <summary>A file of ISO 20022, camt.053.</summary>
    public Task<StatementOutcome> Camt(Stream file, string? actor, CancellationToken cancel)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who)
            return Task.FromResult<StatementOutcome>(new StatementOutcome.Unreadable([new PriceProblem("actor", "bad-text", who, "Say who sends it.")]));
        var reading = ReadCamt.Run(file);
        return reading.Problem is { } problem
            ? Task.FromResult<StatementOutcome>(new StatementOutcome.Unreadable([problem]))
            : Take(_ => reading.Pages, actor!, cancel);
    }

    /// <summary>A CSV file with its mapping, in one document; docs/cash.md describes its members.</summary>
    public Task<StatementOutcome> Csv(JsonElement document, string? actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var request = CsvRequest.Read(document, actor, problems);
        return request is null || problems.Count > 0
            ? Task.FromResult<StatementOutcome>(new StatementOutcome.Unreadable(problems))
            : Take(accounts => [request.Of(accounts) is { } account ? request.Page(account) : request.OfNone()], request.Actor, cancel);
    }

    /// <summary>Holds undecided payments against what is open now, without a new statement.</summary>
    public Task<MatchCounts> Match(CancellationToken cancel) => Afterwards?.Invoke(cancel) ?? new MatchLines(database, clock).Run(cancel);

    private async Task<StatementOutcome> Take(
        Func<OwnAccounts, IReadOnlyList<StatementPage>> read, string actor, CancellationToken cancel)
    {
        List<TakenStatement> taken = [];
        StatementReading reading;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var accounts = await Accounts(connection, cancel);
            var pages = read(accounts);
            var numbers = pages.Select(page => page.Account).Distinct(StringComparer.Ordinal).ToArray();
            // In one order, so that two imports never wait for each other.
            foreach (var entity in numbers.SelectMany(accounts.Of).Select(account => account.LegalEntity).Distinct().Order())
                await BillingLock.Alone(connection, entity, cancel);
            // Read anew: while this waited for the lock, somebody may have closed one.
            accounts = await Accounts(connection, cancel);
            reading = JudgeStatements.Run(pages, new StatementBook(accounts, await Known(connection, numbers, cancel)));
            var now = clock.GetUtcNow();
            foreach (var statement in reading.Statements) taken.Add(await SaveStatement.Run(connection, statement, actor, now, cancel));
            await StatementGaps.Run(connection, transaction, [.. reading.Statements.Select(one => one.Account.Id).Distinct()], now, cancel);
            await transaction.CommitAsync(cancel);
        }
        if (taken.Count == 0 && reading.Refused.SelectMany(refused => refused.Problems).Any(problem => problem.Code != "duplicate-statement"))
            return new StatementOutcome.Unreadable([.. reading.Refused.SelectMany(refused => refused.Problems)]);
        return new StatementOutcome.Taken(new StatementAnswer(taken, reading.Refused, await Match(cancel)));
    }

    private static async Task<OwnAccounts> Accounts(NpgsqlConnection connection, CancellationToken cancel) => new(
        (await connection.QueryAsync<(Guid Id, string Number, string Currency, Guid Entity, DateOnly? ClosedOn)>(new CommandDefinition(
            "select id, number, currency, legal_entity_id, closed_on from cash.bank_account where tenant = 1", cancellationToken: cancel)))
        .Select(row => new OwnAccount(row.Number, Currency.Of(row.Currency), row.Entity) { Id = row.Id, ClosedOn = row.ClosedOn }));

    private static async Task<IReadOnlySet<(string Account, string Currency, string Id)>> Known(
        NpgsqlConnection connection, string[] numbers, CancellationToken cancel) =>
        (await connection.QueryAsync<(string, string, string)>(new CommandDefinition(
            "select number, currency, name from cash.statement where tenant = 1 and number = any(@numbers)", new { numbers }, cancellationToken: cancel)))
        .ToHashSet();
}
