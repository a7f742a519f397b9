using System.Text.Json;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Application.Views;
using Tieout.Domain.Reconciliation;
using Tieout.Domain.Revenue;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Revenue as its ERP wants it. Subscriptions 2, 4, 6 … of DE earn 10.02, 10.04, 10.06 … in November; the customer of the fourth, and in one
/// story of the eighth, is in Austria.
/// </summary>
public sealed class RevenuePartsStories(PostgresFixture postgres)
{
    private const string November = "2026-11";

    private const string ByCountry =
        """
        {"actor":"mara","rules":[
          {"name":"Austria","when":{"ledger-account":"revenue","country":"AT"},"account":"41100000"},
          {"name":"VAT","when":{"tax-code":"DE-19"},"tax-code":"A1"},
          {"name":"owed","when":{"ledger-account":"receivable","plan":"basic"},"account":"12100000"}]}
        """;

    [Fact]
    public async Task What_rules_choose_by_is_split_summed_by_account_and_dimension_and_ties_out_on_each_account()
    {
        await using var world = await World.Start(postgres, 8);
        await world.Database.Execute("update customers.customer set country = 'AT' where code = 'C-4'");
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"), ByCountry);
        await world.Deliver();
        var booked = (await Books(world).Run(November)).Booked.ShouldHaveSingleItem();
        (booked.Entry, booked.Entries, booked.Amount.Amount, booked.Lines).ShouldBe(("DEJ-2026-0000001", 1, 40.20m, 4L));
        (await Lines(world, booked.Entry)).ShouldBe([
            "deferred-revenue 10.04 Earned in 2026-11", "revenue -10.04 Earned in 2026-11",
            "deferred-revenue 30.16 Earned in 2026-11", "revenue -30.16 Earned in 2026-11"]);
        (await world.Rows<string>("select concat_ws(' ', no, coalesce(plan, '-'), country, lines, trim_scale(amount)) from revenue.part order by no"))
            .ShouldBe(["1 - AT 1 10.04", "2 - DE 3 30.16"]);

        // Deferred revenue is one account of theirs: one line. Revenue is two.
        (await world.Deliver()).Waiting.ShouldBe(0);
        var sent = (await world.Rows<string>(
            "select convert_from(request, 'UTF8') from posting.exchange where operation like '%post%' order by started_at desc limit 1"))[0];
        new[] { "24900000", "41000000", "41100000" }.Select(account => sent.Split(account).Length - 1).ShouldBe([1, 1, 1]);
        (await new ReadPostingChoices(world.Database.Source).Run(booked.Entry, default))!.Choices.Where(choice => choice is { What: "account", Ruled: true })
            .Select(choice => (choice.No, choice.Ours, choice.Theirs)).ShouldBe([(2, "revenue", "41100000")]);
        (await world.TieOut()).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        (await world.Rows<string>(
            "select erp_account || ' ' || trim_scale(ours) from reconciliation.account_result where target = 'sap-de' and account = 'revenue' and ours = theirs order by 1"))
            .Select(row => row.TrimStart('0')).Order(StringComparer.Ordinal).ShouldBe(["41000000 -30.16", "41100000 -10.04"]);
        await Ties(world);

        // From the entry to what it sums up, and back.
        var told = JsonSerializer.Serialize((await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(booked.Entry, default)).Story);
        told.ShouldContain("Sum of 4 lines of schedules");
        told.ShouldContain("10.04 EUR, earned in 2026-11, country AT, of 1 lines");
        told.ShouldContain("DE-2026-0000002");
        (await Books(world).Show("DE-2026-0000002")).Lines.ShouldHaveSingleItem().Months.ShouldHaveSingleItem().Entry.ShouldBe(booked.Entry);
    }

    [Fact]
    public async Task A_value_taken_from_the_customer_splits_by_customer_and_one_missing_in_the_map_parks_the_entry_before_anything_is_sent()
    {
        await using var world = await World.Start(postgres, 4);
        await world.Deliver();
        await MappingStories.Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"C-2":"YB600"}}""");
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"),
            """{"actor":"mara","rules":[{"name":"centers","when":{"ledger-account":"revenue"},"dimensions":{"profit-center":{"from":"customer","map":"centers"}}}]}""");
        await Books(world).Run(November);
        (await world.Rows<string>("select concat_ws(' ', customer, trim_scale(amount)) from revenue.part order by no")).ShouldBe(["C-2 10.02", "C-4 10.04"]);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.OpenCases()).Keys.ShouldBe(["dimension-unmapped"]);
        await MappingStories.Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"C-2":"YB600","C-4":"YB600"}}""");
        await world.Replay("dimension-unmapped");
        (await world.Deliver()).Waiting.ShouldBe(0);
        var sent = (await world.Rows<string>(
            "select convert_from(request, 'UTF8') from posting.exchange where operation like '%post%' order by started_at desc limit 1"))[0];
        (sent.Split("41000000").Length - 1, sent.Split("YB600").Length - 1).ShouldBe((1, 1)); // both customers are of one centre
        (await world.TieOut()).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        await Ties(world);
    }

    [Fact]
    public async Task Line_by_line_each_line_of_a_schedule_stands_in_the_erp_with_its_invoice_and_account()
    {
        await using var world = await World.Start(postgres, 6);
        IReadOnlyList<DeliveryTarget> targets =
            [world.Target(world.Settings("1710")), world.Target(world.Settings("1010") with { Revenue = RevenueDetail.ByLine, Version = "rules-2" })];
        await world.Deliver(targets);
        var booked = (await Books(world).Run(November)).Booked.ShouldHaveSingleItem();
        List<string> wanted = [];
        foreach (var (account, amount) in new[] { ("C-2", "10.02"), ("C-4", "10.04"), ("C-6", "10.06") })
        {
            var words = $"Earned in 2026-11: {await Invoice(world, account)} line 1, {account}";
            wanted.AddRange([$"deferred-revenue {amount} {words}", $"revenue -{amount} {words}"]);
        }
        (await Lines(world, booked.Entry)).ShouldBe(wanted);
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        await Ties(world);
    }

    [Fact]
    public async Task More_lines_than_one_document_takes_go_in_several_and_each_line_leads_to_its_own()
    {
        await using var books = await postgres.CreateDatabase();
        const int Lines = RevenueSplit.MostOfEntry + 7;
        await SampleData.Subscriptions(books.Source, 2 * Lines);
        await new Application.Invoicing.BillAccounts(books.Source, TimeProvider.System).Run(
            new Application.Invoicing.BillingRequest(RevenueBooks.Month(November), "test"), null, CancellationToken.None);
        await Wanted(books, "by-line");
        var revenue = new RevenueBooks(books, new RevenueRefusals.Fixed());
        var booked = (await revenue.Run(November)).Booked.ShouldHaveSingleItem();
        (booked.Entry, booked.Entries, booked.Lines).ShouldBe(("DEJ-2026-0000001", 2, (long)Lines));
        (await books.Scalar<string>("select string_agg(concat_ws(' ', text, lines), '; ' order by no) from (select e.text, b.no, count(*) as lines from revenue.booking_entry b join ledger.journal_entry e on e.id = b.entry_id join ledger.journal_line l on l.entry_id = e.id group by e.text, b.no) told"))
            .ShouldBe("Revenue of 2026-11, part 1 of 2 500; Revenue of 2026-11, part 2 of 2 14");
        (await books.Scalar<decimal>("select sum(amount) from ledger.journal_line where account = 'deferred-revenue' and text <> ''")).ShouldBe(booked.Amount.Amount);
        // Each schedule leads to the entry that has it.
        var last = await books.Scalar<string>("select about from revenue.part where entry_no = 2 order by no desc limit 1");
        (await revenue.Show(last.Split(' ')[0])).Lines.ShouldHaveSingleItem().Months.ShouldHaveSingleItem().Entry.ShouldBe("DEJ-2026-0000002");
        (await revenue.Run(November)).Booked.ShouldBeEmpty();
        (await revenue.Check(November)).Books.ShouldAllBe(balance => balance.Difference.IsZero);
        await revenue.Identity();
        foreach (var entry in new[] { booked.Entry, "DEJ-2026-0000002" })
            (await new ReverseEntry(books.Source, new RevenueRefusals.Fixed()).Run(new ReversalRequest(entry, null, "Wrong", "mara", entry), CancellationToken.None))
                .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");
    }

    [Fact]
    public async Task What_a_correction_takes_back_and_what_comes_to_nothing_keeps_its_part()
    {
        await using var world = await World.Start(postgres, 4);
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"),
            """{"actor":"mara","rules":[{"name":"customers","when":{"ledger-account":"revenue"},"dimensions":{"profit-center":{"from":"customer"}}}]}""");
        await world.Deliver();
        await world.Credit(await Invoice(world, "C-2"));
        var booked = (await Books(world).Run(November)).Booked.ShouldHaveSingleItem();
        (booked.Amount.Amount, booked.Lines).ShouldBe((10.04m, 3L));
        (await Lines(world, booked.Entry)).ShouldBe(["deferred-revenue 10.04 Earned in 2026-11", "revenue -10.04 Earned in 2026-11"]);
        (await world.Rows<string>("select concat_ws(' ', customer, lines, trim_scale(amount), coalesce(line_no, 0)) from revenue.part order by no"))
            .ShouldBe(["C-2 2 0 0", "C-4 1 10.04 1"]);
        await Ties(world);
    }

    /// <summary>A split booking of which one thing is not as its schedules say; December's rows stand in for it.</summary>
    [Theory]
    [InlineData("insert into revenue.part (booking, no, month, lines, amount, entry_no, line_no) values (99, 1, '2026-12-01', 1, 1, 1, 1)", "parts_equal_their_schedules")]
    [InlineData("insert into revenue.part_line (batch, month, no, booking, part) select batch, month, no, 99, 1 from revenue.schedule_line where month = '2026-12-01'", "parts_equal_their_schedules")]
    [InlineData("insert into revenue.part_line (batch, month, no, booking, part) select batch, month, no, 99, 1 from revenue.schedule_line where month = '2026-12-01'; "
        + "insert into revenue.part (booking, no, month, lines, amount, entry_no, line_no) select 99, 1, month, count(*), sum(amount), 1, 3 from revenue.schedule_line where month = '2026-12-01' group by month", "parts_are_in_their_entries")]
    public async Task Parts_are_exactly_the_lines_of_schedules_and_stand_in_the_entries(string sql, string constraint)
    {
        await using var world = await Invoicing.Stories.BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-11-01", "team", "support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-11-01");
        world.On("2026-12-02");
        await new RevenueBooks(world).Run(November);
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(
            $"""
            insert into revenue.release select batch, month, 1, 99 from revenue.batch_month where month = '2026-12-01';
            insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, text, correlation_id, created_at)
              select md5('e')::uuid, legal_entity_id, legal_entity_id, '2026-12-01', '2026-12-31', 'revenue-journal', md5('s')::uuid, 'x', md5('s')::uuid, now() from revenue.booking;
            insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
              select md5('e')::uuid, no, b.legal_entity_id, b.legal_entity_id, m.month, account, b.currency, sign * m.amount
              from revenue.batch b join revenue.batch_month m on m.batch = b.id and m.month = '2026-12-01',
                   (values (1, 'deferred-revenue', 1), (2, 'revenue', -1)) as line (no, account, sign);
            insert into revenue.booking_entry (booking, no, entry_id) values (99, 1, md5('e')::uuid);
            {sql};
            insert into revenue.booking (id, legal_entity_id, currency, month, entry_id, lines, amount, run_id, created_at)
            select 99, b.legal_entity_id, b.currency, m.month, md5('e')::uuid, m.lines, m.amount, b.run_id, now()
            from revenue.batch b join revenue.batch_month m on m.batch = b.id where m.month = '2026-12-01'
            """))).ConstraintName.ShouldBe(constraint);
    }

    private static async Task<string> Invoice(World world, string account) => (await world.Rows<string>(
        "select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = @account and i.kind = 'invoice'",
        new { account }))[0];

    private static RevenueBooks Books(World world) => new(world.Database, new RevenueRefusals.Fixed());

    /// <summary>What entries move, by account and month, is what bookings say; and the parts say so too.</summary>
    private static async Task Ties(World world)
    {
        (await world.Rows<string>(
            """
            select format('%s %s', k.month, k.amount) from revenue.booking k
            where k.amount is distinct from (select coalesce(sum(l.amount), 0) from revenue.booking_entry e join ledger.journal_line l on l.entry_id = e.entry_id
                                             where e.booking = k.id and l.account = 'deferred-revenue')
               or exists (select from revenue.part where booking = k.id) and k.amount is distinct from (select sum(amount) from revenue.part where booking = k.id)
            """)).ShouldBeEmpty();
        (await Books(world).Check(November)).Books.ShouldAllBe(balance => balance.Difference.IsZero);
        await Books(world).Identity();
    }

    // As a program that delivers with such a targets file remembers it.
    private static Task Wanted(TestDatabase books, string detail) => books.Execute(
        $$"""
        insert into posting.target_version (target, version, system, rules) values ('erp-de', 'v1', 'sap-s4hana', '{"revenue":"{{detail}}"}');
        insert into mapping.configured (target, version, legal_entities, at) values ('erp-de', 'v1', '{DE}', now());
        """);

    private static Task<IReadOnlyList<string>> Lines(World world, string number) => world.Rows<string>(
        """
        select concat_ws(' ', l.account, trim_scale(l.amount), l.text) from posting.posting p join ledger.journal_line l on l.entry_id = p.document_id
        where p.business_key = @number order by l.line_no
        """, new { number });
}
