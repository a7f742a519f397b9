using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>An ERP gets the documents of one billing account one after the other, whatever happens to them; other accounts overtake.</summary>
public sealed class AccountOrderTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Four_months_and_a_credit_of_eight_accounts_arrive_in_their_order_through_silence_and_late_commits()
    {
        await using var world = await World.Start(postgres, 8);
        foreach (var month in new AccountingMonth[] { new(2026, 12), new(2027, 1), new(2027, 2) }) await world.Bill(month);
        await world.Credit("DE-2026-0000001", new CreditWish.Whole());
        await world.Fault("commit-then-silence", seconds: 0.1, count: 3);
        await world.Fault("commit-late", seconds: 3, count: 2);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();

        var spans = await world.Rows<(Guid Account, string Kind, DateTime From, DateTime To)>(
            """
            select p.billing_account_id, p.document_kind, min(a.started_at), max(a.ended_at)
            from posting.posting p join posting.attempt a on a.posting_id = p.id group by p.id, p.billing_account_id, p.month order by p.month, p.id
            """);
        spans.Count.ShouldBe(33);
        foreach (var account in spans.GroupBy(span => span.Account))
        {
            // The credit memo goes behind its invoice, before or behind those of later months.
            var sent = account.OrderBy(span => span.From).ToList();
            foreach (var (before, after) in sent.Zip(sent.Skip(1))) (before.To <= after.From).ShouldBeTrue($"{before} and {after} were on their way at once");
            account.Where(span => span.Kind == "invoice").ShouldBe(sent.Where(span => span.Kind == "invoice"));
        }
        // Others were not held up: some account had its second month before another had its first.
        spans.Select(span => (span.From, span.To)).Count(one => spans.Any(other => other.From < one.To && one.From < other.To)).ShouldBeGreaterThan(8);
    }
}
