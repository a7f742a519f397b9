using Npgsql;

namespace Tieout.Shell.Tests.Database;

/// <summary>A role that owns a database and may nothing more: no superuser, as on a hosted PostgreSQL. Gone when disposed.</summary>
internal sealed class PlainOwner : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly string _name;

    private PlainOwner(TestDatabase database, string name)
    {
        (_database, _name) = (database, name);
        Source = NpgsqlDataSource.Create($"{database.ConnectionString};Username={name};Password=plain");
    }

    /// <summary>The database as this role sees it.</summary>
    public NpgsqlDataSource Source { get; }

    public static async Task<PlainOwner> Of(TestDatabase database)
    {
        var name = $"plain_{Guid.CreateVersion7():N}";
        await database.Execute($"create role {name} login password 'plain' nosuperuser; alter database {database.Name} owner to {name}");
        return new PlainOwner(database, name);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _database.Execute($"alter database {_database.Name} owner to tieout; drop owned by {_name} cascade; drop role {_name}");
    }
}
