using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Shell.Tests.Database;

public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("postgres://ada:s%40cret@db.example:6543/books?sslmode=verify-full&application_name=hub", "db.example", 6543, "s@cret", "books")]
    [InlineData("postgresql://ada:x@[::1]/books", "::1", 5432, "x", "books")]
    [InlineData("postgres://ada@db.example", "db.example", 5432, null, null)]
    [InlineData("Host=db.example;Port=6543;Username=ada;Password=x;Database=books", "db.example", 6543, "x", "books")]
    public void Both_forms_are_read(string text, string host, int port, string? password, string? database)
    {
        var target = ConnectionText.Parse(text);
        Assert.Equal((host, port, "ada", password, database), (target.Host!, target.Port, target.Username, target.Password, target.Database));
    }

    [Fact]
    public void Options_of_a_url_are_kept() =>
        Assert.Equal(SslMode.VerifyFull, ConnectionText.Parse("postgres://ada@db.example/books?sslmode=verify-full").SslMode);

    [Theory]
    [InlineData("postgres://ada:s3cret@db.example/books?colour=red")]
    [InlineData("postgres://ada:s3cret@db.example:port/books")]
    [InlineData("postgres:///s3cret")]
    [InlineData("s3cret")]
    [InlineData("Host=db;Pasword=s3cret")]
    [InlineData("Username=ada;Password=s3cret")]
    public void A_text_that_is_neither_is_refused_without_repeating_it(string text)
    {
        var trouble = Assert.Throws<DatabaseTroubleException>(() => ConnectionText.Parse(text));
        Assert.DoesNotContain("s3cret", trouble.ToString(), StringComparison.Ordinal);
    }
}
