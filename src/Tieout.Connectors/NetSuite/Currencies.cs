using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>NetSuite's internal ids of currencies, learned once and again when one is not known: somebody may have added it.</summary>
internal sealed class Currencies(SuiteQl suiteQl)
{
    private volatile IReadOnlyDictionary<string, string> _ids = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The id of an ISO code; null when NetSuite has no such currency, as far as was learned.</summary>
    public string? IdOf(string code) => _ids.GetValueOrDefault(code);

    /// <summary>Makes sure that the codes were asked for.</summary>
    /// <exception cref="ReadBackException">NetSuite cannot be asked.</exception>
    public async Task Learn(IEnumerable<string> codes, IExchangeLog log, CancellationToken cancel)
    {
        if (codes.All(_ids.ContainsKey)) return;
        var rows = await suiteQl.Few("currencies-find", Questions.Currencies(), log, cancel);
        _ids = rows.Where(row => row.Text("symbol").Length > 0)
            .DistinctBy(row => row.Text("symbol"), StringComparer.Ordinal)
            .ToDictionary(row => row.Text("symbol"), row => row.Need("id"), StringComparer.Ordinal);
    }
}
