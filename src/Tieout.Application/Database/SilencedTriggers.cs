using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>
/// Triggers that rest while a backup is filled in, for the rest of the caller's transaction. They guard what is done to the books;
/// filled in is what they have guarded already: a backup holds the rows of one instant, of a database in which each of them came
/// through its triggers, and every table's hash is proven by the manifest, and the manifest's by its own. What is altered or cut
/// short is refused by that, not by triggers. Checks and unique keys are never silenced.
/// </summary>
internal sealed class SilencedTriggers
{
    private readonly IReadOnlyList<Row> _triggers;

    private SilencedTriggers(IReadOnlyList<Row> triggers) => _triggers = triggers;

    /// <summary>
    /// A superuser silences foreign keys with them. The owner of the tables may not, and needs not: it disables the triggers that are
    /// ours, one by one, and the tables' order satisfies the foreign keys.
    /// </summary>
    public static async Task<SilencedTriggers> Begin(NpgsqlConnection connection, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("savepoint before_role", cancellationToken: cancel));
        try
        {
            await connection.ExecuteAsync(new CommandDefinition("set local session_replication_role = replica", cancellationToken: cancel));
            return new SilencedTriggers([]);
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await connection.ExecuteAsync(new CommandDefinition("rollback to savepoint before_role", cancellationToken: cancel));
        }
        var triggers = await Armed(connection, cancel);
        await Alter(connection, triggers.Select(trigger => $"alter table {trigger.Table} disable trigger {trigger.Name}"), cancel);
        return new SilencedTriggers(triggers);
    }

    /// <summary>Puts every trigger back as it was, before the transaction ends.</summary>
    public async Task End(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_triggers.Count == 0) return;
        // What is left to be checked at the end is checked now: tables with something left cannot be altered.
        await connection.ExecuteAsync(new CommandDefinition("set constraints all immediate", commandTimeout: 0, cancellationToken: cancel));
        await Alter(connection, _triggers.Select(trigger => $"alter table {trigger.Table} enable {trigger.How} trigger {trigger.Name}"), cancel);
    }

    // Those of partitions too: they have some of their own beside those they inherit.
    private static async Task<IReadOnlyList<Row>> Armed(NpgsqlConnection connection, CancellationToken cancel) =>
        (await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select format('%I.%I', n.nspname, c.relname) as "table", quote_ident(t.tgname) as name,
                   case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end as how
            from pg_trigger t
            join pg_class c on c.oid = t.tgrelid
            join ({TableCatalog.OurSchemas}) n on n.oid = c.relnamespace
            where not t.tgisinternal and t.tgenabled <> 'D' and c.relkind in ('r', 'p')
            order by 1, 2
            """, cancellationToken: cancel))).AsList();

    private static async Task Alter(NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancel)
    {
        var all = string.Join(";\n", statements);
        if (all.Length > 0) await connection.ExecuteAsync(new CommandDefinition(all, cancellationToken: cancel));
    }

    private sealed record Row(string Table, string Name, string How);
}
