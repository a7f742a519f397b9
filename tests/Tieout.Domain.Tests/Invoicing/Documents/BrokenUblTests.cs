using Tieout.Domain.Invoicing.Documents.Ubl;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>Each rule we say we check is broken on purpose and seen; needs nothing but this checkout.</summary>
public class BrokenUblTests
{
    public static TheoryData<string, string, string> Rows =>
        [.. BrokenUbl.Rows.Select(row => new TheoryDataRow<string, string, string>(row.Rule, row.Document, row.Changes))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_broken_rule_is_seen(string rule, string document, string changes)
    {
        En16931.Check(BrokenUbl.Start(document), UblProfile.En16931).Select(finding => finding.Rule).ShouldNotContain(rule);
        var finding = En16931.Check(BrokenUbl.Of(document, changes), UblProfile.En16931).First(found => found.Rule == rule);
        (finding.Field, finding.Reason, finding.Remedy).ShouldSatisfyAllConditions(
            words => words.Field.ShouldNotBeEmpty(), words => words.Reason.ShouldEndWith("."), words => words.Remedy.ShouldEndWith("."));
    }

    [Fact]
    public void Every_rule_we_check_is_broken_here() =>
        En16931.Ids.Except(BrokenUbl.Rows.Select(row => row.Rule), StringComparer.Ordinal).ShouldBeEmpty();
}
