using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Why NetSuite refused a document. Its codes rarely tell, and its texts change with language and release; so the two most frequent
/// causes are asked for: whether the date's period is open, and the customer's state. One of these serves one delivery and asks each
/// thing once: a closed month refuses all of it.
/// </summary>
internal sealed class Diagnosis(NetSuiteSettings settings, SuiteQl suiteQl, JournalMap map)
{
    private readonly Dictionary<string, string?> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<DateOnly, string?> _periods = [];

    /// <summary>The outcome of a refusal; nothing was booked.</summary>
    public async Task<DeliveryOutcome> Of(NetSuiteError error, ErpDocument document, IExchangeLog log, CancellationToken cancel)
    {
        var lines = map.Lines(document);
        var meaning = NetSuiteFindings.Meaning(error, settings.Errors, index => index < lines.Count && lines[index].IsTax);
        if (meaning == NetSuiteFindings.Locked)
            return new DeliveryOutcome.NotSent("Somebody else works on this document in NetSuite.", ThisDocument: true);
        try
        {
            meaning = meaning switch
            {
                NetSuiteFindings.CustomerUnknown => await Customers(lines, log, cancel) ?? "customer-not-in-subsidiary",
                NetSuiteFindings.Unknown => await Period(document, log, cancel) ?? await Customers(lines, log, cancel) ?? meaning,
                _ => meaning,
            };
        }
        catch (ReadBackException)
        {
            // It is refused all the same; only its reason stays as NetSuite told it.
        }
        return new DeliveryOutcome.Refused(NetSuiteFindings.Of(meaning, error.Text));
    }

    private async Task<string?> Customers(IReadOnlyList<JournalMap.Line> lines, IExchangeLog log, CancellationToken cancel)
    {
        foreach (var id in lines.Select(line => line.Entity).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal))
            if (await Customer(id, log, cancel) is { } reason) return reason;
        return null;
    }

    private async Task<string?> Customer(string id, IExchangeLog log, CancellationToken cancel)
    {
        if (_customers.TryGetValue(id, out var known)) return known;
        var rows = await suiteQl.Few("refusal-customer", Questions.Customer(id), log, cancel);
        return _customers[id] = rows switch
        {
            [] => NetSuiteFindings.CustomerUnknown,
            [var customer, ..] when customer.Flag("isinactive") => "customer-blocked",
            _ => null,
        };
    }

    private async Task<string?> Period(ErpDocument document, IExchangeLog log, CancellationToken cancel)
    {
        if (_periods.TryGetValue(document.Date, out var known)) return known;
        var open = await suiteQl.Few("refusal-period", Questions.OpenPeriods(document.Date), log, cancel);
        return _periods[document.Date] = open.Count == 0 ? "period-closed" : null;
    }
}
