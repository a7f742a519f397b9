using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tieout.Sandbox.OData;

namespace Tieout.Sandbox.Dynamics;

/// <summary>
/// Dynamics 365 Finance as seen through OData: Entra's token endpoint, entity sets, <c>$batch</c>, and journals that are posted by an action,
/// by a custom service or by a batch job. It answers at once unless a fault was asked for.
/// </summary>
internal sealed partial class DynamicsStandIn
{
    private const string Action = "Microsoft.Dynamics.DataEntities.post";

    private readonly SandboxOptions _options;
    private readonly Faults _faults;
    private readonly Interference _interference;
    private readonly PeriodCloser _closer;
    private State _state = new();

    public DynamicsStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
    {
        (_options, _faults) = (options, faults);
        Tokens = new EntraTokens(options.User, options.Password, clock);
        Slots = new CallSlots(null, clock);
        _interference = new Interference(Tokens, Slots, faults, clock, stopping);
        _closer = new PeriodCloser(clock, stopping);
    }

    /// <summary>The books.</summary>
    public DynamicsBooks Books => _state.Books;

    /// <summary>Periods.</summary>
    public DynamicsMaster Master => _state.Master;

    /// <summary>The second step.</summary>
    public DynamicsPosting Posting => new(_state.Books, _state.Master);

    /// <summary>The log-in; a reset leaves it as it is.</summary>
    public EntraTokens Tokens { get; }

    /// <summary>Calls at once that the environment takes; any number unless somebody says otherwise.</summary>
    public CallSlots Slots { get; }

    /// <summary>True: the action only hands a journal to the batch job, which somebody has to run.</summary>
    public bool PostsLater { get; set; }

    /// <summary>Adds the services.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/{tenant}/oauth2/v2.0/token", LogIn);
        app.MapPost("/data/$batch", http => LoggedIn(http, Batch));
        app.MapPost("/api/services/TieoutServices/JournalPosting/post", http => LoggedIn(http, Service));
        app.MapGet("/data/{set}", http => LoggedIn(http, Read));
        app.MapPost("/data/{set}", http => LoggedIn(http, Create));
        app.MapDelete("/data/{row}", http => LoggedIn(http, Delete));
        app.MapPost("/data/{row}/" + Action, http => LoggedIn(http, Act));
        app.MapPost("/data/{row}/{action}", http => LoggedIn(http, NoSuchThing));
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control) => DynamicsControl.Map(control, this);

    /// <summary>Empty books, no customers, all periods open, posting at once.</summary>
    public void Reset()
    {
        (_state, PostsLater) = (new State(), false);
        Slots.Reset(null);
    }

    private async Task LogIn(HttpContext http)
    {
        var fault = _faults.Take(Faults.DynamicsToken);
        if (fault?.Kind == Faults.CertificateExpired)
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_client", error_description = "AADSTS7000222: the client secret has expired." });
            return;
        }
        if (await _interference.Struck(http, fault) || await _interference.Spoilt(http, fault)) return;
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : null;
        var fields = form?.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal) ?? [];
        var (status, body) = Tokens.Answer(fields, $"{http.Request.Scheme}://{http.Request.Host}");
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(body);
    }

    private async Task LoggedIn(HttpContext http, Func<HttpContext, Task> service)
    {
        var bearer = http.Request.Headers.Authorization.ToString();
        if (!bearer.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.Holds(bearer[7..]))
        {
            await Interference.Unauthorized(http);
            return;
        }
        using var slot = Slots.Take();
        if (slot is null) await Interference.TooMany(http);
        else await service(http);
    }

    private async Task Read(HttpContext http)
    {
        var fault = _faults.Take(Faults.DynamicsRead);
        if (await _interference.Struck(http, fault) || await _interference.Spoilt(http, fault)) return;
        var set = (string)http.Request.RouteValues["set"]!;
        if (!EntitySchema.All.TryGetValue(set, out var schema))
        {
            await NoSuchThing(http);
            return;
        }
        List<EntityRow> rows;
        lock (Books.Gate) rows = [.. Books.Sets[set]];
        if (!CrossCompany(http)) rows.RemoveAll(row => row.Company != DynamicsMaster.DefaultCompany);
        try
        {
            await FeedV4.Write(http, rows, schema.Columns, schema.Sort, row => row.Etag, _options.PageSize);
        }
        catch (FormatException unknown)
        {
            await Interference.Refuse(http, new DynamicsProblem(400, unknown.Message));
        }
    }

    private async Task Batch(HttpContext http)
    {
        IReadOnlyList<IReadOnlyList<EntityWrite>> changeSets;
        try
        {
            changeSets = await BatchRequest.Read(http.Request, http.RequestAborted);
        }
        catch (FormatException broken)
        {
            await Interference.Refuse(http, new DynamicsProblem(400, broken.Message));
            return;
        }
        var customers = changeSets is [[{ Set: "CustomersV3" }, ..], ..];
        var fault = _faults.Take(customers ? Faults.DynamicsWrite : Faults.DynamicsCreate);
        if (await _interference.Struck(http, fault)) return;
        if (fault?.Kind == Faults.ClientFault)
        {
            await Interference.Refuse(http, new DynamicsProblem(400, "The batch was refused by a check of the sandbox."));
            return;
        }
        var goesOn = http.Request.Headers["Prefer"].ToString().Contains("odata.continue-on-error", StringComparison.Ordinal);
        if (fault?.Kind == Faults.CommitLate) _ = _interference.Later(fault.Pause(0.2), () => Write(changeSets, null, goesOn));
        var done = fault?.Kind is Faults.TimeoutBeforeCommit or Faults.CommitLate || fault is { Commit: false } ? [] : Write(changeSets, fault, goesOn);
        if (await _interference.Spoilt(http, fault)) return;
        var (type, body) = BatchRequest.Answer(fault?.Kind == Faults.HalfAnswer ? [.. done.Take(done.Count / 2)] : done);
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
    }

    /// <summary>Carries out change sets; the first that fails ends it, unless the caller asked to go on.</summary>
    private List<(IReadOnlyList<EntityWrite>, IReadOnlyList<byte[]>, DynamicsProblem?)> Write(
        IReadOnlyList<IReadOnlyList<EntityWrite>> changeSets, Fault? fault, bool goesOn)
    {
        var writer = new DynamicsWriter(Books);
        List<(IReadOnlyList<EntityWrite>, IReadOnlyList<byte[]>, DynamicsProblem?)> done = [];
        foreach (var (index, changeSet) in changeSets.Index())
        {
            var (rows, problem) = fault?.Kind == Faults.HalfBatch && index >= changeSets.Count / 2
                ? ([], new DynamicsProblem(400, "The change set was refused by a check of the sandbox."))
                : writer.Write(changeSet);
            done.Add((changeSet, [.. rows.Zip(changeSet).Select(pair => Json(pair.Second.Set, pair.First))], problem));
            if (problem is not null && !goesOn) break;
        }
        return done;
    }

    private async Task Create(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var set = (string)http.Request.RouteValues["set"]!;
        var (rows, problem) = new DynamicsWriter(Books).Write([new EntityWrite(set, "", body.ToArray())]);
        if (problem is not null)
        {
            await Interference.Refuse(http, problem);
            return;
        }
        http.Response.StatusCode = 201;
        http.Response.ContentType = "application/json; odata.metadata=minimal";
        await http.Response.Body.WriteAsync(Json(set, rows[0]));
    }

    private async Task Delete(HttpContext http)
    {
        var fault = _faults.Take(Faults.DynamicsDelete);
        if (await _interference.Struck(http, fault)) return;
        if (Key(http) is not { } key)
        {
            await NoSuchThing(http);
            return;
        }
        var problem = fault?.Kind switch
        {
            Faults.TimeoutBeforeCommit => null,
            Faults.ClientFault => new DynamicsProblem(400, "Delete failed: refused by a check of the sandbox."),
            _ => new DynamicsWriter(Books).Delete(key.Set, key.Company, key.Number, http.Request.Headers.IfMatch.ToString()),
        };
        if (await _interference.Spoilt(http, fault)) return;
        if (problem is not null) await Interference.Refuse(http, problem);
        else http.Response.StatusCode = 204;
    }

    private async Task Act(HttpContext http)
    {
        if (Key(http) is { } key) await Post(http, key.Company, key.Number);
        else await NoSuchThing(http);
    }

    private static Task NoSuchThing(HttpContext http) =>
        Interference.Refuse(http, new DynamicsProblem(404, $"No HTTP resource was found that matches the request URI '{http.Request.Path}'."));

    private async Task Service(HttpContext http)
    {
        using var json = await JsonDocument.ParseAsync(http.Request.Body);
        string Word(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        await Post(http, Word("_dataAreaId"), Word("_journalBatchNumber"));
    }

    private async Task Post(HttpContext http, string company, string number)
    {
        var fault = _faults.Take(Faults.DynamicsPost);
        if (await _interference.Struck(http, fault)) return;
        if (fault?.Kind == Faults.ClientFault)
        {
            await Interference.Refuse(http, new DynamicsProblem(500, "Posting was refused by a check of the sandbox."));
            return;
        }
        var posting = Posting;
        if (fault?.Kind == Faults.CommitLate) _ = _interference.Later(fault.Pause(0.2), () => posting.Post(company, number));
        var held = PostsLater || fault?.Kind is Faults.TimeoutBeforeCommit or Faults.CommitLate || fault is { Commit: false };
        var day = Books.DayOf(company, number);
        _closer.Passing(fault, 0, 1, () => Master.Close(company, day), () => Master.Open(company, day));
        var problem = held ? null : posting.Post(company, number);
        _closer.Passing(fault, 1, 1, () => Master.Close(company, day), () => Master.Open(company, day));
        if (await _interference.Spoilt(http, fault)) return;
        // An exception in the vendor's code is its own server error.
        if (problem is not null) await Interference.Refuse(http, problem.Status == 404 ? problem : problem with { Status = 500 });
        else http.Response.StatusCode = 204;
    }

    private static (string Set, string Company, string Number)? Key(HttpContext http)
    {
        var match = RowAddress().Match(Uri.UnescapeDataString((string)http.Request.RouteValues["row"]!));
        // Without it a row of another company than the user's own is not there.
        return match.Success && CrossCompany(http) ? (match.Groups["set"].Value, match.Groups["company"].Value, match.Groups["number"].Value) : null;
    }

    private static bool CrossCompany(HttpContext http) => http.Request.Query["cross-company"] == "true";

    private static byte[] Json(string set, EntityRow row)
    {
        using var bytes = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("@odata.etag", row.Etag);
            foreach (var column in EntitySchema.All[set].Columns.Values) column.Write(json, row);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    [GeneratedRegex(@"^(?<set>\w+)\(dataAreaId='(?<company>\w+)',JournalBatchNumber='(?<number>[^']+)'\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RowAddress();

    private sealed class State
    {
        public DynamicsBooks Books { get; } = new();
        public DynamicsMaster Master { get; } = new();
    }
}
