using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Exceptions;

/// <summary>What a case of a missing rate says: always what follows from the accounts that wait, and from those that waited.</summary>
internal static class RateCaseWords
{
    private const int NamedAccounts = 5;

    // Of numeric(19,4).
    private const decimal MostMoney = 1_000_000_000_000_000m;

    /// <summary>Writes cause and value of the cases anew; nobody waiting, the case is over, and says who was billed when.</summary>
    public static async Task Tell(NpgsqlConnection connection, IReadOnlyCollection<Guid> cases, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var id in cases)
        {
            var row = await Read(connection, id, cancel);
            var resolution = row.Accounts == 0 ? await Ended(connection, id, cancel) : "";
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update exceptions.exception_case set cause = @cause, amount = @amount
                where id = @id and @resolution = '';
                -- What it said while somebody waited stays said.
                update exceptions.exception_case set state = 'resolved', resolution = @resolution, resolved_at = @now
                where id = @id and @resolution <> '' and state = 'open'
                """,
                new { id, cause = Cause(row), amount = Math.Abs(row.Amount) < MostMoney ? row.Amount : (decimal?)null, resolution, now },
                cancellationToken: cancel));
        }
    }

    private static Task<Row> Read(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        connection.QuerySingleAsync<Row>(new CommandDefinition(
            """
            select m.said, entity.code as entity, m.from_currency as currency, count(w.case_id) as accounts,
                   coalesce(sum(w.invoices), 0) as invoices, coalesce(sum(w.credit_memos), 0) as memos, coalesce(sum(w.amount), 0) as amount,
                   array_to_string(array(
                     select account.code from exceptions.waiting one join customers.billing_account account on account.id = one.billing_account_id
                     where one.case_id = @id and one.ended is null order by account.code limit @NamedAccounts), ', ') as codes
            from exceptions.missing_rate m
            join customers.legal_entity entity on entity.id = m.legal_entity_id
            left join exceptions.waiting w on w.case_id = m.case_id and w.ended is null
            where m.case_id = @id
            group by m.said, entity.code, m.from_currency
            """, new { id, NamedAccounts }, cancellationToken: cancel));

    private static string Cause(Row row)
    {
        var (invoices, memos) = (Counted(row.Invoices, "invoice"), Counted(row.Memos, "credit memo"));
        var documents = row.Memos == 0 ? invoices : row.Invoices == 0 ? memos : $"{invoices} and {memos}";
        var more = row.Accounts > NamedAccounts ? string.Create(CultureInfo.InvariantCulture, $" and {row.Accounts - NamedAccounts:N0} more") : "";
        var wait = row.Invoices + row.Memos == 1 ? "waits" : "wait";
        return $"{row.Said} {documents} of {Counted(row.Accounts, "account")} of {row.Entity} {wait} for it, "
            + $"{new Money(row.Amount, Currency.Of(row.Currency))} with tax: {row.Codes}{more}.";
    }

    private static async Task<string> Ended(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var groups = await connection.QueryAsync<EndedRow>(new CommandDefinition(
            """
            select w.ended, run.title, run.actor, w.ended_rate as rate, count(*) as accounts
            from exceptions.waiting w join runs.run on run.id = w.ended_run
            where w.case_id = @id
            group by w.ended, run.title, run.actor, w.ended_rate
            order by max(w.ended_at), w.ended, run.title, w.ended_rate
            """, new { id }, cancellationToken: cancel));
        return string.Join(' ', groups.Select(group =>
            $"{Counted(group.Accounts, "account")} {Became(group)} (\"{group.Title}\", {group.Actor})."));
    }

    private static string Became(EndedRow group) => (group.Ended, group.Accounts == 1) switch
    {
        ("billed", var one) => $"{(one ? "was" : "were")} billed{(group.Rate.Length > 0 ? $" at {group.Rate}" : "")}",
        ("waits-elsewhere", true) => "waits for another rate now and stands in its case",
        ("waits-elsewhere", false) => "wait for another rate now and stand in its case",
        ("stopped", var one) => $"{(one ? "is" : "are")} stopped by something else now and {(one ? "has a case of its" : "have cases of their")} own",
        (_, true) => "has nothing to be billed any more",
        (_, false) => "have nothing to be billed any more",
    };

    private static string Counted(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private sealed record Row(string Said, string Entity, string Currency, long Accounts, long Invoices, long Memos, decimal Amount, string Codes);

    private sealed record EndedRow(string Ended, string Title, string Actor, string Rate, long Accounts);
}
