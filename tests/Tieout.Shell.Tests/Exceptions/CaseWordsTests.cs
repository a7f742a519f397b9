using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Exceptions.CaseWorld;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>What a case says besides cause and remedy.</summary>
public sealed class CaseWordsTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("invoice", "Invoice A-1 was not posted into the ERP.")]
    [InlineData("credit-memo", "Credit memo A-1 was not posted into the ERP.")]
    [InlineData("payment", "Payment A-1 was not posted into the ERP.")]
    [InlineData("revenue-journal", "Revenue journal A-1 was not posted into the ERP.")]
    [InlineData(null, "A-1 was not posted into the ERP.")]
    public void A_document_is_called_what_it_is(string? kind, string said) => CaseWords.Happened("posting", "A-1", kind).ShouldBe(said);

    [Fact]
    public async Task A_case_knows_what_kind_of_document_it_is_about()
    {
        await using var world = await Parked(postgres, 1);
        var found = await new FindExceptions(world.Database.Source, TimeProvider.System).One(await AnyCase(world), default);
        found!.Posting!.DocumentKind.ShouldBe("invoice");
        found.Happened.ShouldBe($"Invoice {found.Posting.BusinessKey} was not posted into the ERP.");
    }
}
