using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>Bank statements from the file to the books: C-1 owes US-2026-0000001 and -2, of 10.74 dollars each.</summary>
public sealed class StatementTests(PostgresFixture postgres)
{
    private const string OurIban = "DE89370400440532013000";
    private const string PayerIban = "GB29NWBK60161331926819";
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";

    [Fact]
    public async Task What_is_certain_books_itself_once_and_only_after_a_person_has_taught_where_its_customer_pays_from()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var first = await Import(books.Source, Camt("S-1", Credit("10.74", First, "R1")));
        (first.Matched.Booked, first.Matched.Proposed).ShouldBe((0, 1));
        var line = (await Lines(books.Source, "proposed")).ShouldHaveSingleItem();
        var proposal = line.Proposals.ShouldHaveSingleItem();
        proposal.Settles.ShouldHaveSingleItem().Number.ShouldBe(First);
        proposal.Reasons.ShouldContain("The account it came from is not known.");

        var accepted = CashDesk.Done(await Accept(books.Source, line.Key, $$"""{"proposal":"{{proposal.Id}}","reason":"Told by mail","actor":"mara"}"""));
        accepted.Lines.Select(one => (one.Account, one.Settles, one.Amount.Amount)).ShouldBe([("cash-clearing", "", 10.74m), ("receivable", First, -10.74m)]);
        (await desk.Open(First)).ShouldBe(0m);

        var second = await Import(books.Source, Camt("S-2", Credit("10.74", $"invoice {Second}", "R2")));
        second.Matched.ShouldBe(new MatchCounts(1, 0, 0, 0, 0));
        (await desk.Open(Second)).ShouldBe(0m);
        (await Lines(books.Source, "booked")).Count.ShouldBe(2);

        // The file again, and the same entries in another statement: nothing more.
        (await Import(books.Source, Camt("S-2", Credit("10.74", $"invoice {Second}", "R2")))).Refused.ShouldHaveSingleItem().Problems[0].Code
            .ShouldBe("duplicate-statement");
        (await Import(books.Source, Camt("S-3", Credit("10.74", First, "R1"), Credit("10.74", $"invoice {Second}", "R2")))).Statements[0].Known.ShouldBe(2);
        CashDesk.Done(await Accept(books.Source, line.Key, $$"""{"proposal":"{{proposal.Id}}","reason":"Told by mail","actor":"mara"}""")).Number.ShouldBe(accepted.Number);
        (await desk.Scalar<long>("select count(*) from cash.payment")).ShouldBe(2);
        (await desk.Balance("cash-clearing")).ShouldBe(21.48m);
    }

    [Fact]
    public async Task A_statement_that_does_not_add_up_leaves_nothing_behind()
    {
        await using var books = await Books();
        var outcome = await new ImportStatement(books.Source, TimeProvider.System).Camt(
            File(Camt("S-1", Credit("10.74", First, "R1")).Replace(">110.74<", ">110.75<", StringComparison.Ordinal)), "mara", CancellationToken.None);
        outcome.ShouldBeOfType<StatementOutcome.Unreadable>().Problems[0].Code.ShouldBe("does-not-add-up");
        (await new CashDesk(books.Source).Scalar<long>("select (select count(*) from cash.statement) + (select count(*) from cash.bank_line)")).ShouldBe(0);
    }

    [Fact]
    public async Task A_person_says_otherwise_or_declines_and_what_is_booked_stays_so()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Import(books.Source, Camt("S-1", Credit("15.00", "thanks", "R1"), Credit("3.00", "?", "R2")));
        var lines = await Lines(books.Source, null);
        var (large, small) = (lines.Single(one => one.Amount.Amount == 15m), lines.Single(one => one.Amount.Amount == 3m));
        CashDesk.Why(await Accept(books.Source, large.Key, """{"reason":"x","actor":"mara"}""")).ShouldBe("one-of proposal");
        CashDesk.Why(await Accept(books.Source, large.Key, """{"proposal":"none","reason":"x","actor":"mara"}""")).ShouldBe("unknown-proposal proposal");
        var booked = CashDesk.Done(await Accept(
            books.Source, large.Key, $$"""{"billing-account":"C-1","invoices":[{"invoice":"{{First}}"}],"reason":"By phone","actor":"mara"}"""));
        booked.Lines.Select(one => (one.Account, one.Amount.Amount)).ShouldBe([("cash-clearing", 15m), ("receivable", -10.74m), ("unapplied-cash", -4.26m)]);

        (await Decline(books.Source, small.Key)).ShouldBeNull();
        (await Lines(books.Source, "declined")).ShouldHaveSingleItem().DecidedWhy.ShouldBe("Not ours");
        CashDesk.Why((await Decline(books.Source, large.Key))!).ShouldBe("already-booked line");
        (await Decline(books.Source, "nothing")).ShouldBeOfType<JournalOutcome.NotFound>();
        // What was declined is not proposed again.
        (await new ImportStatement(books.Source, TimeProvider.System).Match(CancellationToken.None)).ShouldBe(new MatchCounts(0, 0, 0, 0, 0));
        await Should.ThrowAsync<PostgresException>(() => desk.Scalar<int>("update cash.bank_line set state = 'declined', entry_number = '' where state = 'booked'"));
        await Should.ThrowAsync<PostgresException>(() => desk.Scalar<int>("update cash.bank_line set amount = 1"));
    }

    [Fact]
    public async Task What_cannot_be_booked_waits_with_the_reason()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await using (var connection = await books.Source.OpenConnectionAsync())
            await connection.ExecuteAsync(
                "insert into cash.payer_number (number, billing_account_id, actor, created_at) select @PayerIban, id, 'test', now() from customers.billing_account where code = 'C-1'",
                new { PayerIban });
        await Import(books.Source, Camt("S-1", Credit("10.74", "US-2026-0000003", "R1")));
        (await Lines(books.Source, "booked")).ShouldBeEmpty();
        await desk.Scalar<int>("update customers.legal_entity set closed_through = '2026-12-31' where code = 'US'");
        (await Import(books.Source, Camt("S-2", Credit("10.74", Second, "R2")))).Matched.ShouldBe(new MatchCounts(0, 1, 1, 0, 0));
        (await Lines(books.Source, "proposed")).Single(one => one.Text == Second).Reasons.ShouldHaveSingleItem().ShouldStartWith("Not booked: the books are closed");
    }

    [Fact]
    public async Task A_return_takes_the_payment_back_and_the_invoice_is_owed_again()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Import(books.Source, Camt("S-1", Credit("10.74", First, "R1")));
        var line = (await Lines(books.Source, "proposed")).Single();
        CashDesk.Done(await Accept(books.Source, line.Key, $$"""{"proposal":"{{line.Proposals[0].Id}}","reason":"Told by mail","actor":"mara"}"""));
        (await Import(books.Source, Camt("S-2", Credit("-10.74", First, "R2", "<RvslInd>true</RvslInd>")))).Matched.Booked.ShouldBe(1);
        (await desk.Open(First)).ShouldBe(10.74m);
        (await desk.Balance("cash-clearing")).ShouldBe(0m);
    }

    [Fact]
    public async Task An_entry_without_a_reference_that_looks_known_is_kept_for_a_person_to_see()
    {
        await using var books = await Books();
        await Import(books.Source, Camt("NOON", Credit("5.00", "cash", "NONREF")));
        var day = await Import(books.Source, Camt("DAY", Credit("5.00", "cash", ""), Credit("5.00", "cash", "")));
        (day.Statements[0].Known, day.Statements[0].LookAlike).ShouldBe((1, 1));
        var alike = (await Lines(books.Source, "declined")).ShouldHaveSingleItem();
        (alike.DecidedBy, alike.Statement).ShouldBe(("import", "DAY"));
        CashDesk.Done(await Accept(books.Source, alike.Key, """{"billing-account":"C-1","reason":"It came twice","actor":"mara"}"""));
        (await Lines(books.Source, "booked")).ShouldHaveSingleItem().Key.ShouldBe(alike.Key);
    }

    [Fact]
    public async Task A_csv_file_is_taken_by_its_mapping()
    {
        await using var books = await Books();
        const string Mapping = """{"delimiter":";","decimal-point":",","date-format":"dd.MM.yyyy","booked-on":"Tag","amount":"Betrag","balance":"Saldo","payer-number":"IBAN","text":["Zweck"]}""";
        var csv = JsonSerializer.Serialize($"Tag;Betrag;Saldo;IBAN;Zweck\n20.12.2026;10,74;10,74;{PayerIban};{First}\n");
        var document = JsonDocument.Parse($$"""{"account":"{{OurIban}}","mapping":{{Mapping}},"csv":{{csv}},"actor":"mara"}""").RootElement;
        var outcome = await new ImportStatement(books.Source, TimeProvider.System).Csv(document, actor: null, CancellationToken.None);
        var answer = outcome.ShouldBeOfType<StatementOutcome.Taken>().Answer;
        (answer.Statements[0].Closing!.Value.Amount, answer.Matched.Proposed).ShouldBe((10.74m, 1));
        var other = JsonDocument.Parse($$"""{"account":"{{PayerIban}}","mapping":{{Mapping}},"csv":{{csv}},"actor":"mara"}""").RootElement;
        (await new ImportStatement(books.Source, TimeProvider.System).Csv(other, actor: null, CancellationToken.None))
            .ShouldBeOfType<StatementOutcome.Unreadable>().Problems[0].Code.ShouldBe("unknown-account");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task However_many_payments_are_looked_at_at_once_they_mean_the_same_for_each_other(int atOnce)
    {
        await using var books = await Books();
        await new CashDesk(books.Source).Scalar<int>(
            "insert into cash.payer_number (number, billing_account_id, actor, created_at) select @PayerIban, id, 'test', now() from customers.billing_account where code = 'C-1'",
            new { PayerIban });
        var import = new ImportStatement(books.Source, TimeProvider.System) { Afterwards = _ => Task.FromResult(new MatchCounts(0, 0, 0, 0, 0)) };
        await import.Camt(
            File(Camt(
                "S-1", Credit("10.74", First, "R1"), Credit("10.74", $"again {First}", "R2"), Credit("4.00", Second, "R3"), Credit("6.74", $"rest {Second}", "R4"),
                Credit("77.00", "thanks", "R5"), Credit("-1.00", "fees", "R6"))), "mara", CancellationToken.None);
        var round = await new DecideLines(books.Source) { AtOnce = atOnce }.Run(LineCursor.Start, int.MaxValue, CancellationToken.None);
        (round.Certain.Count, round.Proposed, round.Unapplied, round.Unknown, round.Next).ShouldBe((0, 4, 1, 1, null));
        var lines = (await Lines(books.Source, null)).OrderBy(line => line.Text, StringComparer.Ordinal).Select(line =>
            $"{line.Text}: {line.State} {string.Join(' ', line.Proposals.Select(one => $"{one.Score} {one.Reasons[^1]}"))}").ToList();
        lines.ShouldBe(
        [
            $"{First}: proposed 90 Another payment is as good an answer for the same.",
            $"{Second}: proposed 99 Together with 1 other payment it is what {Second} asks for.",
            $"again {First}: proposed 90 Another payment is as good an answer for the same.",
            "fees: unknown ",
            $"rest {Second}: proposed 99 Together with 1 other payment it is what {Second} asks for.",
            "thanks: unapplied ",
        ]);
        // A round takes no more than it is told, and the next goes on behind it.
        var part = await new DecideLines(books.Source) { AtOnce = 2 }.Run(LineCursor.Start, 2, CancellationToken.None);
        (part.Certain.Count + part.Proposed + part.Unapplied + part.Unknown, part.Next is null).ShouldBe((2, false));
        var rest = await new DecideLines(books.Source) { AtOnce = 2 }.Run(part.Next!, 100, CancellationToken.None);
        (rest.Certain.Count + rest.Proposed + rest.Unapplied + rest.Unknown, rest.Next is null).ShouldBe((4, true));
    }

    [Fact]
    public async Task A_discount_and_a_small_difference_book_themselves_where_terms_and_rules_allow_them()
    {
        await using var books = await Books("update customers.billing_account set discount_percent = 2, discount_days = 20");
        var desk = new CashDesk(books.Source);
        await desk.Scalar<int>(
            """
            insert into cash.payer_number (number, billing_account_id, actor, created_at) select @PayerIban, id, 'test', now() from customers.billing_account;
            insert into cash.payment_rules (legal_entity_id, version, grace_days, reason, actor, created_at) select id, 1, 0, 'x', 'x', now() from customers.legal_entity;
            insert into cash.tolerance (legal_entity_id, version, currency, amount) select id, 1, 'USD', 0.05 from customers.legal_entity;
            """, new { PayerIban });
        // In time for the second (until 21 December); four cents short of the first, whose discount is over.
        (await Import(books.Source, Camt("S-1", Credit("10.53", Second, "R1"), Credit("10.70", First, "R2")))).Matched.ShouldBe(new MatchCounts(2, 0, 0, 0, 0));
        (await desk.Open(First), await desk.Open(Second)).ShouldBe((0m, 0m));
        (await desk.Balance("early-payment-discount"), await desk.Balance("rounding")).ShouldBe((0.20m, 0.04m));
        var booked = (await Lines(books.Source, "booked")).ToDictionary(line => line.Text);
        booked[Second].Reasons.ShouldContain($"With the agreed discount of 0.21 USD for paying early it is what {Second} asks for.");
        booked[First].Reasons.ShouldContain($"It is 0.04 USD less than what {First} asks for; up to 0.05 USD goes to rounding.");
    }

    [Fact]
    public async Task A_discount_of_somebody_unknown_is_proposed_and_booked_as_it_was_proposed()
    {
        await using var books = await Books("update customers.billing_account set discount_percent = 2, discount_days = 20");
        var desk = new CashDesk(books.Source);
        await Import(books.Source, Camt("S-1", Credit("10.53", Second, "R1"), Credit("10.50", First, "R2")));
        var line = (await Lines(books.Source, "proposed")).Single(one => one.Text == Second);
        var proposal = line.Proposals.ShouldHaveSingleItem();
        (proposal.Discount.Amount, proposal.Settles[0].Amount, proposal.Settles[0].Discount).ShouldBe((0.21m, 10.53m, 0.21m));
        CashDesk.Done(await Accept(books.Source, line.Key, $$"""{"proposal":"{{proposal.Id}}","reason":"Told by mail","actor":"mara"}"""));
        (await desk.Open(Second), await desk.Balance("early-payment-discount")).ShouldBe((0m, 0.20m));
        // By hand no more than the terms and the rules give.
        var late = (await Lines(books.Source, "proposed")).ShouldHaveSingleItem();
        CashDesk.Why(await Accept(
            books.Source, late.Key, $$"""{"billing-account":"C-1","invoices":[{"invoice":"{{First}}","discount":"0.21"}],"reason":"x","actor":"mara"}"""))
            .ShouldBe("discount-too-late invoices[0].discount");
        CashDesk.Why(await Accept(
            books.Source, late.Key, $$"""{"billing-account":"C-1","invoices":[{"invoice":"{{First}}"}],"difference":true,"reason":"x","actor":"mara"}"""))
            .ShouldBe("more-than-tolerance difference");
    }

    [Fact]
    public async Task Where_nothing_else_is_known_the_amount_alone_is_proposed_with_a_low_score_and_of_too_many_none()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        // Both ask for 10.74; nobody is known to pay from there, and nothing is named.
        await Import(books.Source, Camt("S-1", Credit("10.74", "thanks", "R1"), Credit("9.99", "?", "R2")));
        (await Told()).ShouldBe(["?: unknown ", $"thanks: proposed {First} {Second}"]);
        var proposals = (await Lines(books.Source, "proposed")).ShouldHaveSingleItem().Proposals;
        proposals.ShouldAllBe(one => one.Score < 30 && one.Reasons.Contains("Only the amount speaks for it."));

        // What is settled in part asks for another amount; what is owed again for its own.
        var paid = CashDesk.Done(await desk.Pay("0.75", $"\"invoices\":[{{\"invoice\":\"{First}\"}}]")).Number;
        await Match();
        (await Told()).ShouldBe([$"?: proposed {First}", $"thanks: proposed {Second}"]);
        CashDesk.Done(await desk.Reverse(paid));
        await desk.Credit(Second, 1m);
        await Match();
        (await Told()).ShouldBe(["?: unknown ", $"thanks: proposed {First}"]);
        await Kept();
        await desk.WriteOff(First, 10.74m);
        await Match();
        (await Told()).ShouldBe(["?: unknown ", "thanks: unknown "]);
        await Kept();

        async Task<List<string>> Told() => [.. (await Lines(books.Source, null)).OrderBy(line => line.Text, StringComparer.Ordinal).Select(line =>
            $"{line.Text}: {line.State} {string.Join(' ', line.Proposals.SelectMany(one => one.Settles).Select(part => part.Number).Order(StringComparer.Ordinal))}")];

        Task Match() => new ImportStatement(books.Source, TimeProvider.System).Match(CancellationToken.None);

        // The hint is what the invoices ask for, each of them.
        async Task Kept()
        {
            await new MatchLines(books.Source, TimeProvider.System).TakeIn(CancellationToken.None);
            (await desk.Scalar<long>(
                """
                select count(*) from invoicing.open_amount o full join cash.open_item i on i.invoice_id = o.id
                where coalesce(greatest(o.open, 0), 0) <> coalesce(i.open, 0)
                """)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_statement_that_is_missing_is_a_case_until_it_comes()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Import(books.Source, Camt("DAY-1", Day(18, 100, 1), Credit("1.00", "one", "R1")));
        (await Import(books.Source, Camt("DAY-3", Day(20, 103, 3), Credit("3.00", "three", "R3")))).Statements.ShouldHaveSingleItem();
        (await Gaps()).ShouldBe(["open DAY-1 DAY-3 2.00"]);
        (await desk.Scalar<string>("select cause from exceptions.exception_case where code = 'statement-gap'")).ShouldBe(
            $"Between DAY-1 of 2026-12-18 and DAY-3 of 2026-12-20 of account {OurIban} a statement is missing: the first closes with 101.00 USD and the next one opens with 103.00 USD.");
        await Import(books.Source, Camt("DAY-2", Day(19, 101, 2), Credit("2.00", "two", "R2")));
        (await Gaps()).ShouldBe(["resolved DAY-1 DAY-3 2.00"]);
        await Import(books.Source, Camt("DAY-5", Day(22, 106, 5)));
        (await Gaps()).ShouldBe(["open DAY-3 DAY-5 0.00", "resolved DAY-1 DAY-3 2.00"]);

        async Task<IReadOnlyList<string>> Gaps()
        {
            await using var connection = await books.Source.OpenConnectionAsync();
            return [.. await connection.QueryAsync<string>(
                """
                select state || ' ' || split_part(subject_key, '|', 2) || ' ' || split_part(subject_key, '|', 3) || ' ' || round(amount, 2)
                from exceptions.exception_case where subject_kind = 'statement' order by 1
                """)];
        }
    }

    private async Task<TestDatabase> Books(string before = "")
    {
        var books = await CashDesk.TwoInvoices(postgres, before);
        await new CashDesk(books.Source).Scalar<int>("update customers.legal_entity set iban = @OurIban where code = 'US'", new { OurIban });
        return books;
    }

    private static async Task<StatementAnswer> Import(NpgsqlDataSource books, string file) =>
        (await new ImportStatement(books, TimeProvider.System).Camt(File(file), "mara", CancellationToken.None)).ShouldBeOfType<StatementOutcome.Taken>().Answer;

    private static Task<IReadOnlyList<PaymentLine>> Lines(NpgsqlDataSource books, string? state) => new FindLines(books).List(state, null, 50, CancellationToken.None);

    private static Task<JournalOutcome> Accept(NpgsqlDataSource books, string line, string document) =>
        new DecideLine(books, TimeProvider.System).Accept(line, JsonDocument.Parse(document).RootElement, actor: null, CancellationToken.None);

    private static Task<JournalOutcome?> Decline(NpgsqlDataSource books, string line) => new DecideLine(books, TimeProvider.System).Decline(
        line, JsonDocument.Parse("""{"reason":"Not ours","actor":"mara"}""").RootElement, actor: null, CancellationToken.None);

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));

    // The day, the opening balance and the number of a statement.
    private static string Day(int day, int opening, int number) => FormattableString.Invariant($"<Day>{day};{opening};{number}");

    private static string Camt(string id, params string[] entries)
    {
        var told = entries.FirstOrDefault(entry => entry.StartsWith("<Day>", StringComparison.Ordinal))?[5..].Split(';') ?? ["20", "100", ""];
        var (day, opening) = ($"2026-12-{told[0]}", decimal.Parse(told[1], CultureInfo.InvariantCulture));
        entries = [.. entries.Where(entry => entry.StartsWith("<Ntry>", StringComparison.Ordinal))];
        var sum = entries.Sum(entry => decimal.Parse(entry[(entry.IndexOf('>', 8) + 1)..entry.IndexOf('<', 8)], CultureInfo.InvariantCulture)
            * (entry.Contains("DBIT", StringComparison.Ordinal) ? -1 : 1));
        return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>"
            + $"<Stmt><Id>{id}</Id>{(told[2].Length > 0 ? $"<ElctrncSeqNb>{told[2]}</ElctrncSeqNb>" : "")}<Acct><Id><IBAN>{OurIban}</IBAN></Id></Acct>"
            + $"{Balance("OPBD", opening, day)}{Balance("CLBD", opening + sum, day)}{string.Concat(entries)}</Stmt>"
            + "</BkToCstmrStmt></Document>";
    }

    private static string Balance(string code, decimal amount, string day) => string.Create(
        CultureInfo.InvariantCulture,
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>");

    private static string Credit(string amount, string text, string reference, string more = "") =>
        $"<Ntry><Amt Ccy=\"USD\">{amount.TrimStart('-')}</Amt><CdtDbtInd>{(amount.StartsWith('-') ? "DBIT" : "CRDT")}</CdtDbtInd>{more}<Sts>BOOK</Sts>"
        + $"<BookgDt><Dt>2026-12-20</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{text.Length}</EndToEndId></Refs>"
        + $"<RltdPties><Dbtr><Nm>Somebody</Nm></Dbtr><DbtrAcct><Id><IBAN>{PayerIban}</IBAN></Id></DbtrAcct></RltdPties>"
        + $"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>";
}
