using System.Text.Json;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Views;
using Tieout.Domain;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What somebody books by hand goes to the ERP once, whatever breaks, and is taken back by an entry of its own.</summary>
public sealed class JournalStories(PostgresFixture postgres)
{
    private const string First = "DEJ-2026-0000001";
    private const string Plain = """{"account":"fx-gain-loss","debit":"12.34"},{"account":"cash-clearing","credit":"12.34"}""";
    private const string OfTwoCustomers =
        """{"account":"receivable","debit":"5","billing-account":"C-2"},{"account":"receivable","credit":"5","billing-account":"C-4"}""";

    [Fact]
    public async Task Journals_with_and_without_customers_a_write_off_and_the_invoices_tie_out()
    {
        await using var world = await World.Start(postgres, 6);
        (await Book(world, Plain)).Number.ShouldBe(First);
        var two = await Book(world, OfTwoCustomers);
        two.Amount.Amount.ShouldBe(5m);
        two.Lines.Select(line => line.BillingAccount).ShouldBe(["C-2", "C-4"]);
        await world.Database.Execute(
            """
            insert into exchange.rate (base, quote, date, type, version, rate, source, reason, actor, created_at)
            select 'EUR', 'USD', day, 'spot', 1, 1.0842, '', '', 'test', now() from generate_series('2026-11-01'::date, '2026-11-30', interval '7 days') day
            """);
        var (accounts, currency) = (await Book(world, Plain, "US", "USD"), await Book(world, Plain, "DE", "USD"));
        (accounts.Number, currency.Number).ShouldBe(("USJ-2026-0000001", "DEJ-2026-0000003"));
        (await new WriteOffInvoice(world.Database.Source, TimeProvider.System).Run(
            new WriteOffRequest("DE-2026-0000001", 4m, new DateOnly(2026, 11, 25), "Insolvent", "test", "w1"), CancellationToken.None))
            .ShouldBeOfType<WriteOffOutcome.Done>();

        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Held(First), await world.Held(two.Number)).ShouldBe((1, 1));
        var outcome = await world.TieOut();
        (await world.Rows<(string, string)>("select category, cause from reconciliation.difference")).ShouldBeEmpty();
        outcome.Verdict.ShouldBe(Verdict.Reconciled);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.OurDocuments, entity.TheirDocuments))
            .ShouldBe([("DE", 6L, 6L), ("DE", 1L, 1L), ("US", 4L, 4L)], ignoreOrder: true);
    }

    [Fact]
    public async Task Customers_the_erp_does_not_know_are_introduced_before_a_journal_that_names_them()
    {
        await using var world = await World.Start(postgres, 6);
        await world.Deliver();
        await world.Database.Execute("delete from customers.cross_reference where object_kind = 'customer'");
        var journal = await Book(world, OfTwoCustomers);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(journal.Number)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_leaves_it_in_doubt_until_it_is_found_and_it_stands_once()
    {
        await using var world = await World.Start(postgres, 2);
        await world.Deliver();
        await Book(world, Plain);
        await world.Fault("commit-then-silence", seconds: 0.1);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(First)).ShouldBe(1);
        (await world.Rows<string>(
            "select a.outcome from posting.attempt a join posting.posting p on p.id = a.posting_id where p.business_key = @First order by a.number", new { First }))
            .ShouldBe(["no-answer", "found"]);
    }

    [Fact]
    public async Task One_that_is_gone_from_the_erp_is_a_break()
    {
        await using var world = await World.Start(postgres, 2);
        await Book(world, Plain);
        await world.Deliver();
        await world.Tell("tamper/delete", new { companyCode = "1010", reference = First });
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Breaks);
        (await world.Rows<(string, string)>("select category, business_key from reconciliation.difference")).ShouldBe([("missing", First)]);
    }

    [Fact]
    public async Task It_is_taken_back_once_by_the_opposite_lines_after_it_is_posted()
    {
        await using var world = await World.Start(postgres, 2);
        await Book(world, Plain);
        var back = (await Reverse(world, First, "r1")).ShouldBeOfType<JournalOutcome.Done>().Journal;
        (back.Kind, back.Reverses).ShouldBe(("reversal", First));
        back.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe([("fx-gain-loss", -12.34m), ("cash-clearing", 12.34m)]);
        (await Reverse(world, First, "r1")).ShouldBeOfType<JournalOutcome.Done>().Again.ShouldBeTrue();
        (await Reverse(world, First, "r2")).ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("already-reversed");
        (await Reverse(world, back.Number, "r3")).ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("not-a-journal");
        (await Reverse(world, "DEJ-2026-0000009", "r4")).ShouldBeOfType<JournalOutcome.NotFound>();

        await world.Deliver();
        (await world.Held(First), await world.Held(back.Number)).ShouldBe((1, 1));
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
        (await world.Rows<decimal>("select sum(amount) from ledger.journal_line where account = 'fx-gain-loss'")).ShouldBe([0m]);
        var found = await new FindJournals(world.Database.Source).One(First, CancellationToken.None);
        (found!.ReversedBy, found.State).ShouldBe((back.Number, "posted"));
    }

    [Fact]
    public async Task A_parked_journal_parks_what_takes_it_back()
    {
        await using var world = await World.Start(postgres, 2);
        await world.Deliver();
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        await Book(world, Plain);
        var back = (await Reverse(world, First, "r1")).ShouldBeOfType<JournalOutcome.Done>().Journal.Number;
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'predecessor-not-posted'")).ShouldHaveSingleItem()
            .ShouldBe($"Reversal {back} is about a document that is not in the ERP: {First} is parked.");
    }

    [Fact]
    public async Task The_same_key_twice_adds_nothing_and_other_content_under_it_is_refused()
    {
        await using var world = await World.Start(postgres, 2);
        var first = await Book(world, Plain, key: "k1");
        (await Ask(world, Plain, key: "k1")).ShouldBeOfType<JournalOutcome.Done>().ShouldSatisfyAllConditions(
            done => done.Again.ShouldBeTrue(), done => done.Journal.Number.ShouldBe(first.Number));
        (await Ask(world, Plain.Replace("12.34", "12.35", StringComparison.Ordinal), key: "k1"))
            .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("key-reused");
        (await world.Count("ledger.manual_journal")).ShouldBe(1);
        (await world.Count("posting.posting where document_kind = 'manual-journal'")).ShouldBe(1);
    }

    [Fact]
    public async Task It_is_found_by_its_number_its_id_and_in_the_list()
    {
        await using var world = await World.Start(postgres, 2);
        var journal = await Book(world, Plain);
        await world.Deliver();
        foreach (var id in new[] { First, journal.Id.ToString() })
        {
            var story = (await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(id, CancellationToken.None)).Story!;
            story.Answer.ShouldStartWith($"Manual journal {First}, {journal.Amount}, is in sap-de as ");
            story.Steps.Select(step => step.Kind).ShouldBe(
                [StepKind.JournalEntry, StepKind.Posting, StepKind.Attempt, StepKind.ErpDocument, StepKind.TieOut]);
        }
        var list = new FindJournals(world.Database.Source);
        (await list.List(new JournalFilter("DE", new AccountingMonth(2026, 11), "manual-journal"), 10, CancellationToken.None))
            .Select(row => row.Number).ShouldBe([First]);
        (await list.List(new JournalFilter("US"), 10, CancellationToken.None)).ShouldBeEmpty();
        (await list.List(new JournalFilter(After: First), 10, CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"account":"fx-gain-loss","debit":"1"},{"account":"cash-clearing","credit":"2"}""", "lines", "out-of-balance")]
    [InlineData("""{"account":"fx-gain-loss","debit":"1"}""", "lines", "out-of-range")]
    [InlineData("""{"account":"petty-cash","debit":"1"},{"account":"cash-clearing","credit":"1"}""", "lines[0].account", "unknown-word")]
    [InlineData("""{"account":"fx-gain-loss","debit":"1","credit":"1"},{"account":"cash-clearing","credit":"1"}""", "lines[0]", "one-of-two")]
    [InlineData("""{"account":"fx-gain-loss"},{"account":"cash-clearing","credit":"1"}""", "lines[0]", "one-of-two")]
    [InlineData("""{"account":"fx-gain-loss","debit":"0"},{"account":"cash-clearing","credit":"0"}""", "lines[0]", "bad-amount")]
    [InlineData("""{"account":"fx-gain-loss","debit":"0.001"},{"account":"cash-clearing","credit":"0.001"}""", "lines[0]", "bad-amount")]
    [InlineData("""{"account":"receivable","debit":"1"},{"account":"cash-clearing","credit":"1"}""", "lines[0].billing-account", "missing")]
    [InlineData("""{"account":"fx-gain-loss","debit":"1","text":"4111 1111 1111 1111"},{"account":"cash-clearing","credit":"1"}""", "lines[0].text", "card-number")]
    [InlineData("""{"account":"fx-gain-loss","debit":"1","colour":"red"},{"account":"cash-clearing","credit":"1"}""", "lines[0].colour", "unknown-member")]
    public async Task What_cannot_be_taken_is_refused_by_field_and_nothing_is_booked(string lines, string field, string code)
    {
        await using var world = await World.Start(postgres, 2);
        (await Ask(world, lines)).ShouldBeOfType<JournalOutcome.Unreadable>().Problems.Select(problem => (problem.Field, problem.Code)).ShouldContain((field, code));
        (await world.Count("ledger.manual_journal")).ShouldBe(0);
    }

    [Theory]
    [InlineData("{}", "currency date legal-entity lines reason text")]
    [InlineData("""{"text":7,"reason":"x","legal-entity":"DE","date":"2026-11-20","currency":"EUR","lines":[]}""", "text")]
    public async Task Each_member_that_is_missing_or_wrong_is_told_once(string document, string fields)
    {
        await using var world = await World.Start(postgres, 2);
        var answer = await new BookJournal(world.Database.Source, TimeProvider.System).Add(
            JsonDocument.Parse(document).RootElement, "mara", key: "k", CancellationToken.None);
        string.Join(' ', answer.ShouldBeOfType<JournalOutcome.Unreadable>().Problems.Select(problem => problem.Field).Order(StringComparer.Ordinal)).ShouldBe(fields);
    }

    [Theory]
    [InlineData("XX", "EUR", "2026-11-20", "C-2", "unknown-entity")]
    [InlineData("DE", "EUR", "2026-11-20", "C-99", "unknown-account")]
    [InlineData("DE", "EUR", "2026-11-20", "C-1", "other-entity")]
    [InlineData("DE", "USD", "2026-11-20", "C-2", "other-currency")]
    [InlineData("DE", "EUR", "2026-09-30", "C-2", "month-closed")]
    public async Task What_the_books_do_not_allow_is_refused(string entity, string currency, string date, string account, string code)
    {
        await using var world = await World.Start(postgres, 4);
        await world.Database.Execute("update customers.legal_entity set closed_through = '2026-09-30'");
        var lines = $$"""{"account":"receivable","debit":"1","billing-account":"{{account}}"},{"account":"cash-clearing","credit":"1"}""";
        (await Ask(world, lines, entity, currency, date: date)).ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe(code);
        (await world.Count("ledger.manual_journal")).ShouldBe(0);
    }

    [Theory]
    [InlineData("update ledger.manual_journal set reason = 'other'", "booked_is_booked")]
    [InlineData("insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at) "
        + "select md5('e')::uuid, billing_account_id, legal_entity_id, month, entry_date, 'reversal', md5('s')::uuid, correlation_id, now() "
        + "from ledger.journal_entry where source_kind = 'manual-journal'", "journal_entry_reversal_names_its_entry")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var world = await World.Start(postgres, 2);
        await Book(world, Plain);
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private static async Task<Journal> Book(World world, string lines, string entity = "DE", string currency = "EUR", string? key = null) =>
        (await Ask(world, lines, entity, currency, key)).ShouldBeOfType<JournalOutcome.Done>().Journal;

    private static Task<JournalOutcome> Ask(
        World world, string lines, string entity = "DE", string currency = "EUR", string? key = null, string date = "2026-11-20")
    {
        var document =
            $$"""
            { "legal-entity": "{{entity}}", "date": "{{date}}", "currency": "{{currency}}", "text": "Month end", "reason": "Agreed", "actor": "mara",
              "lines": [{{lines}}] }
            """;
        return new BookJournal(world.Database.Source, TimeProvider.System).Add(
            JsonDocument.Parse(document).RootElement, actor: null, key ?? Guid.CreateVersion7().ToString(), CancellationToken.None);
    }

    private static Task<JournalOutcome> Reverse(World world, string number, string key) => new ReverseEntry(world.Database.Source, TimeProvider.System).Run(
        new ReversalRequest(number, new DateOnly(2026, 11, 28), "Booked twice", "mara", key), CancellationToken.None);
}
