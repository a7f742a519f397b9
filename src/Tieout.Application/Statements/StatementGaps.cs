using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Statements;

/// <summary>One case for each place where a statement of a bank account of ours is missing. It ends by itself when that comes.</summary>
internal static class StatementGaps
{
    /// <summary>Of <c>exceptions.exception_case.subject_kind</c>.</summary>
    public const string Kind = "statement";

    /// <summary>Looks at all statements of these bank accounts, inside the transaction that took some of them in.</summary>
    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] accounts, DateTimeOffset now, CancellationToken cancel)
    {
        if (accounts.Length == 0) return;
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select s.bank_account_id as account, s.number, s.legal_entity_id as entity, s.currency, s.name, s.closing_on, s.sequence, s.opening, s.closing,
                   -- Of a number with several currencies each account after the first has cases of its own.
                   s.number || case when exists (
                     select from cash.bank_account other where other.tenant = 1 and other.number = s.number
                       and (other.created_at, other.id) < (own.created_at, own.id)) then '/' || s.currency else '' end as subject
            from cash.statement s join cash.bank_account own on own.id = s.bank_account_id
            where s.tenant = 1 and s.bank_account_id = any(@accounts) and s.whole and s.opening is not null and s.closing_on is not null
            """, new { accounts }, transaction, cancellationToken: cancel))).GroupBy(row => row.Account).ToList();
        List<RaisedException> raised = [];
        foreach (var account in rows)
            raised.AddRange(StatementChain.Gaps(account.Select(row => new ChainLink(row.Name, row.ClosingOn, row.Sequence, row.Opening, row.Closing)))
                .Select(gap => Case(account.First(), gap)));
        var open = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select subject_key from exceptions.exception_case
            where tenant = 1 and subject_kind = @Kind and state = 'open' and split_part(subject_key, '|', 1) = any(@subjects)
            """, new { Kind, subjects = rows.Select(account => account.First().Subject).ToArray() }, transaction, cancellationToken: cancel));
        var keys = raised.Select(one => one.SubjectKey).ToHashSet(StringComparer.Ordinal);
        await ExceptionLog.Resolve(
            connection, transaction, Kind, [.. open.Where(key => !keys.Contains(key))], "Another statement came in between.", now);
        await ExceptionLog.Raise(connection, transaction, raised, now);
    }

    private static RaisedException Case(Row account, StatementGap gap)
    {
        var (before, after, currency) = (gap.Before, gap.After, Currency.Of(account.Currency));
        var how = gap.Amount != 0
            ? $"closes with {new Money(before.Closing, currency)} and the next one opens with {new Money(after.Opening, currency)}"
            : string.Create(CultureInfo.InvariantCulture, $"has the number {before.Sequence} and the next one {after.Sequence}");
        var cause = string.Create(
            CultureInfo.InvariantCulture,
            $"Between {before.Id} of {before.On:yyyy-MM-dd} and {after.Id} of {after.On:yyyy-MM-dd} of account {account.Number} a statement is missing: ")
            + $"the first {how}.";
        return new RaisedException(
            new Finding(
                ExceptionCategory.Business, "statement-gap", cause,
                gap.Count is > 1 ? string.Create(CultureInfo.InvariantCulture, $"Fetch the {gap.Count} statements in between from the bank, and import them.")
                    : "Fetch the statement of the days in between from the bank, and import it."),
            Kind, $"{account.Subject}|{before.Id}|{after.Id}", account.Entity, Currency: account.Currency, Amount: Math.Abs(gap.Amount));
    }

    private sealed record Row(
        Guid Account, string Number, Guid Entity, string Currency, string Name, DateOnly ClosingOn, long? Sequence, decimal Opening, decimal Closing,
        string Subject);
}
