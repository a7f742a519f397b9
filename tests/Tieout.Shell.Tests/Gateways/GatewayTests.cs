using Npgsql;
using Tieout.Application.Gateways;
using Tieout.Application.Invoicing;
using Tieout.Application.Settings;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>What a gateway tells that cannot be booked as it comes.</summary>
public sealed class GatewayTests(PostgresFixture postgres)
{
    private const string Said = "select string_agg(key || ' ' || number, ', ' order by key) from cash.gateway_booked";

    [Fact]
    public async Task Money_of_an_unknown_customer_is_a_case_and_is_booked_once_somebody_says_whose_it_is()
    {
        var (books, desk) = await GatewayDesk.Open(postgres, taught: false);
        await using var _ = books;
        var counts = await desk.Tell(StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First), StripeTalk.Refund("re_1", "ch_1", 74, 16));
        (counts.Booked, counts.Parked).ShouldBe((0, 1));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 unknown-customer"]);
        (await desk.Entries()).ShouldBeEmpty();
        var parked = (await desk.Charges("parked")).ShouldHaveSingleItem();
        (parked.Amount!.Value.ToString(), parked.Customer, parked.Reference).ShouldBe(("10.74 USD", "cus_1", GatewayDesk.First));
        // Never booked by itself, but seen: the number says who it may be.
        var proposal = parked.Proposals.ShouldHaveSingleItem();
        (proposal.BillingAccount, proposal.Settles.ShouldHaveSingleItem().Number).ShouldBe(("C-1", GatewayDesk.First));

        (await desk.Teach("cus_1", "C-1")).ShouldBe(new NamePayerOutcome.Named("main", "cus_1", "C-1", 1));
        (await desk.Book()).Booked.ShouldBe(1);
        (await desk.Entries()).ShouldBe(
            [
                "payment 2026-12-15: gateway-clearing 10.74, unapplied-cash -10.74",
                $"payment 2026-12-15: unapplied-cash 10.74, receivable -10.74 of {GatewayDesk.First}",
                $"refund 2026-12-16: receivable 0.74 of {GatewayDesk.First}, gateway-clearing -0.74",
            ], ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Money_that_comes_before_its_invoice_waits_as_a_liability_and_follows_it()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await Bill(books.Source, 11);
        var desk = new GatewayDesk(books.Source, new Later());
        await desk.Register(GatewayDesk.Settings);
        await desk.Teach("cus_1", "C-1");
        (await desk.Tell(StripeTalk.Charge("ch_1", 1074, 1, reference: GatewayDesk.Second))).Waits.ShouldBe(1);
        var cash = new CashDesk(books.Source);
        (await cash.Balance("unapplied-cash")).ShouldBe(-10.74m);
        (await desk.Charges("waits")).ShouldHaveSingleItem().Code.ShouldBe("unapplied");

        await Bill(books.Source, 12);
        (await desk.Book(again: true)).Booked.ShouldBe(1);
        ((await cash.Balance("unapplied-cash")), (await cash.Open(GatewayDesk.Second))).ShouldBe((0m, 0m));
        (await desk.Charges("booked")).ShouldHaveSingleItem().Code.ShouldBe("");
    }

    [Theory]
    [InlineData(1073, GatewayDesk.First)] // a cent less
    [InlineData(1074, "thank you")]
    [InlineData(2148, GatewayDesk.First)]
    public async Task What_is_not_certain_stays_unapplied_with_what_is_proposed(long amount, string reference)
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        (await desk.Tell(StripeTalk.Charge("ch_1", amount, 15, reference: reference))).Waits.ShouldBe(1);
        (await new CashDesk(books.Source).Balance("unapplied-cash")).ShouldBe(-amount / 100m);
        var waits = (await desk.Charges("waits")).ShouldHaveSingleItem();
        (waits.Code, waits.Proposals.Count > 0).ShouldBe(("unapplied", true));
        // A person applies it as any payment; then nothing waits.
        CashDesk.Done(await new CashDesk(books.Source).Apply(waits.Entries[0], "\"oldest-first\":true"));
        await desk.Tell(StripeTalk.Charge("ch_other", 100, 15));
        await desk.Book(again: true);
        (await desk.Charges("waits")).ShouldAllBe(one => one.Id != "ch_1" || amount == 2148);
    }

    [Fact]
    public async Task A_charge_without_a_customer_is_named_itself()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15, customer: ""));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 unknown-customer"]);
        await desk.Teach("ch_1", "C-1");
        (await desk.Book()).Waits.ShouldBe(1);
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Money_in_a_currency_that_nobody_keeps_or_the_customer_does_not_pay_in_is_a_case()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(
            StripeTalk.Charge("ch_eur", 500, 15, currency: "eur"), StripeTalk.Charge("ch_xxx", 500, 15, currency: "xxx"), StripeTalk.Charge("ch_usd", 500, 15));
        (await desk.OpenCases()).ShouldBe(["main/ch_eur other-currency", "main/evt_ch_xxx unknown-currency"]);
        // The rest went on.
        (await desk.Entries()).ShouldBe(["payment 2026-12-15: gateway-clearing 5, unapplied-cash -5"]);
    }

    [Fact]
    public async Task Two_events_that_tell_otherwise_of_the_same_stop_that_charge()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15), StripeTalk.Intent("ch_1", 600, 15, "x"));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 contradiction"]);
        (await desk.Entries()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_follows_a_charge_waits_for_it()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(StripeTalk.Refund("re_1", "ch_1", 100, 16), StripeTalk.Dispute("dp_1", "ch_1", 400, 17, "closed", "lost"));
        (await desk.Charges()).ShouldHaveSingleItem().Code.ShouldBe("charge-missing");
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15));
        (await desk.Charges()).ShouldHaveSingleItem().Code.ShouldBe("withdrawal-missing");
        (await desk.Entries()).Count.ShouldBe(2);
        await desk.Tell(StripeTalk.Dispute("dp_1", "ch_1", 400, 17, "funds_withdrawn"));
        (await desk.Charges()).ShouldHaveSingleItem().State.ShouldBe("booked");
        (await desk.Entries()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task In_a_closed_month_it_is_dated_on_the_first_day_after()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await books.Execute("update customers.legal_entity set closed_through = '2026-12-31', late_arrivals = 'next-open-month' where code = 'US'");
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 500, 30, 15));
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15));
        (await desk.Entries()).ShouldBe(
            ["manual-journal 2027-01-01: bank-fees 0.3, gateway-clearing -0.3", "payment 2027-01-01: gateway-clearing 5, unapplied-cash -5"], ignoreOrder: true);
    }

    [Fact]
    public async Task Test_mode_another_account_and_what_moves_no_money_are_kept_and_passed_over()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var import = await desk.Import(string.Join(
            '\n', StripeTalk.Charge("ch_1", 500, 15).Replace("\"livemode\":true", "\"livemode\":false", StringComparison.Ordinal),
            StripeTalk.Charge("ch_2", 500, 15).Replace("\"livemode\"", "\"account\":\"acct_9\",\"livemode\"", StringComparison.Ordinal),
            StripeTalk.Charge("ch_3", 500, 15).Replace("\"captured\":true", "\"captured\":false", StringComparison.Ordinal),
            StripeTalk.Event("evt_4", "customer.updated", 15, "{}"), "{", "[1]", """{"object":"charge"}"""));
        (import.Ignored, import.Refused.Select(line => $"{line.Line} {line.Code}")).ShouldSatisfyAllConditions(
            seen => seen.Ignored.ShouldBe(4), seen => seen.Item2.ShouldBe(["5 bad-json", "6 unknown-object", "7 unknown-object"]));
        (await new FindGateways(books.Source).Events("main", "ignored", null, 50, CancellationToken.None)).Select(one => one.Code)
            .ShouldBe(["other-mode", "other-account", "no-money", "unknown-type"], ignoreOrder: true);
        (await desk.OpenCases()).ShouldBeEmpty();
        (await desk.Book()).Looked.ShouldBe(0);
    }

    [Fact]
    public async Task What_the_books_refuse_of_one_charge_stops_that_one_alone()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await books.Execute(
            """
            create function cash.no() returns trigger language plpgsql as $$ begin raise exception 'No such money.'; end $$;
            create trigger no before insert on cash.payment for each row when (new.reference = 'ch_bad') execute function cash.no();
            """);
        var counts = await desk.Tell(StripeTalk.Charge("ch_a", 100, 15), StripeTalk.Charge("ch_bad", 200, 15), StripeTalk.Charge("ch_z", 300, 15));
        (counts.Waits, counts.Parked).ShouldBe((2, 1));
        (await desk.OpenCases()).ShouldBe(["main/ch_bad refused-by-the-books"]);
        (await desk.Charges("parked")).ShouldHaveSingleItem().Reason.ShouldBe("The books refuse it: No such money.");
        await books.Execute("drop trigger no on cash.payment");
        (await desk.Book(again: true)).Parked.ShouldBe(0);
        (await new CashDesk(books.Source).Balance("gateway-clearing")).ShouldBe(6m);
    }

    [Fact]
    public async Task What_was_booked_by_a_program_that_was_stopped_before_it_could_say_so_is_found()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Tell(
            StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First), StripeTalk.Refund("re_1", "ch_1", 74, 16),
            StripeTalk.Dispute("dp_1", "ch_1", 1000, 17, "funds_withdrawn"), StripeTalk.Dispute("dp_1", "ch_1", 1000, 19, "closed", "lost"));
        var (entries, said) = (await desk.Entries(), await books.Scalar<string>(Said));
        await books.Execute(
            """
            alter table cash.gateway_booked disable trigger booked_is_booked;
            delete from cash.gateway_booked;
            alter table cash.gateway_booked enable trigger booked_is_booked;
            update cash.gateway_event set looked_at = null;
            """);
        (await desk.Book()).Booked.ShouldBe(1);
        (await desk.Entries()).ShouldBe(entries);
        (await books.Scalar<string>(Said)).ShouldBe(said);
    }

    [Theory]
    [InlineData("update cash.gateway_event set body = ''", "gateway_event_stays")]
    [InlineData("delete from cash.gateway_event", "gateway_event_stays")]
    [InlineData("update cash.gateway_movement set fee = fee + 1", "gateway_movement_stays")]
    [InlineData("update cash.gateway_movement set payout = 'po_2'", "gateway_movement_stays")]
    [InlineData("update cash.gateway_object set state = 'booked'", "gateway_object_says_why")]
    public async Task The_database_itself_refuses(string wrong, string constraint)
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        await desk.Import(StripeTalk.Movement("txn_1", "charge", "ch_1", 500, 30, 15), "po_1");
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15));
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(wrong))).ConstraintName.ShouldBe(constraint);
        await Should.ThrowAsync<PostgresException>(() => books.Execute("update cash.gateway_booked set number = 'X'"));
    }

    [Fact]
    public async Task Whose_money_a_gateway_holds_does_not_change_once_something_is_booked()
    {
        var (books, desk) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var german = GatewayDesk.Settings with { LegalEntities = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "DE" } };
        await desk.Register(german);
        await desk.Tell(StripeTalk.Charge("ch_1", 500, 15));
        (await desk.OpenCases()).ShouldBe(["main/ch_1 other-entity"]);
        await desk.Register(GatewayDesk.Settings);
        (await desk.Book(again: true)).Waits.ShouldBe(1);
        (await Should.ThrowAsync<SettingsException>(() => desk.Register(german))).Message.ShouldContain("another legal entity");
        (await Should.ThrowAsync<SettingsException>(() => desk.Register(GatewayDesk.Settings with
        {
            Name = "other",
            LegalEntities = new Dictionary<string, string>(StringComparer.Ordinal) { ["EUR"] = "FR" },
        }))).Message.ShouldContain("no legal entity 'FR'");
    }

    [Theory]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: whsec_1}", "must not stand in this file")]
    [InlineData("{name: main, provider: paypal, legal-entity: US, signing-secret: {file: s}}", "not one of stripe")]
    [InlineData("{name: MAIN, provider: stripe, legal-entity: US, signing-secret: {file: s}}", "small letters")]
    [InlineData("{name: main, provider: stripe, signing-secret: {file: s}}", "'legal-entity' is missing")]
    [InlineData("{name: main, provider: stripe, legal-entities: {usd: US}, signing-secret: {file: s}}", "no currency")]
    [InlineData("{name: main, provider: stripe, legal-entity: US}", "'signing-secret' is missing")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: [{file: s}, {file: s}, {file: s}]}", "one secret is expected")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, colour: red}", "unknown key")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, tolerance-seconds: 0}", "from 1 to 3600")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, api-version: 2026-10-28}", "'secret-key', which is missing")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: sk_live_1}", "must not stand in this file")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: {file: s}, api-version: newest}", "a version of Stripe")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: {file: s}, url: 'http://stripe.example/'}", "only on this machine")]
    [InlineData("{name: main, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: {file: s}, fetch-minutes: 1441}", "from 0 to 1440")]
    public void A_file_that_is_wrong_says_where(string gateway, string says)
    {
        using var folder = new TemporaryFolder();
        Should.Throw<SettingsException>(() => Read(folder, gateway)).Message.ShouldContain(says);
    }

    [Fact]
    public void A_file_names_gateways_and_points_to_their_secrets()
    {
        using var folder = new TemporaryFolder();
        var read = Read(
            folder, "{name: stripe-us, provider: stripe, legal-entities: {USD: US, EUR: DE}, mode: test, account: acct_1, lost-disputes: owed-again, "
                + "signing-secret: [{file: s}, {file: s}], tolerance-seconds: 60}").ShouldHaveSingleItem();
        (read.Name, read.Live, read.Account, read.LostTo, read.Tolerance, read.LegalEntities["EUR"]).ShouldBe(("stripe-us", false, "acct_1", LostTo.OwedAgain, 60L, "DE"));
        read.Secrets.ShouldBe(["whsec_x", "whsec_x"]);
        read.Api.ShouldBeNull();
    }

    [Fact]
    public void A_file_says_how_the_api_is_asked_and_never_shows_its_key()
    {
        using var folder = new TemporaryFolder();
        var plain = Read(folder, "{name: a, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: {file: s}}").ShouldHaveSingleItem().Api!;
        (plain.Url.ToString(), plain.SecretKey, plain.Version, plain.Every).ShouldBe(
            ("https://api.stripe.com/", "whsec_x", "2026-10-28.endive", TimeSpan.FromMinutes(15)));
        plain.ToString().ShouldBe("api.stripe.com");
        var own = Read(folder, "{name: a, provider: stripe, legal-entity: US, signing-secret: {file: s}, secret-key: {file: s}, "
            + "api-version: 2025-03-31.basil, url: 'http://127.0.0.1:8999/', fetch-minutes: 0}").ShouldHaveSingleItem().Api!;
        (own.Url.Port, own.Version, own.Every).ShouldBe((8999, "2025-03-31.basil", TimeSpan.Zero));
    }

    private static IReadOnlyList<GatewaySettings> Read(TemporaryFolder folder, string gateway)
    {
        File.WriteAllText(Path.Combine(folder.Path, "s"), "whsec_x\n");
        var path = Path.Combine(folder.Path, "gateways.yaml");
        File.WriteAllText(path, $"gateways:\n  - {gateway}\n");
        return GatewayFile.Read(path);
    }

    private static Task Bill(NpgsqlDataSource books, int month) => new BillAccounts(books, TimeProvider.System).Run(
        new BillingRequest(new AccountingMonth(2026, month), "test"), null, CancellationToken.None);

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2027, 1, 5, 12, 0, 0, TimeSpan.Zero);
    }
}
