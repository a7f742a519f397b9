using System.Net.Http.Headers;
using System.Text;
using Tieout.Shell.Tests.Database;
using static Tieout.Shell.Tests.Usage.UsageWorld;

namespace Tieout.Shell.Tests.Usage;

/// <summary>What a sender is answered, over HTTP, and what of it is on disk.</summary>
public sealed class IntakeTests(PostgresFixture postgres) : IAsyncLifetime
{
    private UsageWorld world = null!;

    public async ValueTask InitializeAsync() => world = await Start(postgres);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Each_event_is_accepted_a_duplicate_or_refused()
    {
        (await world.Send(Event("a"), Event("b"))).ShouldBeEquivalentTo(new Answer(2, 2, 0, []));
        var answer = await world.Send(Event("a"), Event("c"), Event("c"), Event("d", changes: ("subject", "\"nobody\"")), "17");
        (answer.Received, answer.Accepted, answer.Duplicate).ShouldBe((5, 1, 2));
        answer.Refused.ShouldBe([(3, "unknown-subject"), (4, "malformed")]);
        (await Rows("usage.event")).ShouldBe(3);
        (await world.Database.Scalar<string>("select string_agg(concat_ws('/', received, accepted, duplicate, refused), ' ' order by no) from usage.batch"))
            .ShouldBe("2/2/0/0 5/1/2/2");
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict()
    {
        await world.Send(Event("a"));
        (await world.Send(Event("a", data: """{"bytes":2,"user":"u"}"""))).Refused.ShouldBe([(0, "event-conflict")]);
        // Laid out otherwise it is the same; from another source it is another event.
        (await world.Send(Event("a", data: """{ "user":"u", "bytes":1 }"""))).Duplicate.ShouldBe(1);
        (await world.Send(Event("a", changes: ("source", "\"/other\"")))).Accepted.ShouldBe(1);
        (await world.Send(Event("x"), Event("x", data: """{"bytes":9,"user":"u"}"""))).Refused.ShouldBe([(1, "event-conflict")]);
    }

    [Theory]
    [InlineData("subject", "\"nobody\"", "unknown-subject")]
    [InlineData("type", "\"unheard.of\"", "unknown-meter")]
    [InlineData("time", "\"2026-11-20T13:00:01Z\"", "far-future")]
    [InlineData("time", "\"2025-12-31T23:59:59Z\"", "outside-contract")]
    [InlineData("time", "\"yesterday\"", "bad-time")]
    [InlineData("data", "{\"bytes\":\"NaN\",\"user\":\"u\"}", "bad-number")]
    [InlineData("data", "{\"bytes\":1e30,\"user\":\"u\"}", "overflow")]
    [InlineData("data", "{\"bytes\":-1,\"user\":\"u\"}", "negative")]
    [InlineData("data", "{\"user\":\"u\"}", "missing-value")]
    [InlineData("data", "{\"bytes\":{},\"user\":\"u\"}", "wrong-type")]
    [InlineData("data", "{\"bytes\":1,\"user\":\"u\",\"note\":\"4111 1111 1111 1111\"}", "card-number")]
    [InlineData("id", "\"4111111111111111\"", "card-number")]
    [InlineData("id", "\"a\\nb\"", "control-character")]
    public async Task What_is_refused_is_told_and_kept_without_its_data(string attribute, string json, string code)
    {
        (await world.Send(Event("good"), Event("bad", changes: (attribute, json)))).Refused.ShouldBe([(1, code)]);
        (await Rows("usage.event")).ShouldBe(1);
        var kept = (await world.Get("/v1/usage/refused")).GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        kept.GetProperty("code").GetString().ShouldBe(code);
        kept.GetProperty("row").GetInt32().ShouldBe(1);
        kept.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        kept.GetProperty("remedy").GetString().ShouldNotBeNullOrEmpty();
        kept.ToString().Replace(" ", "", StringComparison.Ordinal).ShouldNotContain("11111111");
        kept.ToString().ShouldNotContain("nobody");
    }

    [Fact]
    public async Task A_subject_that_came_in_meanwhile_is_found_when_the_event_is_sent_again()
    {
        (await world.Send(Event("a", changes: ("subject", "\"C-6\"")))).Refused.ShouldBe([(0, "unknown-subject")]);
        await SampleData.Subscriptions(world.Database.Source, 6);
        (await world.Send(Event("a", changes: ("subject", "\"C-6\"")))).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData("application/cloudevents-batch+json", "[{\"id\":", 400, "malformed")]
    [InlineData("application/cloudevents-batch+json", "", 400, "malformed")]
    [InlineData("application/cloudevents-batch+json", "{}", 400, "malformed")]
    [InlineData("application/cloudevents-batch+json", "[] []", 400, "malformed")]
    [InlineData("application/cloudevents+json", "", 400, "malformed")]
    [InlineData("application/cloudevents+json", "nonsense", 400, "malformed")]
    [InlineData("application/x-ndjson", "nonsense\nmore of it", 400, "malformed")]
    [InlineData("application/cloudevents+xml", "<event/>", 415, "json-required")]
    [InlineData("application/cloudevents-batch+avro", "x", 415, "json-required")]
    [InlineData("text/plain", "x", 415, "json-required")]
    [InlineData("application/json", "{}", 415, "usage-content-type")]   // no ce- headers: not an event
    public async Task A_body_that_cannot_be_read_writes_nothing(string contentType, string body, int status, string code)
    {
        (await world.Code(await world.Post(contentType, body), status)).ShouldBe(code);
        (await Rows("usage.batch")).ShouldBe(0);
    }

    [Fact]
    public async Task Good_events_before_broken_syntax_are_not_taken()
    {
        using var response = await world.Post("application/cloudevents-batch+json", $"[{Event("a")},{{]");
        (await world.Code(response, 400)).ShouldBe("malformed");
        (await Rows("usage.event")).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_utf_8_is_told_as_such()
    {
        var body = Encoding.UTF8.GetBytes($"[{Event("a")}]");
        body[10] = 0xc0;
        (await world.Code(await world.Post("application/cloudevents-batch+json", body), 400)).ShouldBe("bad-utf8");
    }

    [Theory]
    [InlineData("application/cloudevents-batch+json", "[]")]
    [InlineData("application/x-ndjson", "\n\n")]
    public async Task An_empty_batch_is_fine_and_leaves_no_trace(string contentType, string body)
    {
        (await Read(await world.Post(contentType, body))).Received.ShouldBe(0);
        (await Rows("usage.batch")).ShouldBe(0);
    }

    [Fact]
    public async Task Too_much_for_one_request_is_refused_whole()
    {
        var many = Enumerable.Range(0, 10_001).Select(index => Event($"e{index}"));
        (await world.Code(await world.Post("application/cloudevents-batch+json", "[" + string.Join(',', many) + "]"), 413)).ShouldBe("batch-too-large");
        (await Rows("usage.event")).ShouldBe(0);
    }

    [Fact]
    public async Task More_bytes_than_one_request_may_hold_are_refused_whole()
    {
        var longer = Event("a", data: $$"""{"bytes":1,"user":"u","more":"{{new string('x', 17 * 1024 * 1024)}}"}""");
        (await world.Code(await world.Post("application/cloudevents+json", longer), 413)).ShouldBe("batch-too-large");
    }

    [Fact]
    public async Task Lines_are_read_one_by_one_and_a_broken_one_costs_itself()
    {
        var answer = await Read(await world.Post("application/x-ndjson", $"{Event("a")}\r\n\n{{broken\n{Event("b")}"));
        (answer.Received, answer.Accepted).ShouldBe((3, 2));
        answer.Refused.ShouldBe([(1, "malformed")]);
    }

    [Theory]
    [InlineData("call", "{\"bytes\":1,\"user\":\"u\"}", 200, null)]
    [InlineData("call", "{\"bytes\":-1,\"user\":\"u\"}", 422, "negative")]
    [InlineData("unheard.of", "{}", 422, "unknown-meter")]
    public async Task The_sender_of_a_single_event_learns_it_from_the_status(string type, string data, int status, string? code)
    {
        using var response = await world.Post("application/cloudevents+json; charset=utf-8", Event("a", type, data));
        if (code is null) (await Read(response)).Accepted.ShouldBe(1);
        else (await world.Code(response, status)).ShouldBe(code);
    }

    [Fact]
    public async Task A_single_conflict_is_a_409()
    {
        await world.Send(Event("a"));
        (await world.Code(await world.Post("application/cloudevents+json", Event("a", data: """{"bytes":5,"user":"u"}""")), 409)).ShouldBe("event-conflict");
    }

    [Fact]
    public async Task Binary_mode_is_the_same_event()
    {
        using var first = await Binary("Euro%20%E2%82%AC", "{\"bytes\":7,\"user\":\"u\"}");
        (await Read(first)).Accepted.ShouldBe(1);
        (await world.Database.Scalar<string>("select id from usage.event")).ShouldBe("Euro €");
        (await world.Send(Event("Euro €", data: """{"user":"u","bytes":7}"""))).Duplicate.ShouldBe(1);
    }

    [Theory]
    [InlineData("%C0%A0", "{\"bytes\":7}", "bad-utf8")]
    [InlineData("a", "{\"bytes\":", "malformed")]
    public async Task Binary_mode_that_cannot_be_read_is_a_400(string id, string data, string code) =>
        (await world.Code(await Binary(id, data), 400)).ShouldBe(code);

    [Fact]
    public async Task Two_senders_of_the_same_events_bring_them_in_once()
    {
        var events = Enumerable.Range(0, 300).Select(index => Event($"e{index}")).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(sender =>
            // Each in another order, so that they would wait for each other crosswise.
            world.Send(events.OrderBy(one => (one.Length * 31) + one.GetHashCode(StringComparison.Ordinal) * (sender + 1)))));
        answers.Sum(answer => answer.Accepted).ShouldBe(300);
        answers.Sum(answer => answer.Duplicate).ShouldBe(7 * 300);
        (await Rows("usage.event")).ShouldBe(300);
        await world.CatchUp();
        (await world.Value("calls")).ShouldBe(300m);
    }

    [Theory]
    [InlineData("update usage.event set amounts = '{0}'")]
    [InlineData("delete from usage.event")]
    [InlineData("truncate usage.event")]
    [InlineData("delete from usage.refused")]
    [InlineData("update usage.meter set name = 'x'")]
    [InlineData("update usage.batch set accepted = accepted + 1, received = received + 1")]
    [InlineData("delete from usage.batch")]
    public async Task What_came_in_is_never_changed(string sql)
    {
        await world.Send(Event("a"), Event("b", changes: ("subject", "\"nobody\"")));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(sql));
    }

    private Task<HttpResponseMessage> Binary(string id, string data)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/usage/events") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(data)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in new[]
                 {
                     ("specversion", "1.0"), ("id", id), ("source", "/gate"), ("type", "call"), ("subject", "\"C-1\""), ("time", "2026-11-10T10:00:00Z"),
                 })
            request.Headers.Add("ce-" + name, value);
        return world.Client.SendAsync(request);
    }

    private Task<long> Rows(string table) => world.Database.Scalar<long>($"select count(*) from {table}");
}
