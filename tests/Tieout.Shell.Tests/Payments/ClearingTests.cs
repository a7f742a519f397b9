using Npgsql;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Payments;

/// <summary>Which entry asks the ERP to clear an invoice is decided when it is booked, and is the same however often it is told.</summary>
public sealed class ClearingTests(PostgresFixture postgres)
{
    [Fact]
    public async Task The_first_that_settles_it_clears_it_and_after_it_was_owed_again_nothing_does_whatever_the_clocks_say()
    {
        await using var world = await World.Start(postgres, 2);
        var desk = new CashDesk(world.Database.Source, 11);
        // Its ids are later than all that is booked after it.
        var ahead = new CashDesk(world.Database.Source, 11, new ClockAhead());
        var invoice = await desk.Scalar<string>("select number from invoicing.invoice where currency = 'EUR'");
        var first = CashDesk.Done(await Pay(desk, invoice, "5.00")).Number;
        (await Clears(world)).ShouldBe([first]);
        (await world.Deliver(Targets(world))).Waiting.ShouldBe(0);
        var asked = await Asked(world, invoice);
        asked.ShouldBeGreaterThan(0);
        var off = CashDesk.Done(await ahead.Unapply(first, Named(invoice, "5.00"))).Number;
        var second = CashDesk.Done(await Pay(desk, invoice, "6.00")).Number;
        var back = CashDesk.Done(await desk.Reverse(off)).Number;
        (await Clears(world)).ShouldBe([first]);

        (await world.Deliver(Targets(world))).Waiting.ShouldBe(0);
        foreach (var number in new[] { first, off, second, back }) (await world.Held(number)).ShouldBe(1, number);
        (await Asked(world, invoice)).ShouldBe(asked);
    }

    [Theory]
    [InlineData("update copy_line set clears = true where settles is not null", "journal_line_clears_an_open_item")]
    [InlineData("update copy_line set clears = true", "journal_line_clears_what_it_settles")]
    public async Task The_database_itself_refuses(string wrong, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("5.00", Named("US-2026-0000001", "5.00"))).Number;
        CashDesk.Done(await desk.Unapply(payment, Named("US-2026-0000001", "1.00")));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(CashOrderTests.Copied + wrong + ";" + CashOrderTests.Booked)))
            .ConstraintName.ShouldBe(constraint);
    }

    // How often an item of the customer named the invoice.
    private static async Task<int> Asked(World world, string invoice)
    {
        var sent = string.Join('\n', await world.Rows<string>("select convert_from(request, 'UTF8') from posting.exchange where request is not null"));
        return sent.Split($"<AssignmentReference>{invoice}</AssignmentReference>").Length - 1;
    }

    private static Task<IReadOnlyList<string>> Clears(World world) => world.Rows<string>(
        "select p.business_key from ledger.journal_line l join posting.posting p on p.document_id = l.entry_id where l.clears order by 1");

    private static Task<Application.Journals.JournalOutcome> Pay(CashDesk desk, string invoice, string amount) =>
        desk.Pay(amount, Named(invoice, amount), "C-2", "EUR");

    private static IReadOnlyList<Application.Posting.DeliveryTarget> Targets(World world) =>
        [.. new[] { "1710", "1010" }.Select(company => world.Target(world.Settings(company) with
        {
            Accounts = new Dictionary<string, string>(world.Settings(company).Accounts, StringComparer.Ordinal) { ["unapplied-cash"] = "21190000" },
        }))];

    private static string Named(string invoice, string amount) => $$"""
        "invoices":[{"invoice":"{{invoice}}","amount":"{{amount}}"}]
        """;

    private sealed class ClockAhead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(1);
    }
}
