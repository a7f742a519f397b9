using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Tieout.Api;
using Tieout.Application.Confirmations;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>A world whose SAP books in its own time and confirms at our own door, over the real host.</summary>
internal sealed class ConfirmingWorld : IAsyncDisposable
{
    public const string Secret = "a secret of the test's own";

    private readonly ConfirmationInbox _inbox = new();
    private readonly List<IErpConnector> _connectors = [];
    private WebApplication _api = null!;

    public required World World { get; init; }

    public IReadOnlyList<DeliveryTarget> Targets { get; private set; } = [];

    public Uri Door(string target = "sap-us") => new(new Uri(_api.Urls.First() + "/"), "v1/confirmations/" + target);

    /// <summary>Books, a stand-in and a door.</summary>
    /// <param name="postgres">Where the books are.</param>
    /// <param name="invoices">How many.</param>
    /// <param name="delivery">The way in.</param>
    /// <param name="policy">How patient; null for the world's own.</param>
    /// <param name="booksAfter">How long SAP takes to book, in milliseconds.</param>
    public static async Task<ConfirmingWorld> Start(
        PostgresFixture postgres, int invoices, string delivery = "asynchronous", PostingPolicy? policy = null, double booksAfter = 20)
    {
        var confirming = new ConfirmingWorld { World = await World.Start(postgres, invoices) };
        confirming._inbox.KeepIn(confirming.World.Database.Source);
        confirming.Targets = [.. new[] { "1710", "1010" }.Select(company => confirming.Target(company, delivery, policy))];
        confirming._api = TieoutApi.Build(confirming.World.Database.Source, "http://127.0.0.1:0", TimeProvider.System, targets: confirming.Targets);
        await confirming._api.StartAsync();
        await confirming.World.Tell("confirmations", new { url = confirming.Door(), user = "SAP", secret = Secret, booksAfterMs = booksAfter });
        return confirming;
    }

    /// <summary>Delivers while <paramref name="until"/> does not hold.</summary>
    public async Task Serve(Func<Task<bool>> until)
    {
        using var stop = new CancellationTokenSource();
        var troubles = new ConcurrentQueue<string>();
        var serving = new DeliverAlways(World.Database.Source, TimeProvider.System, Targets).Run(troubles.Enqueue, stop.Token);
        try
        {
            await Eventually.True(until, "what the story is about");
        }
        finally
        {
            await stop.CancelAsync();
            await serving;
        }
        troubles.ShouldBeEmpty();
    }

    public async Task<(HttpStatusCode Status, string Text)> Knock(
        string content, string target = "sap-us", string? login = "SAP:" + Secret, string type = "text/xml")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Door(target)) { Content = new StringContent(content, Encoding.UTF8, type) };
        request.Headers.ExpectContinue = true; // so that what is too large need not be sent to be refused
        if (login is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A confirmation of one document; without a number it was refused.</summary>
    public static string Message(string reference, string number = "1800000001", int severity = 1, string note = "Document posted") =>
        $"""
        <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><f:JournalEntryBulkCreationConfirmation xmlns:f="http://sap.com/xi/SAPSCORE/SFIN">
        <MessageHeader><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader><JournalEntryCreateConfirmation>
        <MessageHeader><ReferenceID>{reference}</ReferenceID><CreationDateTime>2026-11-20T08:15:00Z</CreationDateTime></MessageHeader>
        <JournalEntryCreateConfirmation><AccountingDocument>{number}</AccountingDocument><CompanyCode>1710</CompanyCode><FiscalYear>2026</FiscalYear></JournalEntryCreateConfirmation>
        <Log><MaximumLogItemSeverityCode>{severity}</MaximumLogItemSeverityCode><Item><TypeID>201(F5)</TypeID><SeverityCode>{severity}</SeverityCode><Note>{note}</Note></Item></Log>
        </JournalEntryCreateConfirmation><Log/></f:JournalEntryBulkCreationConfirmation></s:Body></s:Envelope>
        """;

    public async ValueTask DisposeAsync()
    {
        await _api.StopAsync();
        await _api.DisposeAsync();
        foreach (var connector in _connectors) await connector.DisposeAsync();
        await World.DisposeAsync();
    }

    private DeliveryTarget Target(string company, string delivery, PostingPolicy? policy)
    {
        var settings = World.Settings(company) with
        {
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["delivery"] = delivery, ["confirmation-grace-seconds"] = "1", ["idoc-receiver"] = "SBXCLNT100" },
            // The German tenant speaks for itself only; it confirms nothing here.
            Confirmations = new ConfirmationLogin("SAP", company == "1710" ? Secret : "another secret altogether"),
        };
        var connector = ErpConnectors.Create(settings, TimeProvider.System, _inbox);
        _connectors.Add(connector);
        return World.Target(settings, _ => connector, policy);
    }
}
