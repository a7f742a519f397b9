using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>How rows become records: snake_case columns to constructor parameters, instants in UTC.</summary>
internal static class Sql
{
    [ModuleInitializer]
    internal static void Configure()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new Instants());
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

    private sealed class Instants : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset instant => instant,
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            _ => throw new InvalidCastException($"{value.GetType().Name} is not an instant."),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }
}
