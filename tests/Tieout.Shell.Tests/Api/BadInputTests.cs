using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tieout.Shell.Tests.Api;

/// <summary>
/// What nobody can mean, at every door: it is refused with a stable code, the field, the reason and how to correct it, and not a row
/// of any table is written.
/// </summary>
public sealed class BadInputTests(RefusingHost host) : IClassFixture<RefusingHost>
{
    public static TheoryData<int, string> Bad
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var (index, row) in BadInputDoors.Rows.Index()) data.Add(index, $"{row.Door} {row.Member} {row.Value}");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_input_is_refused_with_code_field_reason_and_remedy_and_nothing_is_written(int index, string what)
    {
        what.ShouldNotBeEmpty();
        var row = BadInputDoors.Rows[index];
        var door = BadInputDoors.Doors[row.Door];
        var before = await host.RowsOfAllTables();
        var (status, answer) = await Send(door, With(door.Document, row));
        var problem = JsonDocument.Parse(answer).RootElement;
        (status, problem.TryGetProperty("code", out var code) ? code.GetString() : "").ShouldBe((row.Status, row.Code), answer);
        var errors = problem.TryGetProperty("errors", out var fields) ? fields.EnumerateObject().ToList() : [];
        errors.Select(field => field.Name).ShouldContain(row.Field, answer);
        Remedy(string.Join(' ', errors.SelectMany(field => field.Value.EnumerateArray()))).ShouldBeTrue(answer);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        foreach (var card in new[] { "4111 1111 1111 1111", "4111111111111111" }) answer.ShouldNotContain(card);
        // What became of an event is counted and listed, refused ones too.
        (await host.RowsOfAllTables()).Where(table => door.Name != "event" || !table.StartsWith("usage.", StringComparison.Ordinal))
            .ShouldBe(before.Where(table => door.Name != "event" || !table.StartsWith("usage.", StringComparison.Ordinal)));
    }

    /// <summary>The documents that the bad values stand in are good ones: each refusal is the value's own.</summary>
    [Fact]
    public async Task What_is_good_is_taken_at_every_door()
    {
        await using var other = new RefusingHost(host.Postgres);
        await other.InitializeAsync();
        // What only looks comes first: it is asked about what the others change.
        foreach (var door in BadInputDoors.Doors.Values.OrderBy(door => !door.Path.EndsWith("preview", StringComparison.Ordinal)))
        {
            var (status, answer) = await Send(door, door.Document, other);
            status.ShouldBeInRange(200, 204, $"{door.Name}: {answer}");
        }
    }

    /// <summary>A misspelled filter would be passed over, and more be answered than was asked for.</summary>
    [Fact]
    public async Task No_question_passes_over_a_name_that_it_does_not_know()
    {
        var described = JsonNode.Parse(await host.Client.GetStringAsync("/openapi/v1.json"))!["paths"]!.AsObject();
        var questions = described.Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal) && path.Value!["get"] is not null).Select(path => path.Key).ToList();
        questions.Count.ShouldBeGreaterThan(70);
        foreach (var path in questions)
        {
            // An id fits every kind of place in an address.
            var address = string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? "019a0000-0000-7000-8000-000000000006" : part));
            using var answer = await host.Client.GetAsync(address + "?colour=red");
            var text = await answer.Content.ReadAsStringAsync();
            var problem = JsonNode.Parse(text)!;
            ((int)answer.StatusCode, (string?)problem["code"]).ShouldBe((400, "unknown-filter"), $"{path}: {text}");
            ((string?)problem["errors"]!["colour"]![0])!.ShouldStartWith("There is no 'colour' here. ");
        }
        (await host.Client.GetAsync("/v1/invoices?Entity=US&LIMIT=3")).EnsureSuccessStatusCode();
    }

    /// <summary>A misspelled member would be passed over, and something else be done than was asked. CloudEvents let anybody add attributes.</summary>
    [Fact]
    public async Task No_door_passes_over_a_member_that_it_does_not_know()
    {
        var before = await host.RowsOfAllTables();
        foreach (var door in BadInputDoors.Doors.Values.Where(door => door.Name != "event"))
        {
            var document = JsonNode.Parse(door.Document)!;
            document["colour"] = "red";
            var (status, answer) = await Send(door, document.ToJsonString());
            status.ShouldBe(400, $"{door.Name}: {answer}");
            var refused = JsonDocument.Parse(answer).RootElement.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem();
            (refused.Name.Split('.')[^1], Remedy(refused.Value.ToString())).ShouldBe(("colour", true), $"{door.Name}: {answer}");
        }
        (await host.RowsOfAllTables()).ShouldBe(before);
    }

    // Whoever reads it knows what to do: an order, an example, or what may stand there.
    private static bool Remedy(string text) => Regex.IsMatch(
        text,
        @"\b(amend|bring|charge|choose|close|compare|correct|credit|date|declare|give|grant|import|known are|leave|name|publish|remove|round|say|send|take|write)\b"
            + @"|such as|at most|one of|looks like|is needed|has to stand|expected|is the first day|nothing needs|\d+ to \d+",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

    private static string With(string document, BadInputDoors.Row row)
    {
        if (row.Member == "whole") return row.Value;
        var top = JsonNode.Parse(document)!;
        Replace(top, row.Member, row.Value);
        if (row.More.Length > 0) foreach (var (name, value) in JsonNode.Parse($"{{{row.More}}}")!.AsObject()) top[name] = value?.DeepClone();
        return top.ToJsonString();
    }

    private static void Replace(JsonNode node, string member, string value)
    {
        var steps = member.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1]) node = step[0] == '[' ? node[int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!;
        if (value == "absent") node.AsObject().Remove(steps[^1]);
        else node[steps[^1]] = JsonNode.Parse(value);
    }

    private Task<(int Status, string Answer)> Send(BadInputDoors.Door door, string document) => Send(door, document, host);

    private static async Task<(int Status, string Answer)> Send(BadInputDoors.Door door, string document, RefusingHost host)
    {
        using var request = new HttpRequestMessage(new HttpMethod(door.Method), door.Path)
        {
            Content = new StringContent(document, Encoding.UTF8, new MediaTypeHeaderValue(door.Name == "event" ? "application/cloudevents+json" : "application/json")),
        };
        request.Headers.Add("Idempotency-Key", $"key-{door.Name}");
        using var answer = await host.Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
