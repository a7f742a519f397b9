using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.AvaTax;

/// <summary>
/// Avalara AvaTax as seen through REST v2: estimates, documents kept under their code, look-ups, voids. It answers at once
/// unless a fault was asked for.
/// </summary>
internal sealed class AvaTaxStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    private readonly string _login = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}"));
    private AvaTaxLedger _ledger = new();

    /// <summary>Adds the services.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v2/utilities/ping", http => Answer(http, 200, new { version = "sandbox", authenticated = Knows(http) }));
        app.MapPost("/api/v2/transactions/create", http => Guarded(http, Create));
        app.MapPost("/api/v2/transactions/createoradjust", http => Guarded(http, CreateOrAdjust));
        app.MapGet("/api/v2/companies/{company}/transactions/{code}", http => Guarded(http, Read));
        app.MapPost("/api/v2/companies/{company}/transactions/{code}/void", http => Guarded(http, Void));
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        var group = control.MapGroup("/avatax");
        group.MapGet("/ledger", () => _ledger.All.Select(document => new
        {
            document.Company,
            document.Code,
            document.Type,
            document.Status,
            document.Version,
            document.CustomerCode,
            document.Currency,
            Amount = document.TotalAmount.ToString(CultureInfo.InvariantCulture),
            Tax = document.TotalTax.ToString(CultureInfo.InvariantCulture),
            document.TaxDate,
            TaxCodes = document.Lines.Select(line => line.TaxCode),
        }));
        group.MapPost("/lock", (Which which) => Changed(which, document => document with { Locked = true }));
        group.MapPost("/void", (Which which) => Changed(which, document => document with { Status = "Cancelled" }));
        group.MapPost("/alter", (Which which) => Changed(which, document => document with { CustomerCode = "SOMEBODY-ELSE" }));
    }

    /// <summary>An empty ledger.</summary>
    public void Reset() => _ledger = new AvaTaxLedger();

    private IResult Changed(Which which, Func<AvaTaxDocument, AvaTaxDocument> change) =>
        _ledger.Change(which.Company, which.Code, which.Type, change) is null ? Results.NotFound() : Results.NoContent();

    private bool Knows(HttpContext http) => http.Request.Headers.Authorization == _login;

    private Task Guarded(HttpContext http, Func<HttpContext, Task> service) =>
        Knows(http) ? service(http) : Refuse(http, new AvaTaxProblem(401, "AuthenticationException", "Authentication failed."));

    private async Task Create(HttpContext http)
    {
        var fault = faults.Take(Faults.TaxQuote);
        if (await Struck(http, fault)) return;
        var (document, problem) = AvaTaxReader.Read(await Body(http));
        if (problem is not null) await Refuse(http, problem);
        else if (document!.Status == "Temporary") await Answered(http, fault, 201, Untrue(document, fault));
        else if (_ledger.Find(document.Company, document.Code, document.Type) is { Status: "Committed" })
            await Refuse(http, new AvaTaxProblem(400, "DocumentCodeConflict", "The code is taken.", "code"));
        else await Answered(http, fault, 201, _ledger.Keep(document));
    }

    private static AvaTaxDocument Untrue(AvaTaxDocument document, Fault? fault) => fault?.Kind switch
    {
        Faults.WrongSum => document with { WrongBy = 0.01m },
        Faults.WrongTax => document with { Lines = [document.Lines[0] with { Tax = document.Lines[0].Tax + 5 }, .. document.Lines.Skip(1)] },
        Faults.MissingLine => document with { Lines = [.. document.Lines.Skip(1), document.Lines[0] with { Number = "another" }] },
        _ => document,
    };

    private async Task CreateOrAdjust(HttpContext http)
    {
        var fault = faults.Take(Faults.TaxCommit);
        if (await Struck(http, fault)) return;
        var body = await Body(http);
        if (fault?.Kind == Faults.CommitLate)
        {
            _ = Later(body.Clone(), fault.Pause(0.2));
            await Silence(http, fault with { Seconds = null });
            return;
        }
        var (document, problem) = Adjust(body);
        if (problem is not null) await Refuse(http, problem);
        else await Answered(http, fault, 200, document!);
    }

    private (AvaTaxDocument?, AvaTaxProblem?) Adjust(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("createTransactionModel", out var model))
            return (null, new AvaTaxProblem(400, "ValueRequiredError", "Field createTransactionModel is required.", "createTransactionModel"));
        var (document, problem) = AvaTaxReader.Read(model);
        if (problem is not null) return (null, problem);
        return _ledger.Find(document!.Company, document.Code, document.Type) is { Locked: true }
            ? (null, new AvaTaxProblem(400, "CannotModifyLockedTransaction", "The transaction is locked.", "code"))
            : (_ledger.Keep(document), null);
    }

    private async Task Read(HttpContext http)
    {
        var fault = faults.Take(Faults.TaxRead);
        if (await Struck(http, fault)) return;
        var (company, code) = (Route(http, "company"), Route(http, "code"));
        if (!AvaTaxReader.IsCompany(company)) await Refuse(http, new AvaTaxProblem(400, "CompanyInvalidException", "There is no such company."));
        else if (_ledger.Find(company, code, TypeOf(http)) is { } document) await Answered(http, fault, 200, document);
        else await Answered(http, fault, 404, Error(new AvaTaxProblem(404, "EntityNotFoundError", $"The transaction '{code}' was not found.")));
    }

    private async Task Void(HttpContext http)
    {
        var fault = faults.Take(Faults.TaxCommit);
        if (await Struck(http, fault)) return;
        var (company, code, type) = (Route(http, "company"), Route(http, "code"), TypeOf(http));
        var answer = _ledger.Find(company, code, type) switch
        {
            null => new AvaTaxProblem(404, "EntityNotFoundError", $"The transaction '{code}' was not found."),
            { Locked: true } => new AvaTaxProblem(400, "CannotModifyLockedTransaction", "The transaction is locked."),
            { Status: "Cancelled" } => new AvaTaxProblem(400, "TransactionAlreadyCancelled", "The transaction is cancelled."),
            _ => null,
        };
        if (answer is not null) await Refuse(http, answer);
        else await Answered(http, fault, 200, _ledger.Change(company, code, type, document => document with { Status = "Cancelled" })!);
    }

    // Faults that strike before anything is done; true when the answer is given.
    private async Task<bool> Struck(HttpContext http, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Reject503 or Faults.Throttle429:
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Seconds ?? 1).ToString(CultureInfo.InvariantCulture);
                await Refuse(http, fault.Kind == Faults.Reject503
                    ? new AvaTaxProblem(503, "ServiceNotReady", "The service is not ready.")
                    : new AvaTaxProblem(429, "RateLimitExceededError", "Too many requests."));
                return true;
            case Faults.TokenExpired:
                await Refuse(http, new AvaTaxProblem(401, "AuthenticationException", "Authentication failed."));
                return true;
            case Faults.CertificateExpired:
                await Refuse(http, new AvaTaxProblem(401, "AuthenticationException", "The license key has expired."));
                return true;
            case Faults.ClientFault:
                await Refuse(http, new AvaTaxProblem(400, "GetTaxError", "The transaction cannot be processed."));
                return true;
            case Faults.TimeoutBeforeCommit:
                await Silence(http, fault);
                return true;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer when !fault.Commit:
                await Garbled(http, fault, "{\"id\":1}"u8.ToArray());
                return true;
            default:
                return false;
        }
    }

    private Task Answered(HttpContext http, Fault? fault, int status, AvaTaxDocument document) => Answered(http, fault, status, Model(document));

    // Faults that strike after it was done.
    private async Task Answered(HttpContext http, Fault? fault, int status, object body)
    {
        switch (fault?.Kind)
        {
            case Faults.CommitThenSilence: await Silence(http, fault); break;
            case Faults.ServerFault: await Refuse(http, new AvaTaxProblem(500, "InternalServerError", "The server encountered an error.")); break;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer:
                await Garbled(http, fault, JsonSerializer.SerializeToUtf8Bytes(body));
                break;
            default: await Answer(http, status, body); break;
        }
    }

    private async Task Later(JsonElement body, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            Adjust(body);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    // Says nothing until the caller has gone or the fault's time is over, then cuts the line.
    private async Task Silence(HttpContext http, Fault fault)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await Task.Delay(fault.Pause(600), clock, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller gave up, as it should.
        }
        http.Abort();
    }

    private static async Task Garbled(HttpContext http, Fault fault, byte[] answer)
    {
        http.Response.ContentType = fault.Kind == Faults.HtmlAnswer ? "text/html" : "application/json";
        if (fault.Kind == Faults.HtmlAnswer)
        {
            await http.Response.WriteAsync("<html><body><h1>Maintenance</h1></body></html>");
            return;
        }
        var cut = fault.Kind == Faults.TruncatedAnswer;
        if (cut) http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
        if (!cut) return; // a whole HTTP answer, half a document
        await http.Response.Body.FlushAsync();
        http.Abort();
    }

    private static async Task<JsonElement> Body(HttpContext http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static object Model(AvaTaxDocument document) => new
    {
        id = document.Id,
        code = document.Code,
        type = document.Type,
        status = document.Status,
        date = document.Date,
        taxDate = document.TaxDate,
        customerCode = document.CustomerCode,
        currencyCode = document.Currency,
        totalAmount = document.TotalAmount,
        totalTax = document.TotalTax + document.WrongBy,
        totalTaxCalculated = document.TotalTaxCalculated,
        totalTaxable = document.Lines.Where(line => line.Parts.Count > 0).Sum(line => line.Amount),
        version = document.Version,
        locked = document.Locked,
        lines = document.Lines.Select(line => new
        {
            lineNumber = line.Number,
            lineAmount = line.Amount,
            tax = line.Tax,
            taxCalculated = line.TaxCalculated,
            taxCode = line.TaxCode,
            details = line.Parts.Select(part => new
            {
                country = part.Country,
                region = part.Region,
                jurisName = part.JurisName,
                jurisdictionType = part.JurisdictionType,
                rate = part.Rate,
                taxableAmount = part.TaxableAmount,
                tax = part.Tax,
            }),
        }),
    };

    private static Task Refuse(HttpContext http, AvaTaxProblem problem) => Answer(http, problem.Status, Error(problem));

    private static object Error(AvaTaxProblem problem) => new
    {
        error = new
        {
            code = problem.Code,
            message = problem.Message,
            target = problem.Status == 401 ? "HttpRequestHeaders" : "IncorrectData",
            details = new[]
            {
                new { code = problem.Code, number = 300, message = problem.Message, faultCode = "Client", refersTo = problem.RefersTo, severity = "Error" },
            },
        },
    };

    private static Task Answer(HttpContext http, int status, object body)
    {
        http.Response.StatusCode = status;
        http.Response.Headers["x-correlation-id"] = Guid.CreateVersion7().ToString();
        return http.Response.WriteAsJsonAsync(body);
    }

    private static string Route(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    private static string TypeOf(HttpContext http) => http.Request.Query["documentType"] is [{ Length: > 0 } type, ..] ? type : "SalesInvoice";

    /// <summary>Input of <c>/_sandbox/avatax/…</c>.</summary>
    internal sealed record Which(string Company, string Code, string Type = "SalesInvoice");
}
