using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>What the database says of a case by itself: its queue and its group.</summary>
public sealed class QueueAndGroupTests(PostgresFixture postgres)
{
    [Fact]
    public async Task PostgreSQL_and_the_domain_put_every_code_into_the_same_queue()
    {
        await using var database = await postgres.CreateDatabase();
        string[] codes = [.. RoleQueues.OfController, .. RoleQueues.OfEngineer, "customer-unknown", "gave-up"];
        foreach (var category in Enum.GetValues<ExceptionCategory>())
            foreach (var kind in new[] { "posting", "break", "webhook", "billing" })
                foreach (var code in codes)
                    (await database.Scalar<string>($"select exceptions.queue_of('{Words.Of(category)}', '{code}', '{kind}')"))
                        .ShouldBe(Words.Of(RoleQueues.Of(category, code, kind)), $"{category} {code} {kind}");
    }

    [Theory]
    // What names the document does not part cases; what the trouble is about does.
    [InlineData("Invoice US-2026-0000021 has no customer.", "Invoice US-2026-0000022 has no customer.", true)]
    [InlineData("The ERP would not take it in 12 tries.", "The ERP would not take it in 13 tries.", true)]
    [InlineData("It differs by 1,234.50 USD.", "It differs by 7.00 USD.", true)]
    [InlineData("1010 has no account 41000000 in Tryton.", "1010 has no account 41000001 in Tryton.", false)]
    [InlineData("SAP answered with HTTP 503.", "SAP answered with HTTP 500.", false)]
    [InlineData("No account of sap-us is named for 'revenue'.", "No account of sap-us is named for 'tax'.", false)]
    public async Task Cases_of_the_same_trouble_share_a_group(string one, string other, bool same)
    {
        await using var database = await postgres.CreateDatabase();
        (await database.Scalar<bool>(
            $"""
            select exceptions.fingerprint('business', 'code', $a${one}$a$, 'K-1') = exceptions.fingerprint('business', 'code', $a${other}$a$, 'K-2')
            """)).ShouldBe(same);
    }
}
