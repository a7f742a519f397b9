using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Application.Usage;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Usage;

/// <summary>A database with subscriptions C-1 to C-5 in force since 2026-01-01, one meter of each kind, and the real host.</summary>
internal sealed class UsageWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly MeterDraft[] Meters =
    [
        new("calls", "Calls", Aggregation.Count, ["call"]),
        new("bytes", "Bytes", Aggregation.Sum, ["call"], ValueProperty: "bytes"),
        new("peak", "Peak", Aggregation.Max, ["call"], ValueProperty: "bytes"),
        new("regions", "By region", Aggregation.Sum, ["call"], ValueProperty: "bytes", GroupBy: ["region"]),
        new("users", "Users", Aggregation.UniqueCount, ["call"], UniqueProperty: "user"),
        new("seats", "Seats", Aggregation.Latest, ["seats"], ValueProperty: "n"),
        new("nodes", "Nodes", Aggregation.TimeWeighted, ["nodes"], ValueProperty: "n"),
        new("hours", "Node hours", Aggregation.UnitHours, ["nodes"], ValueProperty: "n"),
        new("paid", "Paid", Aggregation.Sum, ["payment"], ValueProperty: "amount", KeepTransactions: true),
    ];

    private readonly ApiHost _host;

    private UsageWorld(ApiHost host) => _host = host;

    public TestDatabase Database => _host.Database;

    public HttpClient Client => _host.Client;

    public static async Task<UsageWorld> Start(PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 5);
        var meters = new Meters(database.Source);
        foreach (var draft in Meters)
            (await meters.Declare(MeterRules.Judge(draft).Meter!, CancellationToken.None)).ShouldBeOfType<MeterOutcome.Declared>();
        return new UsageWorld(await ApiHost.Over(database, new Clock()));
    }

    /// <summary>A good event; changes name an attribute and its JSON, null leaves it out.</summary>
    public static string Event(string id, string type = "call", string data = """{"bytes":1,"user":"u"}""", params (string Name, string? Json)[] changes)
    {
        Dictionary<string, string?> attributes = new(StringComparer.Ordinal)
        {
            ["specversion"] = "\"1.0\"",
            ["id"] = $"\"{id}\"",
            ["source"] = "\"/gate\"",
            ["type"] = $"\"{type}\"",
            ["subject"] = "\"C-1\"",
            ["time"] = "\"2026-11-10T10:00:00Z\"",
            ["data"] = data,
        };
        foreach (var (name, json) in changes) attributes[name] = json;
        return "{" + string.Join(',', attributes.Where(pair => pair.Value is not null).Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }

    public Task<HttpResponseMessage> Post(string contentType, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/usage/events") { Content = content };
        // A body that is too long is refused before it is sent; otherwise the pipe would break under the sender.
        request.Headers.ExpectContinue = body.Length > 1024 * 1024;
        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> Post(string contentType, string body) => Post(contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>Sends a batch; gives the answer, whose counts always add up.</summary>
    public async Task<Answer> Send(params IEnumerable<string> events)
    {
        using var response = await Post("application/cloudevents-batch+json", "[" + string.Join(",\n", events) + "]");
        return await Read(response);
    }

    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        ((int)response.StatusCode).ShouldBe(200, await response.Content.ReadAsStringAsync());
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        int Number(string name) => json.GetProperty(name).GetInt32();
        var answer = new Answer(
            Number("received"), Number("accepted"), Number("duplicate"),
            [.. json.GetProperty("events").EnumerateArray().Select(one => (one.GetProperty("index").GetInt32(), one.GetProperty("code").GetString()!))]);
        answer.Received.ShouldBe(answer.Accepted + answer.Duplicate + answer.Refused.Length);
        Number("refused").ShouldBe(answer.Refused.Length);
        return answer;
    }

    public async Task<string> Code(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!;
    }

    public async Task<JsonElement> Get(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    public async Task CatchUp()
    {
        await using var connection = await Database.Source.OpenConnectionAsync();
        await UsageSummaries.CatchUp(connection, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Everything that the summaries say, as one text.</summary>
    public Task<string> Summaries() => Database.Scalar<string>(
        """
        select coalesce(string_agg(concat_ws(' ', s.code, v.meter, v.group_key, v.day, trim_scale(v.value), v.events, trim_scale(v.closing)), e'\n'
          order by s.code, v.meter, v.group_key, v.day), '')
        from usage.day_value v join subscriptions.subscription s on s.id = v.subscription_id
        """);

    /// <summary>The value of one day.</summary>
    public async Task<decimal> Value(string meter, string day = "2026-11-10", string subscription = "C-1", string group = "") =>
        decimal.Parse(await Database.Scalar<string>(
            $"""
            select coalesce((select trim_scale(v.value)::text from usage.day_value v join subscriptions.subscription s on s.id = v.subscription_id
              where s.code = '{subscription}' and v.meter = '{meter}' and v.day = '{day}' and v.group_key = '{group}'), '0')
            """), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    internal sealed record Answer(int Received, int Accepted, int Duplicate, (int Index, string Code)[] Refused);

    internal sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
