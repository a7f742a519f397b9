using System.Globalization;
using System.Text;
using Dapper;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing;
using Tieout.Application.Subscriptions;
using Tieout.Application.Usage;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// One legal entity with one customer that pays in euro and 20 % tax, two plans of many kinds of prices, a meter for each
/// kind of usage, and one clock. Billing began on 2026-01-01.
/// </summary>
internal sealed class BillingWorld : IAsyncDisposable
{
    private const string Prices =
        """
        [{"component":"platform","currency":"EUR","recognition":"deferred","description":"Platform","model":"flat","unit-price":"310.00"},
         {"component":"seats","currency":"EUR","recognition":"deferred","description":"Seats","model":"per-unit","unit-price":"12.40"},
         {"component":"support","currency":"EUR","recognition":"deferred","description":"Support",
          "model":"flat","unit-price":"1460.00","terms":{"interval":"yearly","anchoring":"anniversary"}},
         {"component":"storage","currency":"EUR","recognition":"immediate","description":"Storage",
          "model":"per-unit","unit-price":"9.00","terms":{"interval":"quarterly","timing":"arrears"}},
         {"component":"calls","currency":"EUR","recognition":"immediate","description":"Calls",
          "model":{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.10","flat-amount":"5.00"},{"unit-price":"0.05"}]},
          "terms":{"kind":"usage","meter":"calls"}},
         {"component":"regions","currency":"EUR","recognition":"immediate","description":"Traffic",
          "model":{"type":"matrix","dimensions":["region"],"cells":[{"values":["eu"],"model":{"type":"per-unit","unit-price":"0.20"}}],
                   "otherwise":{"type":"per-unit","unit-price":"0.30"}},
          "terms":{"kind":"usage","meter":"traffic"}},
         {"component":"paid","currency":"EUR","recognition":"immediate","description":"Payments",
          "model":{"type":"percentage","rate":"0.01","fixed-fee":"0.25","free-count":1},"terms":{"kind":"usage","meter":"paid"}},
         {"component":"tokens","currency":"EUR","recognition":"immediate","description":"Tokens",
          "model":{"type":"prepaid","credit":"tokens","of":{"type":"per-unit","unit-price":"0.02"}},"terms":{"kind":"usage","meter":"tokens"}}]
        """;

    private static readonly MeterDraft[] Meters =
    [
        new("calls", "Calls", Aggregation.Sum, ["call"], ValueProperty: "n"),
        new("traffic", "Traffic", Aggregation.Sum, ["traffic"], ValueProperty: "n", GroupBy: ["region"]),
        new("paid", "Paid", Aggregation.Sum, ["payment"], ValueProperty: "n", KeepTransactions: true),
        new("tokens", "Tokens", Aggregation.Sum, ["token"], ValueProperty: "n"),
    ];

    private readonly Clock _clock = new();

    private BillingWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    /// <summary>The clock that <see cref="On"/> sets.</summary>
    public TimeProvider Time => _clock;

    public static async Task<BillingWorld> Start(PostgresFixture postgres)
    {
        var world = new BillingWorld(await postgres.CreateDatabase());
        await world.Database.Execute(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series, bills_from)
              values (md5('AT')::uuid, 'AT', 'Wien GmbH', 'EUR', 'AT', 'AT', '2026-01-01');
            insert into tax.rate (code, rate, from_date) values ('AT20', 0.2, '2020-01-01');
            insert into customers.customer (id, code, name, country, correlation_id) values (md5('C')::uuid, 'C', 'Kunde', 'AT', md5('k')::uuid);
            """);
        await world.Account("A");
        var plans = new ChangePlan(world.Database.Source);
        await Plan(plans, "team", Prices, "");
        await Plan(plans, "scale", Prices.Replace("310.00", "465.00", StringComparison.Ordinal).Replace("12.40", "10.85", StringComparison.Ordinal), "");
        await Plan(plans, "least", Prices.Replace("310.00", "93.00", StringComparison.Ordinal), "\"minimums\":{\"EUR\":\"620\"},");
        foreach (var draft in Meters)
            (await new Tieout.Application.Usage.Meters(world.Database.Source).Declare(MeterRules.Judge(draft).Meter!, CancellationToken.None)).ShouldBeOfType<MeterOutcome.Declared>();
        return world;
    }

    /// <summary>One more billing account of the customer.</summary>
    public Task Account(string code, decimal minimum = 0, string currency = "EUR") => Database.Execute(
        string.Create(CultureInfo.InvariantCulture,
            $"""
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id, monthly_minimum)
              values (md5('{code}')::uuid, '{code}', md5('C')::uuid, md5('AT')::uuid, '{currency}', 'AT20', 14, md5('k{code}')::uuid, {minimum})
            """));

    private static async Task Plan(ChangePlan plans, string code, string prices, string more) =>
        (await plans.Create(
            CatalogueTests.Json($$"""{"code":"{{code}}","name":"{{code}}","publish":true,{{more}}"prices":{{prices}}}"""), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Done>();

    /// <summary>The clock stands at noon of this day from now on.</summary>
    public void On(string day) => _clock.Now = new DateTimeOffset(Day(day).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);

    public Task<AmendmentOutcome> Create(string code, string start, string plan, string components, string account = "A", string? trialEnd = null) =>
        new CreateSubscription(Database.Source, _clock).Run(
            new SubscriptionRequest
            {
                Code = code,
                Account = account,
                Plan = plan,
                Start = start,
                TrialEnd = trialEnd,
                Components = [.. components.Split(' ').Select(text => text.Split('=')).Select(pair => new ComponentRequest { Component = pair[0], Quantity = pair.ElementAtOrDefault(1) })],
                Reason = "signed",
                Actor = "ann",
            }, null, CancellationToken.None);

    public Task<AmendmentOutcome> Amend(string code, AmendmentRequest request) =>
        new AmendSubscription(Database.Source, _clock).Run(code, request with { Reason = "agreed", Actor = "ann" }, null, CancellationToken.None);

    /// <summary>Sends one event; whether it was accepted.</summary>
    public async Task<bool> Use(string code, string id, string type, string at, decimal n, string region = "eu")
    {
        var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"specversion":"1.0","id":"{{id}}","source":"/gate","type":"{{type}}","subject":"{{code}}","time":"{{at}}T10:00:00Z","data":{"n":{{n}},"region":"{{region}}"} }"""));
        await using var intake = new UsageIntake(Database.Source, _clock);
        var taken = (await intake.Take(body, body.Length, UsageFormat.Single, "gate", CancellationToken.None)).ShouldBeOfType<UsageOutcome.Taken>();
        return taken.Accepted == 1;
    }

    public Task<BillingOutcome> Bill(string day, int partSize = 5000) =>
        new BillAccounts(Database.Source, _clock).Run(BillingRequest.On(Day(day), "ann", partSize: partSize), null, CancellationToken.None);

    public Task<CreditOutcome> Credit(string number, CreditWish wish, string on, string key) =>
        new CreditInvoice(Database.Source, _clock).Run(new CreditRequest(number, wish, Day(on), "agreed", "ann", key), CancellationToken.None);

    /// <summary>What was billed in all, by subscription, component and first day, on whatever documents it came.</summary>
    public async Task<string> Billed() => await Database.Scalar<string>(
        """
        select coalesce(string_agg(concat_ws(' ', code, component, part_start, trim_scale(amount)), e'\n' order by code, component, part_start), '') from (
          select coalesce(s.code, '-') as code, line.component, line.part_start, sum(line.amount) as amount
          from invoicing.invoice_line line left join subscriptions.subscription s on s.id = line.subscription_id
          group by 1, 2, 3) sums where amount <> 0
        """);

    /// <summary>Documents, entries, numbers and days agree with one another.</summary>
    public Task Agree() => Agree(Database);

    /// <summary>The same of any database.</summary>
    public static async Task Agree(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        (await connection.QueryAsync<string>(
            """
            select 'entry does not balance' from ledger.journal_line group by entry_id, currency having sum(amount) <> 0
            union all select 'balance is not its lines: ' || account from (
              select legal_entity_id, month, account, currency, debit - credit as amount, lines from ledger.turnover
              union all select legal_entity_id, month, account, currency, -amount, -lines from ledger.balance) b
            group by legal_entity_id, month, account, currency having sum(amount) <> 0 or sum(lines) <> 0
            union all select 'entry is not the invoice' from invoicing.invoice i where total <> (
              select coalesce(sum(l.amount), 0) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
              where e.source_id = i.id and l.account = 'receivable')
            union all select 'lines are not the invoice' from invoicing.invoice i
            where net <> (select sum(amount) from invoicing.invoice_line where invoice_id = i.id)
            union all select 'tax is not the invoice' from invoicing.invoice i
            where tax <> (select sum(tax) from invoicing.invoice_tax where invoice_id = i.id)
            union all select 'a gap before ' || number from (
              select number, right(number, 7)::int - row_number() over (partition by left(number, -7) order by number) as off from invoicing.invoice) n
            where off <> 0
            union all select 'a day twice: ' || a.component || a.part_start || b.part_start
            from latest a join latest b using (subscription_id, component, detail)
            where a.part_start < b.part_start and b.part_start < a.covered_until and a.billed <> 0 and b.billed <> 0
            """.Replace("latest", "(select distinct on (subscription_id, component, part_start, detail) * from invoicing.invoice_line "
                + "order by subscription_id, component, part_start, detail, revision desc)", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
