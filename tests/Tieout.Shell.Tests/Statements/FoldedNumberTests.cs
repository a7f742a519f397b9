using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>
/// The program looks an invoice up by its number as it folds it, the database indexes it as it folds it: both have to come to the same, or the invoice is
/// never found.
/// </summary>
public sealed class FoldedNumberTests(PostgresFixture postgres)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Gaps = " -_/.:#";

    [Fact]
    public async Task Every_number_that_an_invoice_can_have_is_looked_up_as_it_is_indexed()
    {
        await using var books = await postgres.CreateDatabase();
        // One letter in each place of the series, alone and beside others, then every gap that people write.
        var numbers = Letters.SelectMany(letter => new[] { $"{letter}-2026-0000001", $"A{letter}-2026-0000001", $"{letter}B9-2026-9876543", $"XY{letter}-2030-1000000" })
            .Concat(Gaps.Select(gap => $"US{gap}2026{gap}0000001")).Concat(["US20260000001", "us--2026--0000001", "O0Q-2026-0000000"]).Distinct().ToArray();
        foreach (var number in numbers)
        {
            var indexed = await books.Scalar<string>($"select invoicing.folded_number('{number}')");
            NumberText.Candidates(Line(number)).ShouldContain(indexed, number);
        }
    }

    [Theory]
    [InlineData("U-")]
    [InlineData("ＵＳ")] // full width
    [InlineData("ÜS")]
    [InlineData("ß")]
    [InlineData("us")]
    public async Task What_the_two_would_fold_apart_is_no_series_of_a_legal_entity(string series)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute($"update customers.legal_entity set series = '{series}' where code = 'US'")))
            .SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    private static BankLine Line(string text) => new(
        "k", new Money(1m, Currency.Of("USD")), new DateOnly(2026, 12, 1), new StatementParty("", ""), text, [], [], 0m, []);
}
