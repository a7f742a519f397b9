using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Legacy;

/// <summary>
/// The same ERP behind a SOAP 1.1 service at <c>/legacy/soap</c>, with a ledger of its own. Every message is held against the schema it serves;
/// one that breaks it is a fault that blames the client.
/// </summary>
internal sealed class LegacySoapStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    private readonly LegacyInterference _interference = new(clock, stopping);
    private readonly PeriodCloser _closer = new(clock, stopping);
    private LegacyBooks _books = new();

    /// <summary>Adds the service and its description.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/legacy/soap", Call);
        app.MapGet("/legacy/soap", (HttpContext http) => Results.Bytes(LegacyMessages.Resource(http.Request.Query.ContainsKey("xsd") ? "xsd" : "wsdl"), "text/xml"));
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        LegacyControl.Map(control, "legacy-soap", () => _books, () => { });
        _interference.Slots.MapControl(control.MapGroup("/legacy-soap"));
    }

    /// <summary>A fresh ledger.</summary>
    public void Reset()
    {
        _books = new LegacyBooks();
        _interference.Slots.Reset(null);
    }

    private async Task Call(HttpContext http)
    {
        if (http.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"legacy\"";
            return;
        }
        using var slot = _interference.Slots.Take();
        if (slot is null)
        {
            await LegacyInterference.TooMany(http);
            return;
        }
        var (message, problem) = await LegacyMessages.Read(http.Request);
        if (message is null)
        {
            await LegacyMessages.Write(http, 500, LegacyMessages.Fault("Client", problem));
            return;
        }
        var operation = message.Name.LocalName;
        var fault = faults.Take(operation switch
        {
            "PostDocuments" => Faults.LegacySoapPost,
            "PutCustomers" => Faults.LegacySoapWrite,
            _ => Faults.LegacySoapRead,
        });
        if (await _interference.Struck(http, fault, operation)) return;
        if (fault?.Kind == Faults.CommitLate) _ = _interference.Later(fault.Pause(0.2), () => Answer(message, null));
        var answer = fault?.Kind is Faults.CommitLate or Faults.TimeoutBeforeCommit || fault is { Commit: false } ? null : Answer(message, fault);
        if (!await _interference.Spoilt(http, fault, answer)) await LegacyMessages.Write(http, 200, answer!);
    }

    private XElement Answer(XElement message, Fault? fault)
    {
        lock (_books.Gate)
        {
            var name = message.Name.LocalName;
            return LegacyMessages.Of(message, "Company") != LegacyBooks.Company
                ? LegacyMessages.Error(name, "COMPANY", "The company is not known")
                : name switch
                {
                    "PostDocuments" => LegacyMessages.Results(name, Halved(Post(message, fault), fault)),
                    "PutCustomers" => LegacyMessages.Results(name, message.Elements(LegacyMessages.Erp + "Customer")
                        .Select(customer => _books.Put(LegacyMessages.Of(customer, "Code"), LegacyMessages.Of(customer, "Name"))).ToList()),
                    "GetDocumentStatus" => LegacyMessages.Documents(name, UnderKeys(message), ""),
                    _ => List(message),
                };
        }
    }

    private List<LegacyResult> Post(XElement message, Fault? fault)
    {
        var postings = message.Elements(LegacyMessages.Erp + "Document").Select(LegacyMessages.Posting).ToList();
        return _books.Run(postings, fault, _closer);
    }

    private static List<LegacyResult> Halved(List<LegacyResult> results, Fault? fault) =>
        fault?.Kind == Faults.HalfAnswer ? results[..(results.Count / 2)] : results;

    private List<LegacyPosting> UnderKeys(XElement message)
    {
        var keys = message.Elements(LegacyMessages.Erp + "Key").Select(key => key.Value).ToHashSet(StringComparer.Ordinal);
        return [.. _books.Postings.Where(posting => keys.Contains(posting.Key))];
    }

    private XElement List(XElement message)
    {
        var month = LegacyMessages.Of(message, "Month");
        var size = Math.Min(options.PageSize, int.Parse(LegacyMessages.Of(message, "Size"), CultureInfo.InvariantCulture));
        var rest = _books.Postings.Where(posting => posting.Date.ToString("yyyy-MM", CultureInfo.InvariantCulture) == month
            && string.CompareOrdinal(posting.Number, LegacyMessages.Of(message, "After")) > 0).Take(size + 1).ToList();
        return LegacyMessages.Documents("ListDocuments", rest.Take(size).ToList(), rest.Count > size ? rest[size - 1].Number : "");
    }
}
