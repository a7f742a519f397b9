using System.Text.Json;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>Payouts of a gateway on the bank's statement: po_2 of 9.70 dollars arrives on 2026-12-18, a charge of 10.00 less 0.30.</summary>
public sealed class PayoutLineTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_line_that_names_the_payout_confirms_it_and_nothing_more_is_booked()
    {
        await using var books = await PaidOut(StripeTalk.Payout("po_2", 970, 18));
        var desk = new CashDesk(books.Source);
        await Report(books, "a", 18, 9.70m, "STRIPE", "Payments po_2 thank you");
        (await Match(books)).ShouldBe(new MatchCounts(1, 0, 0, 0, 0));
        var line = (await Lines(books)).ShouldHaveSingleItem();
        (line.State, line.Entry, line.DecidedBy).ShouldBe(("booked", await Number(desk), "matching"));
        line.Reasons.ShouldBe([$"It names the payout po_2, {line.Entry}.", "The amount is that of the payout."]);
        foreach (var (account, balance) in new[] { ("gateway-clearing", 0m), ("cash-clearing", 9.70m), ("unapplied-cash", -10m) })
            (await desk.Balance(account)).ShouldBe(balance, account);
        // It is confirmed once: the same again is somebody's who is not known.
        await Report(books, "b", 19, 9.70m, "STRIPE", "Payments po_2 thank you");
        (await Match(books)).Unknown.ShouldBe(1);
    }

    [Theory]
    [InlineData("TRACE 77991 of today", "9.70", "booked", "")] // by the trace that the bank got
    [InlineData("po_22", "9.70", "unknown", "")] // another one's
    [InlineData("xpo_2", "9.70", "unknown", "")]
    [InlineData("Stripe transfer", "9.70", "proposed", "60 The amount is that of the payout.")]
    [InlineData("Stripe transfer", "9.71", "unknown", "")]
    [InlineData("po_2", "9.60", "proposed", "70 The amount is not that of the payout, 9.70 USD.")]
    public async Task Only_its_reference_and_its_amount_make_it_certain(string text, string amount, string state, string proposal)
    {
        await using var books = await PaidOut(StripeTalk.Event(
            "evt_p", "payout.paid", 18,
            """{"id":"po_2","object":"payout","status":"paid","amount":970,"currency":"usd","arrival_date":1797586200,"trace_id":{"status":"supported","value":"77991"}}"""));
        await Report(books, "a", 19, decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), "", text);
        await Match(books);
        var line = (await Lines(books)).ShouldHaveSingleItem();
        line.State.ShouldBe(state);
        string.Join(' ', line.Proposals.Select(one => $"{one.Score} {one.Reasons[^1]}")).ShouldBe(proposal);
        if (state != "proposed") return;
        line.Proposals[0].Payout.ShouldBe(await Number(new CashDesk(books.Source)));
        var outcome = await Accept(books, line);
        if (amount == "9.70") CashDesk.Done(outcome).Number.ShouldBe(line.Proposals[0].Payout);
        else CashDesk.Why(outcome).ShouldBe("payout-differs proposal");
    }

    [Fact]
    public async Task Of_two_lines_for_one_payout_a_person_says_which()
    {
        await using var books = await PaidOut(StripeTalk.Payout("po_2", 970, 18));
        await Report(books, "a", 18, 9.70m, "STRIPE", "po_2");
        await Report(books, "b", 19, 9.70m, "STRIPE", "po_2");
        (await Match(books)).ShouldBe(new MatchCounts(0, 0, 2, 0, 0));
        var lines = await Lines(books);
        CashDesk.Done(await Accept(books, lines[0]));
        CashDesk.Why(await Accept(books, lines[1])).ShouldBe("payout-confirmed proposal");
        // Told twice, it is the same answer.
        CashDesk.Done(await Accept(books, lines[0])).Number.ShouldBe(lines[0].Proposals[0].Payout);
    }

    [Fact]
    public async Task A_payout_that_came_back_is_confirmed_by_the_line_that_took_it_back()
    {
        await using var books = await PaidOut(StripeTalk.Payout("po_2", 970, 18), StripeTalk.Payout("po_2", 970, 18, "failed", told: 21));
        await Report(books, "a", 18, 9.70m, "STRIPE", "po_2");
        await Report(books, "b", 21, -9.70m, "STRIPE", "returned po_2");
        (await Match(books)).ShouldBe(new MatchCounts(2, 0, 0, 0, 0)); // which is which says the sign
        (await Lines(books)).Select(line => line.Entry).Distinct().Count().ShouldBe(2);
        (await new CashDesk(books.Source).Balance("cash-clearing")).ShouldBe(0m);
    }

    private async Task<TestDatabase> PaidOut(params string[] told)
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await desk.Tell([StripeTalk.Charge("ch_9", 1000, 15), .. told]);
        (await desk.OpenCases()).ShouldBeEmpty();
        await books.Execute(
            """
            insert into cash.statement (id, legal_entity_id, number, name, currency, moved, entries, refused, actor, created_at)
              select md5(code)::uuid, id, 'OURS', 'S', currency, 0, 0, 0, 'test', now() from customers.legal_entity where code = 'US';
            """);
        return books;
    }

    private static async Task Report(TestDatabase books, string key, int day, decimal amount, string payer, string words)
    {
        await using var command = books.Source.CreateCommand(
            """
            insert into cash.bank_line (key, entry_key, from_bank, statement_id, legal_entity_id, booked_on, currency, amount, payer, payer_number, words, details,
              returned, payments, state)
            select $1, $1, true, id, legal_entity_id, make_date(2026, 12, $2), currency, $3, $4, '', $5, '{"Ids":[],"References":[],"Documents":[]}', false, 1, 'new'
            from cash.statement
            """);
        foreach (var value in new object[] { key, day, amount, payer, words }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private static Task<MatchCounts> Match(TestDatabase books) => new ImportStatement(books.Source, TimeProvider.System).Match(CancellationToken.None);

    private static async Task<IReadOnlyList<PaymentLine>> Lines(TestDatabase books) =>
        [.. (await new FindLines(books.Source).List(null, null, 50, CancellationToken.None)).OrderBy(line => line.Key, StringComparer.Ordinal)];

    private static Task<string> Number(CashDesk desk) => desk.Scalar<string>("select number from cash.gateway_booked where object = 'po_2' order by created_at limit 1");

    private static Task<JournalOutcome> Accept(TestDatabase books, PaymentLine line) => new DecideLine(books.Source, TimeProvider.System).Accept(
        line.Key, JsonDocument.Parse($$"""{"proposal":"{{line.Proposals[0].Id}}","reason":"Seen","actor":"mara"}""").RootElement, actor: null, CancellationToken.None);
}
