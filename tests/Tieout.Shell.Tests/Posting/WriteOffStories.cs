using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>A debt that is given up goes to the ERP as an entry that settles its invoice, after that invoice, once.</summary>
public sealed class WriteOffStories(PostgresFixture postgres)
{
    private const string Invoice = "DE-2026-0000001";
    private const string WriteOff = "DEJ-2026-0000001";

    [Fact]
    public async Task It_follows_its_invoice_into_the_erp_settles_it_and_both_books_agree()
    {
        await using var world = await World.Start(postgres, 6);
        (await Give(world, 4m)).ShouldBe(WriteOff);
        (await world.Rows<(string, decimal)>("select document_kind, amount from posting.posting where business_key = @WriteOff", new { WriteOff }))
            .ShouldBe([("write-off", -4m)]);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(WriteOff)).ShouldBe(1);
        (await world.Rows<bool>(
            """
            select entry.started_at >= before.ended_at
            from posting.attempt entry join posting.posting e on e.id = entry.posting_id and e.business_key = @WriteOff, posting.attempt before
            join posting.posting i on i.id = before.posting_id and i.business_key = @Invoice
            where entry.kind = 'send' and before.outcome = 'accepted'
            """, new { WriteOff, Invoice })).ShouldBe([true]);
        var sent = string.Join('\n', await world.Rows<string>("select convert_from(request, 'UTF8') from posting.exchange where request is not null"));
        sent.ShouldContain($"<AssignmentReference>{Invoice}</AssignmentReference>");

        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Reconciled);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.OurDocuments, entity.TheirDocuments)).ShouldBe([("DE", 4L, 4L), ("US", 3L, 3L)]);
        outcome.Entities.ShouldAllBe(entity => entity.OurTotal == entity.TheirTotal);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_parked_invoice_parks_its_write_off_and_both_go_once_a_person_has_seen_to_it()
    {
        await using var world = await World.Start(postgres, 4);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        await Give(world, 4m);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["period-closed"] = 2, ["predecessor-not-posted"] = 1 }, ignoreOrder: true);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'predecessor-not-posted'")).ShouldHaveSingleItem()
            .ShouldBe($"Write-off {WriteOff} is about a document that is not in the ERP: {Invoice} is parked.");

        await world.Tell("periods/open", new { companyCode = "1010", month = "2026-11" });
        await world.Replay("period-closed");
        await world.Replay("predecessor-not-posted");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(WriteOff)).ShouldBe(1);
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_account_for_bad_debt_it_is_parked_with_a_case_and_nothing_is_guessed()
    {
        await using var world = await World.Start(postgres, 2);
        await Give(world, 4m);
        var settings = world.Settings("1010");
        var targets = world.Targets();
        var poor = world.Target(settings with { Accounts = settings.Accounts.Where(pair => pair.Key != "bad-debt").ToDictionary(StringComparer.Ordinal) });
        (await world.Deliver([poor, .. targets.Where(target => target.Name != poor.Name)])).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["account-rule-missing"] = 1 });
        (await world.Held(WriteOff)).ShouldBe(0);
        (await world.Held(Invoice)).ShouldBe(1);

        await world.Replay("account-rule-missing");
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.Held(WriteOff)).ShouldBe(1);
    }

    [Fact]
    public async Task One_that_the_erp_lost_is_a_break_and_so_is_one_whose_money_was_changed_there()
    {
        await using var world = await World.Start(postgres, 4);
        await Give(world, 4m);
        await world.Deliver();
        await world.Tell("tamper/delete", new { companyCode = "1010", reference = WriteOff });
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Breaks);
        (await world.Rows<(string, string, decimal)>("select category, business_key, amount from reconciliation.difference")).ShouldBe([("missing", WriteOff, 4m)]);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_and_the_same_key_twice_adds_nothing()
    {
        await using var world = await World.Start(postgres, 4);
        (await Give(world, 1m, key: "k1")).ShouldBe(WriteOff);
        (await Give(world, 1m, key: "k1")).ShouldBe(WriteOff);
        (await Give(world, 2m, key: "k2")).ShouldBe("DEJ-2026-0000002");
        (await Give(world, 1m, key: "k3", invoice: "US-2026-0000001")).ShouldBe("USJ-2026-0000001");
        (await world.Count("posting.posting where document_kind = 'write-off'")).ShouldBe(3);
    }

    [Theory]
    [InlineData("update posting.posting set state = 'ready', target = 'sap-de' where business_key = 'DEJ-2026-0000001'; "
        + "update posting.posting set state = 'sending', claim = md5('x')::uuid where business_key = 'DEJ-2026-0000001'", "posting_after_its_invoice")]
    [InlineData("insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state, "
        + "correlation_id, created_at, changed_at) select md5('p')::uuid, billing_account_id, legal_entity_id, 'write-off', document_id, 'DEJ-1', month, currency, "
        + "amount, 'staged', correlation_id, now(), now() from posting.posting where business_key = 'DE-2026-0000001'", "posting_of_its_entry")]
    [InlineData("update ledger.journal_entry set text = 'other'", "booked_is_booked")]
    [InlineData("update customers.legal_entity set entry_series = 'USC' where code = 'DE'", "legal_entity_series_apart")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var world = await World.Start(postgres, 2);
        await Give(world, 4m);
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private static async Task<string> Give(World world, decimal amount, string? key = null, string invoice = Invoice)
    {
        var request = new WriteOffRequest(
            invoice, amount, World.Month.FirstDay.AddDays(24), "Insolvent", "test", key ?? Guid.CreateVersion7().ToString());
        return (await new WriteOffInvoice(world.Database.Source, TimeProvider.System).Run(request, CancellationToken.None))
            .ShouldBeOfType<WriteOffOutcome.Done>().Number;
    }
}
