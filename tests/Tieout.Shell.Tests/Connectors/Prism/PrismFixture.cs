using System.Collections.Concurrent;
using Tieout.Sandbox;
using Tieout.Shell.Tests.Connectors.Prism;

[assembly: AssemblyFixture(typeof(PrismFixture))]

namespace Tieout.Shell.Tests.Connectors.Prism;

/// <summary>
/// A second opinion on what our connectors send: Stoplight's Prism, made from OpenAPI descriptions in <c>tests/prism/specs</c>. Every request
/// that a conformance test sent to a stand-in is put before it; what it answers from its examples does not matter. One process per
/// description, started when it is first asked, ended by its id with the tests.
/// </summary>
public sealed class PrismFixture : IAsyncLifetime
{
    /// <summary>NetSuite's record service, SuiteQL and token door.</summary>
    public static readonly PrismSpec NetSuite = new("netsuite-subset.openapi.json", "/services/rest", []);

    /// <summary>
    /// Dynamics 365 Finance's entity sets. What else we call stands in the contract and not in the description: the door for batches (its parts are
    /// judged each by itself), the bound actions and the custom service that post a journal, single entities by key, the ledger's entries, and the log-in of Entra ID.
    /// </summary>
    public static readonly PrismSpec Dynamics = new(
        "d365-finance-subset.openapi.json", "",
        [@"^/data/\$batch$", @"^/data/\w+\([^)]*\)(/Microsoft\.Dynamics\.DataEntities\.\w+)?$", "^/data/GeneralJournalAccountEntries$", "^/api/services/", @"/oauth2/v2\.0/token$"]);

    private readonly ConcurrentDictionary<PrismSpec, Lazy<Task<PrismProcess>>> _running = [];
    private readonly ConcurrentDictionary<string, bool> _judged = new(StringComparer.Ordinal);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _running.Values.Where(one => one is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            await (await one.Value).DisposeAsync();
    }

    /// <summary>Fails for requests that the description does not allow, naming each with what is wrong.</summary>
    public async Task Judge(PrismSpec spec, IEnumerable<SeenRequest> requests) => (await Verdicts(spec, requests)).ShouldBeEmpty();

    /// <summary>What is wrong with them; the same request is asked about once in a run.</summary>
    public async Task<IReadOnlyList<string>> Verdicts(PrismSpec spec, IEnumerable<SeenRequest> requests)
    {
        var prism = await _running.GetOrAdd(spec, one => new Lazy<Task<PrismProcess>>(() => PrismProcess.Start(one.File))).Value;
        List<string> wrong = [];
        foreach (var request in requests.SelectMany(BatchParts.Of).Where(request => !spec.IsOutside(request)))
            if (!_judged.ContainsKey(spec.Named(request)))
            {
                var said = await prism.Ask(spec.Within(request));
                if (said.Length > 0) wrong.Add($"{request.Method} {request.PathAndQuery}: {said}\n{System.Text.Encoding.UTF8.GetString(request.Body)}");
                else _judged.TryAdd(spec.Named(request), true);
            }
        return wrong;
    }
}
