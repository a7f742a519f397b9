using System.Globalization;
using Tieout.Application.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Whatever is agreed, billed and given back, in whatever order revenue is booked beside it, months closed or not: in the end the same is
/// earned as by one run at the end. Each seed is a history of its own; a failing one prints it.
/// </summary>
public sealed class RevenueHistories(PostgresFixture postgres)
{
    private static readonly string[] Plans = ["team", "scale"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Many_runs_earn_what_one_run_at_the_end_does(int seed)
    {
        List<string> told = [];
        try
        {
            await using var often = await History(seed, often: true, told);
            await using var once = await History(seed, often: false, []);
            var (many, one) = (new RevenueBooks(often), new RevenueBooks(once));
            (await many.ByCharge()).ShouldBe(await one.ByCharge());
            (await many.ByCharge()).Length.ShouldBeGreaterThan(100);
            (await many.Deferred()).ShouldBe(await one.Deferred());
        }
        catch (Exception trouble)
        {
            throw new InvalidOperationException(string.Join('\n', told), trouble);
        }
    }

    private async Task<BillingWorld> History(int seed, bool often, List<string> told)
    {
        var random = new Random(seed);
        var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        var today = new DateOnly(2026, 1, 10);
        world.On(Text(today));
        (await world.Create("S-1", Text(today.AddDays(random.Next(-9, 9))), Plans[random.Next(2)], "platform seats=5 support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        for (var step = 0; step < 25; step++)
        {
            today = today.AddDays(random.Next(0, 20));
            world.On(Text(today));
            var (dice, back, number) = (random.Next(8), random.Next(0, 40), random.Next(1, 200));
            var words = dice switch
            {
                < 3 => await Amend(world, today.AddDays(-back / 4), number),
                < 5 => await Bill(world, today),
                5 => await Credit(world, today, number, step),
                _ when often => await Book(world, books, today, number),
                _ => "",
            };
            told.Add($"{Text(today)} {words}");
            if (often) await books.Identity();
        }
        today = today.AddDays(40);
        world.On(Text(today));
        await world.Bill(Text(today));
        await books.Run(Text(today)[..7]);
        (await books.Run(Text(today)[..7])).Booked.ShouldBeEmpty();
        var check = await books.Check(Text(today)[..7]);
        (check.LinesInAll, check.Due.Count, check.Books.All(balance => balance.Difference.IsZero)).ShouldBe((0L, 0, true));
        await books.Identity();
        await books.Splits(Text(today)[..7]);
        check.Unbilled.ShouldAllBe(balance => !balance.Wrong);
        await world.Agree();
        return world;
    }

    private static async Task<string> Amend(BillingWorld world, DateOnly day, int number)
    {
        var request = new AmendmentRequest { Effective = Text(day) };
        request = (number % 5) switch
        {
            0 => request with { Kind = "change-quantity", Component = "seats", Quantity = ((number % 17) + 1).ToString(CultureInfo.InvariantCulture) },
            1 => request with { Kind = number % 2 == 0 ? "upgrade" : "downgrade", Plan = Plans[number % 2] },
            2 => request with { Kind = "change-price", Component = "platform", Price = number.ToString(CultureInfo.InvariantCulture) },
            3 => request with { Kind = "cancel" },
            _ => request with { Kind = "reactivate" },
        };
        return $"{request.Kind} {request.Effective} {await world.Amend("S-1", request)}";
    }

    // In both histories alike: what is billed when decides which documents there are to be credited.
    private static async Task<string> Bill(BillingWorld world, DateOnly today)
    {
        await world.Bill(Text(today));
        return "billed";
    }

    private static async Task<string> Credit(BillingWorld world, DateOnly today, int number, int step)
    {
        var numbers = (await world.Database.Scalar<string>("select coalesce(string_agg(number, ' ' order by number), '') from invoicing.invoice where kind = 'invoice'"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (numbers.Length == 0) return "";
        CreditWish wish = number % 3 == 0 ? new CreditWish.Void() : new CreditWish.ByAmount(number);
        var outcome = await world.Credit(numbers[number % numbers.Length], wish, Text(today), string.Create(CultureInfo.InvariantCulture, $"k{step}"));
        return $"{wish} of {numbers[number % numbers.Length]}: {outcome}";
    }

    // One time in three the month is closed once its revenue is booked, and nothing of it is booked differently ever after.
    private static async Task<string> Book(BillingWorld world, RevenueBooks books, DateOnly today, int number)
    {
        await books.Run(Text(today)[..7]);
        if (number % 3 != 0) return "revenue booked";
        var end = new DateOnly(today.Year, today.Month, 1).AddDays(-1);
        await world.Database.Execute($"update customers.legal_entity set closed_through = '{Text(end)}' where closed_through is null or closed_through < '{Text(end)}'");
        return $"revenue booked, closed through {Text(end)}";
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
