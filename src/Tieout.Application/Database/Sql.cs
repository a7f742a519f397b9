using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>How rows become records, said once for the whole program.</summary>
internal static class Sql
{
#pragma warning disable CA2255 // Dapper's map is one per process, and the first query may come from anywhere.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Prepare()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.AddTypeHandler(new DateHandler());
    }

    /// <summary>All rows of a query on a connection of its own.</summary>
    public static async Task<IReadOnlyList<T>> Rows<T>(this NpgsqlDataSource database, string sql, object? parameters, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancel));
        return rows.AsList();
    }

    /// <summary>The first row, or null when there is none.</summary>
    public static async Task<T?> Row<T>(this NpgsqlDataSource database, string sql, object? parameters, CancellationToken cancel) where T : class
    {
        var rows = await database.Rows<T>(sql, parameters, cancel);
        return rows.Count > 0 ? rows[0] : null;
    }

    // Npgsql gives timestamptz as DateTime in UTC; our records hold instants.
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is DateTimeOffset instant ? instant : new DateTimeOffset((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUniversalTime();
    }

    private sealed class DateHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => value is DateOnly date ? date : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateOnly value) => parameter.Value = value;
    }
}
