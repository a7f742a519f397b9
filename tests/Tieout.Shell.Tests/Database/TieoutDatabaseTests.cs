using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;

namespace Tieout.Shell.Tests.Database;

public sealed class TieoutDatabaseTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Opens_a_given_server_and_brings_its_schema_up_to_date()
    {
        await using var given = await postgres.CreateEmptyDatabase();
        await using var database = await TieoutDatabase.Open(given.ConnectionString, "unused", CancellationToken.None);
        Assert.Null(database.Embedded);
        Assert.Equal(Migrations.Shipped.Newest, database.Applied.Count);
        await using var command = database.Source.CreateCommand("select current_database()");
        Assert.Equal(given.Name, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Takes_the_database_name_where_the_url_has_none()
    {
        await using var given = await postgres.CreateDatabase();
        var target = new NpgsqlConnectionStringBuilder(given.ConnectionString);
        var url = $"postgres://{target.Username}:{target.Password}@{target.Host}:{target.Port}";
        await using var database = await TieoutDatabase.Open(url, given.Name, CancellationToken.None);
        await using var command = database.Source.CreateCommand("select current_database()");
        Assert.Equal(given.Name, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Starts_the_private_server_and_creates_the_database()
    {
        using var folder = new TemporaryFolder();
        var options = EmbeddedPostgresOptions.FromEnvironment() with { DataFolder = folder.Path, BinariesFolder = postgres.BinariesFolder };
        for (var start = 0; start < 2; start++)
        {
            await using var database = await TieoutDatabase.OpenAsItIs(connectionString: null, "It's \"odd\"", options, CancellationToken.None);
            Assert.NotNull(database.Embedded);
            await using var command = database.Source.CreateCommand("select current_database()");
            Assert.Equal("It's \"odd\"", await command.ExecuteScalarAsync());
        }
    }

    [Theory]
    [InlineData("Database", "absent", "has no database \"absent\"")]
    [InlineData("Password", "wr0ng-word", "refuses user \"tieout\"")]
    [InlineData("Port", "1", "cannot be used")]
    public async Task Says_what_is_wrong_with_a_given_server(string keyword, string value, string message)
    {
        await using var given = await postgres.CreateDatabase();
        var target = new NpgsqlConnectionStringBuilder(given.ConnectionString) { [keyword] = value };
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => TieoutDatabase.Open(target.ConnectionString, "unused", CancellationToken.None));
        Assert.Contains(message, trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-word", trouble.ToString(), StringComparison.Ordinal);
    }
}
