using System.Text.Json;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>A mapping as one text: equal for equal mappings, however their files are laid out.</summary>
internal static class MappingText
{
    public static string Of(ImportMapping mapping) => JsonSerializer.Serialize<object?[]>(
    [
        mapping.Format,
        Of(mapping.Customer.Code), Of(mapping.Customer.Name), Of(mapping.Customer.Country),
        mapping.Customer.Details?.Values.Select(Of),
        Of(mapping.Account?.Code), Of(mapping.Account?.LegalEntity), Of(mapping.Account?.Currency),
        Of(mapping.Account?.TaxCode), Of(mapping.Account?.TermDays),
        Of(mapping.Account?.PurchaseOrder), Of(mapping.Account?.InvoiceNote),
        Of(mapping.Subscription?.Code), Of(mapping.Subscription?.Plan), Of(mapping.Subscription?.Start), Of(mapping.Subscription?.End),
        mapping.Components.Select(component => new object?[] { component.Component, Of(component.AgreedPrice), Of(component.Quantity), component.When }),
        mapping.Checks,
        // Last, and only where it says so: what was imported by a mapping before is still of the same one.
        .. mapping.Account?.DiscountPercent is { } percent ? new[] { Of(percent), Of(mapping.Account.DiscountDays) } : [],
    ]);

    private static object? Of(Value? value) => value switch
    {
        null => null,
        Value.Constant constant => new { constant = constant.Text },
        Value.Column column => new { column = column.Name, column.WhenBlank },
        Value.OfLegalEntity => new { field = "legal-entity" },
        Value.HashSplit split => new { split = split.By, split.Shares },
        Value.Mapped mapped => new { from = Of(mapped.From), map = mapped.Map.OrderBy(pair => pair.Key, StringComparer.Ordinal), mapped.Otherwise },
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "This kind of value has no text."),
    };
}
