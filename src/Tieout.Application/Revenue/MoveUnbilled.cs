using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Brings the accounts of unbilled revenue to what schedules and bookings say at the end of each open month, inside the caller's transaction,
/// who holds the lock of the legal entity's revenue. Run again it moves nothing.
/// </summary>
/// <param name="targets">How ERPs want it.</param>
/// <param name="stopped">Gets what waits for a rate of exchange.</param>
internal sealed class MoveUnbilled(
    NpgsqlConnection connection, RevenueRequest request, Guid run, DateTimeOffset now, RevenueTargets targets, List<StoppedContract> stopped)
{
    /// <summary>Through the month asked for, and through later ones that were looked at before.</summary>
    /// <param name="closed">The last closed day; null while none is.</param>
    public async Task<IReadOnlyList<MovedUnbilled>> Run(LedgerEntity entity, DateOnly? closed, CancellationToken cancel)
    {
        var known = await connection.QuerySingleAsync<Known>(new CommandDefinition(
            """
            select least((select min(month) from revenue.batch where legal_entity_id = @Id),
                         (select min(month) from revenue.booking where legal_entity_id = @Id)) as first,
                   (select max(month) from revenue.unbilled where legal_entity_id = @Id) as last
            """, new { entity.Id }, cancellationToken: cancel));
        if (known.First is not { } earliest) return [];
        var first = AccountingMonth.Of(closed is { } day && day.AddDays(1) > earliest ? day.AddDays(1) : earliest);
        var last = known.Last is { } looked && looked > request.Month.FirstDay ? AccountingMonth.Of(looked) : request.Month;
        if (first > last) return [];
        var wanted = await UnbilledBooks.Wanted(connection, entity.Id, first, last, cancel);
        var booked = await UnbilledBooks.Booked(connection, entity.Id, first, last, cancel);
        List<MovedUnbilled> moved = [];
        HashSet<Currency> waiting = [];
        foreach (var move in UnbilledPlan.Of(wanted.Select(row => row.Told()), booked.Select(row => row.Told()), first, last))
        {
            // Months go one after the other: without one there is no next.
            if (waiting.Contains(move.ContractAsset.Currency)) continue;
            if (await Lines(entity, move, cancel) is { } lines) moved.Add(await Save(entity, move, lines, cancel));
            else waiting.Add(move.ContractAsset.Currency);
        }
        return moved;
    }

    // In a foreign currency with what they come to in the books; null while a rate is missing.
    private async Task<IReadOnlyList<JournalLine>?> Lines(LedgerEntity entity, UnbilledMove move, CancellationToken cancel)
    {
        var (currency, books) = (move.ContractAsset.Currency, Currency.Of(entity.Currency));
        if (ReferenceEquals(currency, books)) return move.EntryLines;
        var stands = (await connection.QueryAsync<(string Account, decimal Amount, decimal Functional)>(new CommandDefinition(
            """
            select account, sum(debit - credit), sum(functional_debit - functional_credit) from ledger.turnover
            where tenant = 1 and legal_entity_id = @Id and currency = @Code and month <= @month and account in ('contract-asset', 'unbilled-receivable')
            group by account
            """, new { entity.Id, currency.Code, month = move.Month.FirstDay }, cancellationToken: cancel)))
            .ToDictionary(row => row.Account, row => new Carried(row.Amount, row.Functional), StringComparer.Ordinal);
        var day = move.Month.Period.End.AddDays(-1);
        var answer = (await StoredRates.Load(connection, day, day, cancel)).On(currency, books, day);
        try
        {
            return move.InBooks(account => stands.GetValueOrDefault(account), () => answer switch
            {
                RateAnswer.Found(var rate) => rate.Shown,
                RateAnswer.Missing(var finding, _) => throw new RateMissingException(finding),
                _ => throw new InvalidOperationException($"No answer for {answer}."),
            }, books);
        }
        catch (RateMissingException missing)
        {
            stopped.Add(new StoppedContract($"{entity.Code} {move.Month}", "rate", missing.Finding.Code, missing.Finding.Cause, missing.Finding.Remedy));
            return null;
        }
    }

    private async Task<MovedUnbilled> Save(LedgerEntity entity, UnbilledMove move, IReadOnlyList<JournalLine> lines, CancellationToken cancel)
    {
        var text = $"Unbilled revenue at the end of {move.Month}";
        (Guid Id, string Number)? saved = lines.Count == 0 ? null
            : await new RunEntry(connection, request, run, now).Save(
                entity.Id, move.Month, text, lines.Select(line => (line, text)), targets.InBooks(entity, move.ContractAsset.Currency, move.Month), cancel);
        // Two statements: the move seals the lines it finds under its number.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into revenue.unbilled_line (unbilled, no, contract_id, account, amount)
            select @no, place, contract, account, amount from unnest(@contracts, @accounts, @amounts) with ordinality as line (contract, account, amount, place);
            insert into revenue.unbilled (id, legal_entity_id, currency, month, entry_id, contract_asset, unbilled_receivable, run_id, created_at)
            values (@no, @Entity, @currency, @month, @entry, @asset, @receivable, @run, @now);
            """,
            new
            {
                no = await connection.QuerySingleAsync<int>(new CommandDefinition("select nextval('revenue.unbilled_id')::int", cancellationToken: cancel)),
                contracts = move.Lines.Select(line => line.Contract).ToArray(),
                accounts = move.Lines.Select(line => line.Account).ToArray(),
                amounts = move.Lines.Select(line => line.Amount.Amount).ToArray(),
                Entity = entity.Id,
                currency = move.ContractAsset.Currency.Code,
                month = move.Month.FirstDay,
                entry = saved?.Id,
                asset = move.ContractAsset.Amount,
                receivable = move.UnbilledReceivable.Amount,
                run,
                now,
            }, commandTimeout: 600, cancellationToken: cancel));
        return new MovedUnbilled(entity.Code, move.Month, saved?.Number ?? "", move.ContractAsset, move.UnbilledReceivable);
    }

    private sealed record Known(DateOnly? First, DateOnly? Last);
}
