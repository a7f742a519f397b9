using System.Globalization;
using Tieout.Application.Invoicing;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// Whatever is agreed, counted, billed and taken back, in whatever order: in the end the same is billed as by one run at the end.
/// Each seed is a history of its own; a failing one prints it.
/// </summary>
public sealed class AnyOrderTests(PostgresFixture postgres)
{
    private static readonly string[] Plans = ["team", "scale", "least"];
    private static readonly string[] Types = ["call", "traffic", "payment", "token"];
    private static readonly string[] Codes = ["S-1", "S-2"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Many_runs_bill_what_one_run_at_the_end_does(int seed)
    {
        List<string> told = [];
        try
        {
            await using var often = await History(seed, often: true, told);
            await using var once = await History(seed, often: false, []);
            (await often.Billed()).ShouldBe(await once.Billed());
            (await often.Billed()).Length.ShouldBeGreaterThan(100);
        }
        catch (Exception trouble)
        {
            throw new InvalidOperationException(string.Join('\n', told), trouble);
        }
    }

    // The same draws of chance in both: what only one of them does takes none.
    private async Task<BillingWorld> History(int seed, bool often, List<string> told)
    {
        var random = new Random(seed);
        var world = await BillingWorld.Start(postgres);
        if (seed % 2 == 0) await world.Database.Execute("update customers.billing_account set monthly_minimum = 1500");
        if (seed % 3 == 0) await Discount(world);
        if (seed % 4 == 1) await Grant(world);
        var today = new DateOnly(2026, 1, 10);
        world.On(Text(today));
        foreach (var code in Codes)
            Done(await world.Create(code, Text(today.AddDays(random.Next(-9, 9))), Plans[random.Next(3)], "platform seats=5 support storage=3 calls regions paid tokens"));
        for (var step = 0; step < 40; step++)
        {
            today = today.AddDays(random.Next(0, 12));
            world.On(Text(today));
            var (dice, code, day, number) = (random.Next(12), Codes[random.Next(2)], today.AddDays(random.Next(-60, 8)), random.Next(1, 200));
            var words = dice < 5 ? await Use(world, code, step, today.AddDays(-number / 4), number)
                : dice < 10 ? await Amend(world, code, day, dice, number)
                : often ? await Interfere(world, today, dice, number, step) : "";
            told.Add($"{Text(today)} {words}");
            if (often) await world.Agree();
        }
        today = today.AddDays(40);
        world.On(Text(today));
        await world.Bill(Text(today));
        (await world.Bill(Text(today))).Totals.ShouldBeEmpty();
        (await world.Database.Scalar<string>("select coalesce(string_agg(distinct technical || cause, '; '), '') from exceptions.exception_case")).ShouldBe("");
        await world.Agree();
        return world;
    }

    private static async Task<string> Use(BillingWorld world, string code, int step, DateOnly day, int number)
    {
        var type = Types[number % 4];
        var taken = await world.Use(code, string.Create(CultureInfo.InvariantCulture, $"e{step}"), type, Text(day), number, number % 3 == 0 ? "us" : "eu");
        return $"{type} {number} of {code} on {Text(day)} {(taken ? "" : "refused")}";
    }

    private static async Task<string> Amend(BillingWorld world, string code, DateOnly day, int dice, int number)
    {
        var request = new AmendmentRequest { Effective = Text(day) };
        request = (dice, number % 4) switch
        {
            (5, _) => request with { Kind = "change-quantity", Component = number % 2 == 0 ? "seats" : "storage", Quantity = Number(number % 17) },
            (6, _) => request with { Kind = number % 5 < 3 ? "upgrade" : "downgrade", Plan = Plans[number % 3] },
            (7, 0) => request with { Kind = "pause", Mode = "credit-days", Until = number % 8 == 0 ? null : Text(day.AddDays(number % 30 + 1)) },
            (7, 1) => request with { Kind = "pause", Mode = "move-end" },
            (7, _) => request with { Kind = "resume" },
            (8, 0) => request with { Kind = "cancel" },
            (8, _) => request with { Kind = "reactivate" },
            (_, 0) => request with { Kind = "remove-component", Component = "storage" },
            (_, 1) => request with { Kind = "add-component", Component = "storage", Quantity = Number(number % 5) },
            _ => request with { Kind = "change-price", Component = "platform", Price = Number(number) },
        };
        var outcome = await world.Amend(code, request);
        var words = string.Join(' ', new[] { request.Kind, request.Effective, request.Component, request.Quantity, request.Price, request.Plan, request.Mode, request.Until });
        return $"{code} {words} {(outcome is AmendmentOutcome.Done ? "" : "refused")}";
    }

    // A run of today or, one time in four, of an earlier day; or an invoice is taken back.
    private static async Task<string> Interfere(BillingWorld world, DateOnly today, int dice, int number, int step)
    {
        if (dice == 10)
        {
            var day = number % 4 == 0 ? today.AddDays(-number % 40) : today;
            await world.Bill(Text(day));
            (await world.Bill(Text(day))).Totals.ShouldBeEmpty();
            return $"run of {Text(day)}";
        }
        var numbers = (await world.Database.Scalar<string>("select coalesce(string_agg(number, ' ' order by number), '') from invoicing.invoice where kind = 'invoice'"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (numbers.Length == 0) return "";
        var taken = await world.Credit(numbers[number % numbers.Length], new CreditWish.Void(), Text(today), string.Create(CultureInfo.InvariantCulture, $"k{step}"));
        return $"void {numbers[number % numbers.Length]} {taken}";
    }

    private static Task Discount(BillingWorld world) => world.Database.Execute(
        """
        insert into catalog.discount (id, code, kind, value, currency, scope, from_date, until_date)
          values (md5('d')::uuid, 'TEN', 'amount', 10, 'EUR', 'account', '2026-01-01', null), (md5('p')::uuid, 'PART', 'percent', 0.1, null, 'subscription', '2026-01-01', '2026-06-01');
        insert into subscriptions.applied_discount (id, billing_account_id, subscription_id, discount_id, from_date)
          select d.id, md5('A')::uuid, null, d.id, '2026-01-01' from catalog.discount d;
        """);

    private static async Task Grant(BillingWorld world)
    {
        var grants = new Application.Credits.GrantCredit(world.Database.Source);
        foreach (var json in new[]
        {
            """{"key":"g1","account":"A","credit":"tokens","amount":"200","granted-on":"2026-01-01","expires-on":"2026-04-01"}""",
            """{"key":"g2","account":"A","credit":"tokens","amount":"3.00","currency":"EUR","granted-on":"2026-02-01","priority":1}""",
        })
            (await grants.Run(Catalog.CatalogueTests.Json(json), CancellationToken.None)).ShouldBeOfType<Application.Credits.GrantOutcome.Granted>();
    }

    private static void Done(AmendmentOutcome outcome) => outcome.ShouldBeOfType<AmendmentOutcome.Done>();

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
