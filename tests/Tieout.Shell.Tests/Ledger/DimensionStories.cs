using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>Lines that say what they are sorted by: kept once, never changed, taken back alike, and asked for.</summary>
public sealed class DimensionStories(PostgresFixture postgres)
{
    private const string Rent =
        """
        {"account":"bank-fees","debit":"70.00","dimensions":{"cost-center":"4100","region":"EU"}},
        {"account":"bank-fees","debit":"30.00","dimensions":{"region":"EU","cost-center":"4200"}},
        {"account":"rounding","credit":"100.00"}
        """;

    private const string More =
        """
        {"account":"bank-fees","debit":"5.00","dimensions":{"cost-center":"4100"}},
        {"account":"bank-fees","debit":"1.00"},{"account":"rounding","credit":"6.00","dimensions":{"cost-center":"4100"}}
        """;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_journal_says_what_its_lines_are_sorted_by_and_what_takes_it_back_says_the_same()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        var booked = await desk.Book(Rent);
        booked.Lines.Select(line => string.Join(' ', line.Dimensions.Select(pair => $"{pair.Key}={pair.Value}")))
            .ShouldBe(["cost-center=4100 region=EU", "cost-center=4200 region=EU", ""]);
        await desk.Book(Rent);
        (await books.Scalar<long>("select count(*) from ledger.dimension_set")).ShouldBe(2);
        var back = CashDesk.Done(await desk.Reverse(booked.Number, "2026-11-25"));
        back.Lines.Select(line => (line.Amount.Amount, line.Dimensions.GetValueOrDefault("cost-center", "")))
            .ShouldBe([(-70m, "4100"), (-30m, "4200"), (100m, "")]);
        (await LedgerSeed.Proof(books)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_words_are_the_same_journal_in_whatever_order_and_other_codes_are_another()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        var first = await desk.Book(Rent, key: "one");
        var again = (await desk.Try(Rent.Replace("{\"cost-center\":\"4100\",\"region\":\"EU\"}", "{\"region\":\"EU\",\"cost-center\":\"4100\"}", StringComparison.Ordinal), key: "one"))
            .ShouldBeOfType<JournalOutcome.Done>();
        (again.Again, again.Journal.Number).ShouldBe((true, first.Number));
        (await desk.Try(Rent.Replace("4200", "4300", StringComparison.Ordinal), key: "one")).ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("key-reused");
    }

    [Theory]
    [InlineData("""{"colour":"red"}""", "unknown-dimension", "lines[0].dimensions.colour")]
    [InlineData("""{"cost-center":4100}""", "text-expected", "lines[0].dimensions.cost-center")]
    [InlineData("""{"cost-center":""}""", "bad-dimension", "lines[0].dimensions.cost-center")]
    [InlineData("""["cost-center"]""", "object-expected", "lines[0].dimensions")]
    public async Task What_is_no_dimension_is_refused_with_its_place_and_nothing_is_booked(string dimensions, string code, string field)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var refused = (await new BooksDesk(books.Source).Try(
            $$"""{"account":"bank-fees","debit":"1","dimensions":{{dimensions}}},{"account":"rounding","credit":"1"}""")).ShouldBeOfType<JournalOutcome.Unreadable>();
        refused.Problems.Select(problem => (problem.Code, problem.Field)).ShouldBe([(code, field)]);
        (await books.Scalar<long>("select count(*) from ledger.dimension_set")).ShouldBe(0);
    }

    [Fact]
    public async Task A_debt_that_is_given_up_is_an_expense_of_a_cost_center()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var request = new WriteOffRequest("US-2026-0000001", 4m, new DateOnly(2026, 11, 25), "Insolvent", "mara", "w-1")
        { Dimensions = new LineDimensions([new("cost-center", "4100")]) };
        var writeOff = new WriteOffInvoice(books.Source, TimeProvider.System);
        var number = (await writeOff.Run(request, None)).ShouldBeOfType<WriteOffOutcome.Done>().Number;
        (await writeOff.Run(request, None)).ShouldBeOfType<WriteOffOutcome.Done>().Again.ShouldBeTrue();
        (await writeOff.Run(request with { Dimensions = LineDimensions.None }, None)).ShouldBeOfType<WriteOffOutcome.Refused>().Code.ShouldBe("key-reused");
        (await new FindJournals(books.Source).One(number, None))!.Lines.Select(line => (line.Account, line.Dimensions.GetValueOrDefault("cost-center", "")))
            .ShouldBe([("bad-debt", "4100"), ("receivable", "")]);
        (await new BooksDesk(books.Source).Balance(by: "cost-center")).Lines.Where(line => line.Code == "4100")
            .Select(line => (line.Account, line.Closing.Amount)).ShouldBe([("bad-debt", 4m)]);
    }

    [Fact]
    public async Task Grouped_by_a_dimension_the_trial_balance_comes_to_the_same()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Book(Rent, "2026-10-05");
        await new FoldBalances(books.Source).Run(None);
        await desk.Book(More);
        var (whole, grouped) = (await desk.Balance(), await desk.Balance(by: "cost-center"));
        (grouped.By, grouped.Balanced).ShouldBe(("cost-center", true));
        grouped.Totals.ShouldBe(whole.Totals);
        grouped.Lines.Where(line => line.Account is "bank-fees" or "rounding")
            .Select(line => (line.Account, line.Code, line.Opening.Amount, line.Debits.Amount, line.Credits.Amount, line.Closing.Amount)).ShouldBe(
            [
                ("bank-fees", "4100", 70m, 5m, 0m, 75m), ("bank-fees", "4200", 30m, 0m, 0m, 30m), ("bank-fees", "", 0m, 1m, 0m, 1m),
                ("rounding", "4100", 0m, 0m, 6m, -6m), ("rounding", "", -100m, 0m, 0m, -100m),
            ]);
        foreach (var line in whole.Lines)
            grouped.Lines.Where(one => one.Account == line.Account).Sum(one => one.Closing.Amount).ShouldBe(line.Closing.Amount);

        var only = await desk.Balance(dimension: "cost-center=4100");
        only.Lines.Select(line => (line.Account, line.Code, line.Closing.Amount)).ShouldBe([("bank-fees", null, 75m), ("rounding", null, -6m)]);
        (only.Balanced, only.Totals[0].Closing.Amount).ShouldBe((true, 69m));
        var europe = await desk.Balance(by: "cost-center", dimension: "region=EU");
        europe.Lines.Select(line => (line.Account, line.Code, line.Opening.Amount)).ShouldBe([("bank-fees", "4100", 70m), ("bank-fees", "4200", 30m)]);
        var without = await desk.Balance(dimension: "cost-center=");
        without.Lines.Single(line => line.Account == "bank-fees").Closing.Amount.ShouldBe(1m);
        without.Lines.Single(line => line.Account == "receivable").Closing.ShouldBe(whole.Lines.Single(line => line.Account == "receivable").Closing);
        (await desk.Balance(dimension: "cost-center=9999")).Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task As_of_an_instant_lines_with_dimensions_are_those_booked_until_then()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Book(Rent);
        var between = await books.Scalar<DateTime>("select created_at from ledger.journal_entry where source_kind = 'manual-journal'");
        await desk.Book(More);
        (await desk.Balance(by: "cost-center", at: new DateTimeOffset(between, TimeSpan.Zero))).Lines.Where(line => line.Account == "bank-fees")
            .Select(line => (line.Code, line.Closing.Amount)).ShouldBe([("4100", 70m), ("4200", 30m)]);
    }

    [Fact]
    public async Task An_account_is_told_by_the_codes_of_its_lines()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Book(Rent, "2026-10-05");
        await desk.Book(More);
        var all = await Statement(books, "bank-fees", null);
        all.Lines.Select(line => (line.Amount.Amount, line.Dimensions.GetValueOrDefault("cost-center", ""))).ShouldBe([(5m, "4100"), (1m, "")]);
        (all.Opening.Amount, all.Closing.Amount).ShouldBe((100m, 106m));
        var center = await Statement(books, "bank-fees", "cost-center=4100");
        (center.Opening.Amount, center.Closing.Amount, center.Lines.Single().Balance.Amount).ShouldBe((70m, 75m, 75m));
        var without = await Statement(books, "bank-fees", "cost-center=");
        (without.Opening.Amount, without.Closing.Amount, without.Lines.Single().Amount.Amount).ShouldBe((0m, 1m, 1m));
        var owed = await Statement(books, "receivable", "region=");
        owed.Closing.ShouldBe((await Statement(books, "receivable", null)).Closing);
        owed.Lines.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(ExportFormat.Hledger, "70.00 USD  ; cost-center:4100, region:EU")]
    [InlineData(ExportFormat.Beancount, "70.00 USD\n    cost-center: \"4100\"\n    region: \"EU\"\n")]
    public async Task Other_programs_read_them_as_their_own(ExportFormat format, string posting)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        using var folder = new TemporaryFolder();
        var desk = new BooksDesk(books.Source);
        await desk.Book(Rent);
        (await desk.Add("travel", "6815", "Travel")).ShouldBeOfType<LedgerAnswer.Chart>();
        await desk.Book("""{"account":"own.travel","debit":"3","dimensions":{"class":"a, b: [c] \"d\""}},{"account":"rounding","credit":"3"}""");
        var (name, write) = (await new ExportLedger(books.Source).Run(new ExportQuestion("US", format, null, null), None)).ShouldBeOfType<LedgerAnswer.File>();
        await using (var stream = File.Create(folder[name])) await write(stream, None);
        (await File.ReadAllTextAsync(folder[name])).ShouldContain(posting);
        if (format == ExportFormat.Beancount) (await PlainTextPrograms.Run("bean-check", folder[name])).ShouldBeEmpty();
        else
        {
            await PlainTextPrograms.Run("hledger", "-f", folder[name], "check", "--strict");
            (await PlainTextPrograms.Run("hledger", "-f", folder[name], "balance", "tag:cost-center=4100", "--flat", "--no-total", "-O", "csv"))
                .ShouldContain("\"Expenses:6100-Bank-fees\",\"70.00 USD\"");
        }
    }

    [Theory]
    [InlineData("update ledger.dimension_set set dimensions = '{\"region\":\"US\"}'", "booked_is_booked")]
    [InlineData("delete from ledger.dimension_set", "booked_is_booked")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":\"EU\",\"cost-center\":\"4100\"}')", "dimension_set_once")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"colour\":\"red\"}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":\"\"}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":7}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":\"a\\nb\"}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":[\"EU\"]}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{\"region\":\" EU\"}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('{}')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('\"region\"')", "dimension_set_of_known_words")]
    [InlineData("insert into ledger.dimension_set (dimensions) values ('[1]')", "dimension_set_of_known_words")]
    public async Task The_database_holds_it_as_well(string statement, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await new BooksDesk(books.Source).Book(Rent);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(statement))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task No_line_names_dimensions_that_are_nowhere()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(LedgerSeed.Entries(1).Replace(
            "currency, amount, text)", "currency, amount, text, dimension_set)", StringComparison.Ordinal).Replace(
            "amount, text\n", "amount, text, 77\n", StringComparison.Ordinal)))).ConstraintName.ShouldBe("journal_line_dimensions_known");
    }

    [Fact]
    public async Task Lines_that_have_none_name_no_set_and_those_that_have_are_found_by_an_index()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await books.Execute(LedgerSeed.Entries(3_000));
        var desk = new BooksDesk(books.Source);
        await desk.Book(Rent);
        (await books.Scalar<long>("select count(*) from ledger.journal_line where dimension_set is not null")).ShouldBe(2);
        await books.Execute("analyze ledger.journal_line");
        await using var connection = await books.Source.OpenConnectionAsync();
        var plan = string.Join('\n', await connection.QueryAsync<string>(
            $"""
            explain select sum(amount) from ledger.journal_line line join ledger.dimension_set sorted on sorted.id = line.dimension_set
            where line.tenant = 1 and line.legal_entity_id = '{LedgerSeed.American}' and line.month <= '2026-11-01' and line.dimension_set is not null
              and line.account collate "C" <> ''
            """));
        plan.ShouldContain("journal_line_with_dimensions");
    }

    private static async Task<AccountStatement> Statement(TestDatabase books, string account, string? dimension)
    {
        var november = new AccountingMonth(2026, 11);
        var answer = await new ReadAccount(books.Source, TimeProvider.System).Run(
            new AccountQuestion("US", account, november, november, Filter: dimension is null ? null : DimensionFilter.Parse(dimension)), 50, None);
        return answer.ShouldBeOfType<LedgerAnswer.Account>().Statement;
    }
}
