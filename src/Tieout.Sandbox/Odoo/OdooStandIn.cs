using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Odoo;

/// <summary>
/// Odoo as seen through JSON-RPC: log-in by API key, a search over rows, drafts, posting, reconciling. Errors come with HTTP 200. It answers at
/// once unless a fault was asked for.
/// </summary>
internal sealed class OdooStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    private const long User = 2;

    /// <summary>The name of its only database.</summary>
    public const string DatabaseName = "sandbox";

    private readonly OdooInterference _interference = new(faults, clock, stopping);
    private readonly PeriodCloser _closer = new(clock, stopping);
    private State _state = new();
    private bool _halve;

    /// <summary>Its rows.</summary>
    public OdooDatabase Database => _state.Database;

    /// <summary>What moves do.</summary>
    public OdooMoves Moves => _state.Moves;

    /// <summary>Calls at once that it takes; any number unless somebody says otherwise.</summary>
    public CallSlots Slots => _interference.Slots;

    /// <summary>Adds the service.</summary>
    public void Map(IEndpointRouteBuilder app) => app.MapPost("/jsonrpc", Call);

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control) => OdooControl.Map(control, this);

    /// <summary>A fresh database.</summary>
    public void Reset()
    {
        (_state, _halve) = (new State(), false);
        Slots.Reset(null);
    }

    private async Task Call(HttpContext http)
    {
        var envelope = await JsonSerializer.DeserializeAsync<JsonObject>(http.Request.Body, cancellationToken: http.RequestAborted);
        var id = envelope?["id"]?.DeepClone();
        var asked = (JsonObject)envelope!["params"]!;
        var arguments = (JsonArray)asked["args"]!;
        var isLogin = asked["service"]!.GetValue<string>() == "common";
        var call = isLogin ? null : Method.Of(arguments);
        using var slot = Slots.Take();
        if (slot is null)
        {
            await OdooInterference.TooMany(http);
            return;
        }
        var fault = faults.Take(call?.Place ?? Faults.OdooLogin);
        if (await _interference.Struck(http, fault, id)) return;
        if (fault?.Kind == Faults.CommitLate) _ = _interference.Later(fault.Pause(0.2), () => Answer(null, arguments, call, null));
        var answer = fault?.Kind is Faults.TimeoutBeforeCommit or Faults.CommitLate || fault is { Commit: false } ? [] : Answer(id, arguments, call, fault);
        if (await _interference.Spoilt(http, fault)) return;
        await OdooInterference.Write(http, answer);
    }

    private JsonObject Answer(JsonNode? id, JsonArray arguments, Method? call, Fault? fault)
    {
        try
        {
            lock (Database.Gate)
            {
                var result = call is null ? LogIn(arguments, fault) : LoggedIn(arguments) ? InPeriod(call, fault) : throw OdooFault.Denied();
                var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id };
                // A method that gives nothing has no result at all.
                if (result is not null) answer["result"] = result;
                return answer;
            }
        }
        catch (OdooFault refused)
        {
            return OdooInterference.Error(id, refused);
        }
    }

    // A call is one transaction: the period closes before it or behind it.
    private JsonNode? InPeriod(Method call, Fault? fault)
    {
        if (fault?.Kind != Faults.PeriodCloses) return Carried(call, fault);
        var database = Database;
        var allowed = OdooDatabase.Allowed(call.Named["context"] as JsonObject ?? [])[0];
        var company = database.Get("res.company", allowed);
        var before = company["fiscalyear_lock_date"];
        Passing(0);
        var result = Carried(call, fault);
        Passing(1);
        return result;

        void Passing(int done) => _closer.Passing(fault with { After = Math.Min(fault.After ?? 1, 1) }, done, 1,
            () => company["fiscalyear_lock_date"] = Moves.LastMonthEnd(allowed),
            () => { lock (database.Gate) company["fiscalyear_lock_date"] = before; });
    }

    // An API key that has run out is a key that opens nothing.
    private JsonValue LogIn(JsonArray arguments, Fault? fault)
    {
        if (fault?.Kind == Faults.CertificateExpired) return JsonValue.Create(false);
        if (arguments[0]!.GetValue<string>() != DatabaseName)
            throw new OdooFault("psycopg2.OperationalError", $"FATAL:  database \"{arguments[0]!.GetValue<string>()}\" does not exist");
        return arguments[1]!.GetValue<string>() == options.User && arguments[2]!.GetValue<string>() == options.Password
            ? JsonValue.Create(User)
            : JsonValue.Create(false);
    }

    private bool LoggedIn(JsonArray arguments) => arguments[0]!.GetValue<string>() == DatabaseName && arguments[1]!.GetValue<long>() == User
        && arguments[2]!.GetValue<string>() == options.Password;

    private JsonNode? Carried(Method call, Fault? fault)
    {
        if (fault?.Kind == Faults.ClientFault) throw new OdooFault("The call was refused by a check of the sandbox.");
        if (fault?.Kind == Faults.HalfBatch && call.Name == "action_post")
        {
            var ids = call.Ids;
            Moves.Refused.UnionWith(ids.Skip((ids.Count + 1) / 2));
        }
        if (fault?.Kind == Faults.HalfAnswer) _halve = true;
        var context = call.Named["context"] as JsonObject ?? [];
        switch (call.Model, call.Name)
        {
            case (_, "search_read"): return Searched(call, context);
            case (_, "search_count"): return JsonValue.Create(Database.Search(call.Model, (JsonArray)call.Args[0]!, context).Count());
            case (_, "fields_get"):
                return new JsonObject(OdooDatabase.Having(call.Model, ((JsonArray)call.Args[0]!).Select(field => field!.GetValue<string>()))
                    .Select(field => KeyValuePair.Create<string, JsonNode?>(field, new JsonObject { ["type"] = "date" })));
            case ("account.move.line", "read_group"): return Grouped(call, context);
            case ("res.partner", "create"): return Ids(Partners((JsonArray)call.Args[0]!));
            case ("account.move", "create"): return Ids(Moves.Create((JsonArray)call.Args[0]!, context));
            case ("account.move", "write"):
                foreach (var id in call.Ids) Moves.Write(id, (JsonObject)call.Args[1]!);
                return JsonValue.Create(true);
            case ("account.move", "unlink"): Moves.Unlink(call.Ids); return JsonValue.Create(true);
            case ("account.move", "action_post"): Moves.Post(call.Ids); return JsonValue.Create(false);
            case ("account.move.line", "reconcile"): Moves.Reconcile(call.Ids); return null;
            default: throw new OdooFault("builtins.AttributeError", $"The method '{call.Model}.{call.Name}' does not exist");
        }
    }

    private JsonArray Searched(Method call, JsonObject context)
    {
        var fields = ((JsonArray)call.Named["fields"]!).Select(field => field!.GetValue<string>()).ToList();
        OdooDatabase.Known(call.Model, fields);
        if (call.Named["order"]?.GetValue<string>() is not (null or "id")) throw OdooFault.Value("The sandbox orders by id.");
        var rows = Database.Search(call.Model, (JsonArray)call.Args[0]!, context).Skip(call.Named["offset"]?.GetValue<int>() ?? 0);
        var told = rows.Take(call.Named["limit"]?.GetValue<int>() ?? int.MaxValue).ToList();
        if (_halve && call.Model == "account.move" && told.Count > 0) (_halve, told) = (false, told[..(told.Count / 2)]);
        return new JsonArray([.. told.Select(row => (JsonNode)Database.Tell(call.Model, row, fields))]);
    }

    private JsonArray Grouped(Method call, JsonObject context)
    {
        var groups = Database.Search(call.Model, (JsonArray)call.Args[0]!, context)
            .GroupBy(line => (Account: line.Link("account_id"), Currency: line.Link("currency_id")));
        return new JsonArray([.. groups.Select(group =>
        {
            var told = Database.Tell(call.Model, group.First(), ["account_id", "currency_id"]);
            told.Remove("id");
            told["amount_currency"] = group.Sum(line => line.Amount("amount_currency"));
            told["__count"] = group.Count();
            return (JsonNode)told;
        })]);
    }

    private List<long> Partners(JsonArray values)
    {
        foreach (var one in values)
        {
            OdooDatabase.Known("res.partner", ((JsonObject)one!).Select(value => value.Key));
            if (string.IsNullOrEmpty(one!["name"]?.GetValue<string>())) throw OdooFault.Validation("Contacts require a name");
        }
        return [.. values.Select(one => Database.Add(
            "res.partner", ("name", one!["name"]!.GetValue<string>()), ("ref", one["ref"]?.GetValue<string>()), ("is_company", true), ("active", true),
            ("country_id", one["country_id"]?.GetValue<long>())).Id)];
    }

    private static JsonArray Ids(IEnumerable<long> ids) => new([.. ids.Select(id => (JsonNode)id)]);

    /// <summary>A call of a model's method.</summary>
    private sealed record Method(string Model, string Name, JsonArray Args, JsonObject Named)
    {
        /// <summary>Where a fault strikes it.</summary>
        public string Place => (Model, Name) switch
        {
            ("account.move", "create") => Faults.OdooCreate,
            ("account.move", "write") => Faults.OdooChange,
            ("account.move", "action_post") => Faults.OdooPost,
            ("account.move", "unlink") => Faults.OdooDelete,
            ("account.move.line", "reconcile") => Faults.OdooSettle,
            ("res.partner", "create") => Faults.OdooWrite,
            _ => Faults.OdooRead,
        };

        /// <summary>The records it is for.</summary>
        public List<long> Ids => [.. ((JsonArray)Args[0]!).Select(id => id!.GetValue<long>())];

        public static Method Of(JsonArray arguments) => new(
            arguments[3]!.GetValue<string>(), arguments[4]!.GetValue<string>(), (JsonArray)arguments[5]!, arguments.Count > 6 ? (JsonObject)arguments[6]! : []);
    }

    private sealed class State
    {
        public State() => Moves = new OdooMoves(Database);

        public OdooDatabase Database { get; } = OdooSeed.Database();
        public OdooMoves Moves { get; }
    }
}
