using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>A legal entity has accounts of its own: added, booked on, told everywhere, closed and opened again.</summary>
public sealed class OwnAccountStories(PostgresFixture postgres)
{
    private const string Trip = """{"account":"own.travel","debit":"12.50"},{"account":"rounding","credit":"12.50"}""";

    [Fact]
    public async Task An_account_is_added_booked_on_and_stands_in_the_trial_balance()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        Code(await desk.Try(Trip)).ShouldBe("unknown-ledger-account");
        (await desk.Add("travel", "6815", "Travel", from: "2026-11-01")).ShouldBeOfType<LedgerAnswer.Chart>().Accounts
            .Single(account => account.Account == "own.travel").ShouldBe(
                new ChartAccount("own.travel", "6815", "Travel", AccountType.Expense) { OpenedOn = new DateOnly(2026, 11, 1) });
        (await desk.Add("travel", "6815", "Travel", from: "2026-11-01")).ShouldBeOfType<LedgerAnswer.Chart>();
        (await books.Scalar<long>("select count(*) from ledger.own_account")).ShouldBe(1);
        await desk.Book(Trip);
        Code(await desk.Try(Trip, "2026-10-31")).ShouldBe("account-not-open");
        Code(await desk.Try(Trip, entity: "DE", currency: "EUR")).ShouldBe("unknown-ledger-account");
        var line = (await desk.Balance()).Lines.Single(one => one.Account == "own.travel");
        (line.Number, line.Name, line.Type, line.Closing.Amount).ShouldBe(("6815", "Travel", AccountType.Expense, 12.50m));
        (await LedgerSeed.Proof(books)).Holds.ShouldBeTrue();
        var november = new Domain.AccountingMonth(2026, 11);
        (await new ReadAccount(books.Source, TimeProvider.System).Run(new AccountQuestion("US", "own.travel", november, november), 50, default))
            .ShouldBeOfType<LedgerAnswer.Account>().Statement.Lines.Single().Amount.Amount.ShouldBe(12.50m);
        (await new ReadAccount(books.Source, TimeProvider.System).Run(new AccountQuestion("DE", "own.travel", november, november), 50, default))
            .ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("unknown-account");
    }

    [Fact]
    public async Task Another_name_and_number_are_given_as_to_every_account()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("travel", "6815", "Travel");
        (await new Charts(books.Source).Change(new ChartRequest("US", new ChartWish("own.travel", "6816", "Trips"), "mara", "SKR03"), default))
            .ShouldBeOfType<LedgerAnswer.Chart>();
        (await desk.Account("own.travel")).ShouldBe(new ChartAccount("own.travel", "6816", "Trips", AccountType.Expense));
        (await desk.Add("travel", "6815", "Travel")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("code-taken");
        (await desk.Add("meals", "6815", "trips")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("name-taken");
        (await desk.Add("meals", "6815", "Meals")).ShouldBeOfType<LedgerAnswer.Chart>();
        (await desk.Add("travel", "6815", "Reisen", entity: "DE")).ShouldBeOfType<LedgerAnswer.Chart>();
    }

    [Fact]
    public async Task Closed_it_takes_no_more_entries_and_opened_again_it_does()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("travel", "6815", "Travel");
        var booked = await desk.Book(Trip);
        (await desk.Close("own.travel", "2026-11-19")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("later-than-that");
        (await desk.Close("own.travel", "2026-11-20")).ShouldBeOfType<LedgerAnswer.Chart>();
        (await desk.Account("own.travel")).ClosedOn.ShouldBe(new DateOnly(2026, 11, 20));
        await desk.Book(Trip);
        Code(await desk.Try(Trip, "2026-11-21")).ShouldBe("account-closed");
        var refused = (await desk.Reverse(booked.Number, "2026-11-21")).ShouldBeOfType<JournalOutcome.Refused>();
        (refused.Field, refused.Code).ShouldBe(("on", "account-closed"));
        (await desk.Close("own.travel", null)).ShouldBeOfType<LedgerAnswer.Chart>();
        CashDesk.Done(await desk.Reverse(booked.Number, "2026-11-21"));
        (await desk.Close("own.travel", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Chart>();
        (await desk.Close("own.travel", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Chart>();
        (await books.Scalar<long>("select count(*) from ledger.own_account_closing")).ShouldBe(3);
        (await desk.Close("own.meals", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("unknown-account");
        (await desk.Close("rounding", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("not-own");
        (await desk.Close("rounding", null)).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("not-own");
    }

    [Fact]
    public async Task What_is_owned_is_closed_with_nothing_left()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("deposit", "1500", "Deposits given", AccountType.Asset);
        var booked = await desk.Book(Trip.Replace("own.travel", "own.deposit", StringComparison.Ordinal));
        (await desk.Close("own.deposit", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("not-zero");
        CashDesk.Done(await desk.Reverse(booked.Number, "2026-11-25"));
        (await desk.Close("own.deposit", "2026-11-30")).ShouldBeOfType<LedgerAnswer.Chart>();
    }

    [Theory]
    [InlineData("update ledger.own_account set type = 'asset'", "booked_is_booked")]
    [InlineData("delete from ledger.own_account_closing", "booked_is_booked")]
    [InlineData("insert into ledger.own_account (id, legal_entity_id, account, type, actor, reason) select gen_random_uuid(), legal_entity_id, account, type, 'a', 'r' from ledger.own_account", "own_account_once")]
    [InlineData("insert into ledger.own_account (id, legal_entity_id, account, type, actor, reason) select gen_random_uuid(), legal_entity_id, 'own.Rent', type, 'a', 'r' from ledger.own_account", "own_account_account_check")]
    [InlineData("insert into ledger.own_account (id, legal_entity_id, account, type, actor, reason) select gen_random_uuid(), legal_entity_id, 'own.rent', 'cash', 'a', 'r' from ledger.own_account", "own_account_type_check")]
    [InlineData("insert into ledger.chart_change select gen_random_uuid(), 1, legal_entity_id, 'rounding', '6900', 'TRAVEL', 'a', 'r' from ledger.chart_change", "chart_name_once")]
    [InlineData("insert into ledger.chart_change select gen_random_uuid(), 1, legal_entity_id, 'own.rent', '6901', 'Rent', 'a', 'r' from ledger.chart_change", "chart_of_its_own_accounts")]
    [InlineData("insert into ledger.own_account_closing (own_account_id, closed_on, actor, reason) select id, '2026-11-19', 'a', 'r' from ledger.own_account", "own_account_open_until_its_entries")]
    public async Task The_database_holds_it_as_well(string statement, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("travel", "6815", "Travel");
        await desk.Book(Trip);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(statement))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task No_account_with_something_left_on_it_is_closed_behind_the_programs_back()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("deposit", "1500", "Deposits given", AccountType.Asset);
        await desk.Book(Trip.Replace("own.travel", "own.deposit", StringComparison.Ordinal));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(
            "insert into ledger.own_account_closing (own_account_id, closed_on, actor, reason) select id, '2026-12-31', 'a', 'r' from ledger.own_account")))
            .ConstraintName.ShouldBe("own_account_closed_at_zero");
    }

    [Theory]
    [InlineData("own.rent", "2026-11-20", "journal_line_on_an_account_of_its_own")]
    [InlineData("own.travel", "2026-10-31", "journal_line_on_an_open_account")]
    [InlineData("own.travel", "2026-12-01", "journal_line_on_an_open_account")]
    [InlineData("own.Travel", "2026-11-20", "journal_line_account_check")]
    [InlineData("travel", "2026-11-20", "journal_line_account_check")]
    public async Task No_line_is_on_an_account_that_is_not_open_that_day(string account, string day, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new BooksDesk(books.Source);
        await desk.Add("travel", "6815", "Travel", from: "2026-11-01");
        await desk.Close("own.travel", "2026-11-30");
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(
            LedgerSeed.Entries(1, day[..7] + "-01").Replace("'rounding'", $"'{account}'", StringComparison.Ordinal).Replace(
                $"'{day[..7]}-01'::date + n % 28", $"'{day}'::date", StringComparison.Ordinal)
            + """
            insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount,
              state, correlation_id, created_at, changed_at)
            select gen_random_uuid(), billing_account_id, legal_entity_id, source_kind, id, 'USJ-9', month, 'USD', 7, 'staged', correlation_id, now(), now()
            from ledger.journal_entry where source_kind = 'manual-journal'
            """))).ConstraintName.ShouldBe(constraint);
    }

    private static string Code(JournalOutcome outcome) => outcome.ShouldBeOfType<JournalOutcome.Refused>().Code;
}
