using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Application.Gateways;
using Tieout.Connectors.Stripe;
using Tieout.Domain.Cash.Gateway;
using Tieout.Sandbox;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Gateways;

/// <summary>The gateway's API fills what its webhooks missed, over the stand-in of Stripe.</summary>
public sealed class FetchStories(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Charges = 130;
    private TestDatabase books = null!;
    private GatewayDesk desk = null!;
    private ApiHost host = null!;
    private SandboxServer sandbox = null!;
    private HttpClient stripe = null!;

    private static CancellationToken None => CancellationToken.None;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private GatewaySettings Settings => GatewayDesk.Settings with
    {
        Live = false,
        Api = new GatewayApi(sandbox.BaseUrl, new SandboxOptions().StripeKey, StripeAccess.UsualVersion, TimeSpan.FromMinutes(15)),
    };

    public async ValueTask InitializeAsync()
    {
        (books, desk) = await GatewayDesk.Open(postgres);
        sandbox = await SandboxServer.Start(new SandboxOptions(), None);
        stripe = new HttpClient { BaseAddress = new Uri(sandbox.BaseUrl, "_sandbox/") };
        host = await ApiHost.Over(books, TimeProvider.System, [Settings]);
        await desk.Register(Settings);
    }

    public async ValueTask DisposeAsync()
    {
        stripe.Dispose();
        await sandbox.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Webhooks_that_were_dropped_are_fetched_the_payout_is_proven_and_clearing_comes_to_zero()
    {
        var events = await AMonth();
        var sent = await Webhooks(dropEvery: 3, doubleEvery: 4, seed: 7);
        var (dropped, taken) = (sent.GetProperty("dropped").GetInt32(), sent.GetProperty("taken").GetInt32());
        (dropped, taken).ShouldBe((events / 3, sent.GetProperty("sent").GetInt32()));
        await desk.Book();

        var first = await Fetch();
        (first.Taken, first.Duplicates, first.Parked, first.Ignored, first.Payouts).ShouldBe((dropped, events - dropped, 0, 0, 1));
        (first.Complete, first.Movements, first.NotKept, first.Troubles.Count).ShouldBe((true, Charges + 3 + 1 + 2 + 1, null, 0));
        (await desk.OpenCases()).ShouldBeEmpty();
        (await desk.Clearing()).ShouldBeEmpty();
        (await new CashDesk(books.Source).Balance("gateway-clearing")).ShouldBe(0m);
        // In cents: 130 of 50.00 less 2.9 % and 30 cents each, three refunds of 10.00, one dispute lost and its fee, the fee of one won.
        (await new CashDesk(books.Source).Balance("cash-clearing")).ShouldBe((Charges * (5000 - 145 - 30) - 3 * 1000 - 5000 - 1500 - 1500) / 100m);

        // Everything again changes nothing, nor do webhooks that come late.
        var entries = await desk.Entries();
        var again = await Fetch();
        (again.Taken, again.Duplicates, again.Payouts, again.Movements, again.Booking.Booked).ShouldBe((0, events, 0, 0, 0));
        var late = (await Fetched(Settings, Now.AddDays(-29))).Duplicates;
        late.ShouldBe(events);
        (await desk.Entries()).ShouldBe(entries);
    }

    [Fact]
    public async Task A_webhook_that_comes_after_its_event_was_fetched_is_a_duplicate()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000 });
        (await Fetch()).Taken.ShouldBe(1);
        var entries = await desk.Entries();
        entries.ShouldHaveSingleItem();
        (await Webhooks()).GetProperty("taken").GetInt32().ShouldBe(1);
        await desk.Book();
        (await desk.Entries()).ShouldBe(entries);
        (await books.Scalar<long>("select count(*) from cash.gateway_event")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_parked_counts_until_it_is_mended_also_when_nothing_new_comes()
    {
        await Made("charges", new { customer = "cus_nobody_knows", amount = 1000 });
        (await Fetch()).Booking.Parked.ShouldBe(1);
        (await Fetch()).Booking.Parked.ShouldBe(1);
        (await desk.OpenCases()).ShouldHaveSingleItem().ShouldEndWith("unknown-customer");
    }

    [Fact]
    public async Task A_gateway_that_is_busy_is_waited_for_as_long_as_it_says_and_one_that_stammers_is_asked_again()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000 });
        await Fault("throttle-429", 1);
        await Fault("html-answer", 1);
        await Fault("server-fault", 1);
        var began = Now;
        var fetched = await Fetch();
        (fetched.Complete, fetched.Taken).ShouldBe((true, 1));
        (Now - began).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_key_that_is_not_accepted_is_a_case_without_the_key_and_nothing_counts_as_asked_for()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000 });
        var wrong = Settings with { Api = Settings.Api! with { SecretKey = "sk_wrong_key" } };
        var fetched = await Fetched(wrong, null);
        var trouble = fetched.Troubles.ShouldHaveSingleItem();
        (fetched.Complete, trouble.Code, trouble.What).ShouldBe((false, "refused", "events"));
        trouble.Reason.ShouldStartWith("Stripe does not accept the secret key (request req_");
        (await desk.OpenCases()).ShouldBe(["main/fetch fetch-failed"]);
        (await books.Scalar<bool>("select through is null from cash.gateway_fetch")).ShouldBeTrue();
        wrong.ToString().ShouldNotContain("sk_wrong_key");

        (await Fetch()).Taken.ShouldBe(1);
        (await desk.OpenCases()).ShouldBeEmpty();
        (await books.Scalar<bool>("select through > now() - interval '5 minutes' from cash.gateway_fetch")).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_was_not_asked_for_longer_than_events_are_kept_is_told_so_and_a_person_closes_the_case()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000, at = Now.AddDays(-35).ToUnixTimeSeconds() });
        await Made("charges", new { customer = "cus_1", amount = 2000 });
        (await Fetch()).Taken.ShouldBe(1);
        await books.Execute("update cash.gateway_fetch set through = now() - interval '40 days'");
        var fetched = await Fetch();
        (fetched.Since > Now.AddDays(-31), fetched.NotKept is not null, fetched.Complete).ShouldBe((true, true, true));
        (await desk.OpenCases()).ShouldBe(["main/fetch-gap events-not-kept"]);
        (await Fetch()).NotKept.ShouldBeNull();
        (await desk.OpenCases()).ShouldBe(["main/fetch-gap events-not-kept"]);
    }

    [Fact]
    public async Task Of_programs_that_serve_one_asks_and_not_before_its_time()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000 });
        var now = Now;
        var every = TimeSpan.FromMinutes(15);
        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GatewayFetches.Due(books.Source, "main", every, now, None)))).Count(due => due).ShouldBe(1);
        (await GatewayFetches.Due(books.Source, "main", every, now.AddMinutes(14), None)).ShouldBeFalse();
        (await GatewayFetches.Due(books.Source, "main", every, now.AddMinutes(15), None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Balance_transactions_are_asked_for_again_while_a_payout_is_not_what_they_come_to()
    {
        await Made("charges", new { customer = "cus_1", amount = 1000 });
        await Made("payouts", new { currency = "usd" });
        await Fault("token-expired", 1, after: 1);
        var first = await Fetch();
        (first.Complete, first.Troubles.ShouldHaveSingleItem().What).ShouldSatisfyAllConditions(
            seen => seen.Complete.ShouldBeFalse(), seen => seen.What.ShouldStartWith("balance transactions of po_"));
        (await desk.OpenCases()).Select(one => one.Split(' ')[1]).ShouldBe(["fetch-failed", "movements-missing"], ignoreOrder: true);
        (await Fetch()).Movements.ShouldBe(2);
        (await desk.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public void Every_type_that_is_asked_for_is_known() => StripeEvents.Types.ShouldAllBe(type =>
        StripeEvents.Read(StripeTalk.Bytes(StripeTalk.Event("evt_1", type, 1, "{}"))) is GatewayReading.Parked
        && ((GatewayReading.Parked)StripeEvents.Read(StripeTalk.Bytes(StripeTalk.Event("evt_1", type, 1, "{}")))).Code == "bad-object");

    // Charges of 50.00, three refunds, a dispute lost and one won, and a payout of all of it; how many events that is.
    private async Task<int> AMonth()
    {
        List<string> charges = [];
        for (var no = 0; no < Charges; no++) charges.Add(await Made("charges", new { customer = "cus_1", amount = 5000, reference = $"order {no}" }));
        foreach (var charge in charges.Take(3)) await Made("refunds", new { charge, amount = 1000 });
        await Made("disputes", new { charge = charges[10], outcome = "lost" });
        await Made("disputes", new { charge = charges[11], outcome = "won" });
        await Made("payouts", new { currency = "usd" });
        return Charges + 3 + 3 + 4 + 1;
    }

    private Task<GatewayFetched> Fetch() => Fetched(Settings, null);

    private Task<GatewayFetched> Fetched(GatewaySettings settings, DateTimeOffset? since) =>
        new FetchGateway(books.Source, TimeProvider.System).Run(settings, since, None);

    private async Task<string> Made(string what, object how)
    {
        using var answer = await stripe.PostAsJsonAsync($"stripe/{what}", how);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> Webhooks(int dropEvery = 0, int doubleEvery = 0, int seed = 0)
    {
        using var answer = await stripe.PostAsJsonAsync(
            "stripe/webhooks", new { url = new Uri(host.Client.BaseAddress!, "v1/gateways/main/events"), secret = GatewayDesk.Secret, dropEvery, doubleEvery, seed });
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    // After so many calls that succeed: the first ones are only slow.
    private async Task Fault(string kind, int count, int after = 0)
    {
        if (after > 0) await Fault("slow", after);
        (await stripe.PostAsJsonAsync("faults", new { kind, count, seconds = kind == "throttle-429" ? 1.0 : 0.01, on = "stripe-read" })).EnsureSuccessStatusCode();
    }
}
