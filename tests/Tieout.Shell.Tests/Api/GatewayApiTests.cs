using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Domain.Cash.Gateway;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;

namespace Tieout.Shell.Tests.Api;

/// <summary>The gateway's door as the gateway uses it, and what programs ask about it.</summary>
public sealed class GatewayApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TestDatabase books = null!;
    private GatewayDesk desk = null!;
    private ApiHost host = null!;

    public async ValueTask InitializeAsync()
    {
        (books, desk) = await GatewayDesk.Open(postgres);
        host = await ApiHost.Over(books, TimeProvider.System, [GatewayDesk.Settings]);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_signed_event_is_kept_once_and_booked()
    {
        var charge = StripeTalk.Charge("ch_1", 1074, 15, reference: GatewayDesk.First);
        (await Send(charge)).ShouldBe((200, "taken"));
        (await Send(charge)).ShouldBe((200, "duplicate"));
        (await books.Scalar<string>("select convert_from(body, 'UTF8') from cash.gateway_event")).ShouldBe(charge);
        (await Rows("/v1/gateways/main/events?state=new")).GetArrayLength().ShouldBe(1);
        await desk.Book();
        var told = (await Rows("/v1/gateways/main/events?state=booked"))[0];
        (told.GetProperty("object").GetString(), told.GetProperty("entries").GetArrayLength()).ShouldBe(("ch_1", 1));
        (await Rows("/v1/gateways/main/charges?state=booked"))[0].GetProperty("amount").GetProperty("amount").GetString().ShouldBe("10.74");
        var lying = (await host.Client.GetFromJsonAsync<JsonElement>("/v1/gateways/main/clearing"))[0];
        lying.GetProperty("why").GetString().ShouldBe("It is not known to be paid out.");
        var gateway = (await host.Client.GetFromJsonAsync<JsonElement>("/v1/gateways"))[0];
        (gateway.GetProperty("name").GetString(), gateway.GetProperty("booked").GetInt64()).ShouldBe(("main", 1));
    }

    [Fact]
    public async Task An_event_of_an_unknown_version_is_parked_with_a_cause_and_the_rest_goes_on()
    {
        var charge = StripeTalk.Charge("ch_1", 500, 15);
        var newer = charge.Replace("2026-10-28.endive", "2031-01-01.next", StringComparison.Ordinal);
        (await Send(newer)).ShouldBe((200, "parked"));
        (await Send(newer)).ShouldBe((200, "duplicate"));
        (await Send("not json")).ShouldBe((200, "parked"));
        (await Send(StripeTalk.Charge("ch_2", 500, 15))).ShouldBe((200, "taken"));
        (await desk.Book()).Waits.ShouldBe(1);
        (await desk.OpenCases()).Select(one => one.Split(' ')[1]).ShouldBe(["bad-json", "unknown-version"], ignoreOrder: true);
        // Sent again in a version that is known: taken, and the case is closed.
        (await Send(charge)).ShouldBe((200, "taken"));
        (await desk.Book()).Waits.ShouldBe(1);
        (await desk.OpenCases()).ShouldHaveSingleItem().ShouldEndWith("bad-json");
    }

    [Theory]
    [InlineData("main", 0, "whsec_other", 400, "bad-signature")]
    [InlineData("main", 301, GatewayDesk.Secret, 400, "stale-signature")]
    [InlineData("main", -400, GatewayDesk.Secret, 400, "stale-signature")]
    [InlineData("nobody", 0, GatewayDesk.Secret, 404, "not-found")]
    [InlineData("main", 0, "", 400, "bad-signature")]
    public async Task What_is_not_the_gateways_is_refused_and_nothing_is_kept(string gateway, int age, string secret, int status, string code)
    {
        (await Send(StripeTalk.Charge("ch_1", 500, 15), gateway, age, secret)).ShouldBe((status, code));
        (await books.Scalar<long>("select (select count(*) from cash.gateway_event) + (select count(*) from cash.gateway_object)")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_too_much_for_one_event_is_refused() => (await Send(new string(' ', 1_000_001))).ShouldBe((413, "too-large"));

    [Theory]
    [InlineData("/v1/gateways/nobody/events", 404)]
    [InlineData("/v1/gateways/main/events?state=lost", 400)]
    [InlineData("/v1/gateways/nobody/charges", 404)]
    [InlineData("/v1/gateways/main/charges?limit=0", 400)]
    [InlineData("/v1/gateways/nobody/clearing", 404)]
    public async Task What_is_not_there_is_said(string path, int status)
    {
        using var answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe((HttpStatusCode)status);
    }

    private async Task<JsonElement> Rows(string path) => (await host.Client.GetFromJsonAsync<JsonElement>(path)).GetProperty("rows");

    private async Task<(int Status, string What)> Send(string body, string gateway = "main", int age = 0, string secret = GatewayDesk.Secret)
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - age;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/gateways/{gateway}/events") { Content = new ByteArrayContent(StripeTalk.Bytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        if (secret.Length > 0) request.Headers.Add("Stripe-Signature", $"t={time},v1={StripeSignature.Sign(secret, time, StripeTalk.Bytes(body))},v0=abc");
        using var answer = await host.Client.SendAsync(request);
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)answer.StatusCode, told.TryGetProperty("state", out var state) ? state.GetString()! : told.GetProperty("code").GetString()!);
    }
}
