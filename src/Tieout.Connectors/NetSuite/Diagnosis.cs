using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Why NetSuite refused a document. Its codes rarely tell, and its texts change with language and release; so the two most frequent
/// causes are asked for: the customer's state, and whether the date's period is open.
/// </summary>
internal sealed class Diagnosis(NetSuiteSettings settings, SuiteQl suiteQl, JournalMap map)
{
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
                NetSuiteFindings.CustomerUnknown => await Customer(document, log, cancel) ?? "customer-not-in-subsidiary",
                NetSuiteFindings.Unknown => await Customer(document, log, cancel) ?? await Period(document, log, cancel) ?? meaning,
                _ => meaning,
            };
        }
        catch (ReadBackException)
        {
            // It is refused all the same; only its reason stays as NetSuite told it.
        }
        return new DeliveryOutcome.Refused(NetSuiteFindings.Of(meaning, error.Text));
    }

    private async Task<string?> Customer(ErpDocument document, IExchangeLog log, CancellationToken cancel)
    {
        var rows = await suiteQl.Few("refusal-customer", Questions.Customer(document.ErpCustomerId), log, cancel);
        return rows switch
        {
            [] => NetSuiteFindings.CustomerUnknown,
            [var customer, ..] when customer.Flag("isinactive") => "customer-blocked",
            _ => null,
        };
    }

    private async Task<string?> Period(ErpDocument document, IExchangeLog log, CancellationToken cancel)
    {
        var open = await suiteQl.Few("refusal-period", Questions.OpenPeriods(document.IssueDate), log, cancel);
        return open.Count == 0 ? "period-closed" : null;
    }
}
