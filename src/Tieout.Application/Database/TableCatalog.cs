using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>The tables, sequences and schemas that are ours, as PostgreSQL's catalogue lists them.</summary>
internal static class TableCatalog
{
    /// <summary>Every schema that neither PostgreSQL nor an extension brought.</summary>
    public const string OurSchemas =
        """
        select n.oid, n.nspname
        from pg_namespace n
        where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
          and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
        """;

    /// <summary>
    /// Tables with rows of their own to keep, each after those its foreign keys refer to. Partitions are left out: their
    /// rows are read and written through the table they are part of. So is the record of migrations.
    /// </summary>
    public static async Task<IReadOnlyList<Table>> Tables(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select c.oid, n.nspname::text, c.relname::text,
              array(
                select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                order by a.attnum),
              array(
                select k.confrelid from pg_constraint k
                where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid)
            from pg_class c
            join ({OurSchemas}) n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
              and (n.nspname, c.relname) <> ('tieout', 'migration')
              and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            order by n.nspname, c.relname
            """, connection);
        var tables = new List<Table>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            tables.Add(new Table(
                reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetString(2),
                reader.GetFieldValue<string[]>(3), reader.GetFieldValue<uint[]>(4)));
        }

        return InOrderOfReference(tables);
    }

    /// <summary>Quoted names of all our sequences, those of identity columns included.</summary>
    public static async Task<IReadOnlyList<(string Schema, string Name)>> Sequences(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(string, string)>(new CommandDefinition(
            $"""
            select n.nspname::text, c.relname::text
            from pg_class c
            join ({OurSchemas}) n on n.oid = c.relnamespace
            where c.relkind = 'S'
            order by 1, 2
            """, cancellationToken: cancel));
        return rows.AsList();
    }

    /// <summary>
    /// Removes everything of ours, to build it anew in the same transaction. Schema public stays while nothing is in it,
    /// because it may belong to the server's administrator.
    /// </summary>
    public static async Task DropEverything(NpgsqlConnection connection, CancellationToken cancel)
    {
        var schemas = await connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select s.nspname::text
            from ({OurSchemas}) s
            where s.nspname <> 'public'
               or exists (
                 select from pg_class c
                 where c.relnamespace = s.oid
                   and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
            """, cancellationToken: cancel));
        foreach (var schema in schemas)
        {
            var again = schema == "public" ? "; create schema public" : "";
            await connection.ExecuteAsync(new CommandDefinition($"drop schema {Quote(schema)} cascade{again}", cancellationToken: cancel));
        }
    }

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";

    /// <summary>Where foreign keys run in a circle, the circle is cut at the first table by name.</summary>
    internal static IReadOnlyList<Table> InOrderOfReference(IReadOnlyList<Table> tables)
    {
        var byId = tables.ToDictionary(table => table.Id);
        var ordered = new List<Table>(tables.Count);
        var seen = new HashSet<uint>();
        foreach (var table in tables) Visit(table);
        return ordered;

        void Visit(Table table)
        {
            if (!seen.Add(table.Id)) return;
            foreach (var other in table.RefersTo)
            {
                if (byId.TryGetValue(other, out var referred)) Visit(referred);
            }

            ordered.Add(table);
        }
    }

    /// <summary>A table of ours.</summary>
    internal sealed record Table(uint Id, string Schema, string Name, string[] Columns, uint[] RefersTo)
    {
        public string Quoted => Quote(Schema, Name);
    }
}
