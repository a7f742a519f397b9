using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tieout.Application.Database;
using Tieout.Connectors.Port;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>Who buys, as an engine is told.</summary>
internal sealed record TaxBuyer(string Code, TaxProfile Profile);

/// <summary>
/// What an engine has to say before an account can be billed: the tax of its lines that are billed for the first time. Corrections carry
/// the tax of what they correct and are not asked about.
/// </summary>
/// <param name="Content">All that the answer hangs on, as text.</param>
/// <param name="Fingerprint">SHA-256 of the content: what was answered under it is not asked again.</param>
/// <param name="Document">As the engine is asked; lines numbered from 1 in the order of <paramref name="Lines"/>.</param>
/// <param name="Lines">By key, so that the same lines are the same question in whatever order they were found.</param>
internal sealed record QuoteWanted(
    Guid Account, Guid LegalEntity, TaxEngineRoute Route, string Content, string Fingerprint, TaxDocument Document, IReadOnlyList<LineToBook> Lines)
{
    private const int CodeDigits = 32;

    /// <summary>The question of an account; null when nothing of it is new.</summary>
    public static QuoteWanted? Of(BillingAccount account, IReadOnlyList<LineToBook> all, TaxEngineRoute route, DateOnly issueDate, TaxBuyer buyer)
    {
        var lines = all.Where(line => line.Tax is null)
            .OrderBy(line => line.Line.Key.Subscription.Value).ThenBy(line => line.Line.Key.Component, StringComparer.Ordinal)
            .ThenBy(line => line.Line.Key.From).ThenBy(line => line.Line.Key.Detail, StringComparer.Ordinal).ToList();
        if (lines.Count == 0) return null;
        var content = Text(account, lines, route, issueDate, buyer);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        var document = new TaxDocument(
            $"quote-{fingerprint[..CodeDigits]}", buyer.Code, account.Currency, issueDate, route.Settings.Seller, buyer.Profile,
            [.. lines.Select((line, index) => new TaxDocumentLine(
                Number(index), Canonical.Of(line.Amount.Amount), Canonical.Of(line.Line.Quantity), line.Line.TaxCategory, line.Line.Description,
                line.Line.Period))]);
        return new QuoteWanted(account.Id.Value, account.LegalEntity.Value, route, content, fingerprint, document, lines);
    }

    /// <summary>The lines as checkpoint 2 compares them with the answer.</summary>
    public IReadOnlyList<AskedLine> Asked => [.. Lines.Select((line, index) => new AskedLine(Number(index), line.Amount))];

    /// <summary>The number of a line in the document.</summary>
    public static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    private static string Text(BillingAccount account, List<LineToBook> lines, TaxEngineRoute route, DateOnly issueDate, TaxBuyer buyer)
    {
        var (settings, profile) = (route.Settings, buyer.Profile);
        return JsonSerializer.Serialize(new
        {
            engine = settings.Name,
            company = settings.Company,
            account = account.Id.Value,
            customer = buyer.Code,
            currency = account.Currency.Code,
            date = issueDate,
            seller = settings.Seller,
            buyer = new
            {
                profile.Country,
                profile.Region,
                profile.Postcode,
                vat = profile.Vat?.Number.ToString(),
                exemption = profile.Exemption is { } exemption && exemption.Holds(issueDate) ? exemption.Certificate : null,
            },
            lines = lines.Select(line => new
            {
                subscription = line.Line.Key.Subscription.Value,
                component = line.Line.Key.Component,
                start = line.Line.Key.From,
                detail = line.Line.Key.Detail,
                amount = Plain(line.Amount.Amount),
                quantity = Plain(line.Line.Quantity),
                category = line.Line.TaxCategory,
                code = settings.TaxCodeOf(line.Line.TaxCategory),
                from = line.Line.Period.Start,
                until = line.Line.Period.End,
            }),
        });
    }

    private static string Plain(decimal number) => Canonical.Of(number).ToString(CultureInfo.InvariantCulture);
}
