using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing.Drafts;

/// <summary>What became of a draft.</summary>
public enum DraftState
{
    /// <summary>It can be looked at, changed, made final.</summary>
    Open,

    /// <summary>It is an invoice now.</summary>
    Final,

    /// <summary>Somebody dropped it, or a run billed the account.</summary>
    Dropped,
}

/// <summary>A document drawn up for people to look at.</summary>
/// <param name="Account">Code of the billing account.</param>
/// <param name="Date">The day it is drawn up as of; the invoice's date when it is made final.</param>
/// <param name="Subscription">Code of the subscription it is for; null for the whole account.</param>
/// <param name="PurchaseOrder">Printed on the invoice; may be empty.</param>
/// <param name="Note">Printed on the invoice; may be empty.</param>
/// <param name="Invoice">Number of the invoice it became; null before.</param>
/// <param name="Actor">Who changed it last.</param>
/// <param name="Document">What it shows.</param>
public sealed record InvoiceDraft(
    Guid Id, string Account, DateOnly Date, string? Subscription, string PurchaseOrder, string Note, DraftState State, string? Invoice, string Actor,
    DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, PreviewedInvoice Document);

/// <summary>Asks for an account's drafts as of a day; today when none is given.</summary>
public sealed record DraftRequest
{
    /// <summary>Code of the billing account.</summary>
    public string? Account { get; init; }

    /// <summary>What falls due through this day; the date of the invoices.</summary>
    public string? Date { get; init; }

    /// <summary>Who asks.</summary>
    public string? Actor { get; init; }
}

/// <summary>What may be written on an open draft; null leaves what stands.</summary>
public sealed record DraftEdit
{
    /// <summary>The customer's order number.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>A note the customer reads.</summary>
    public string? Note { get; init; }

    /// <summary>Who writes.</summary>
    public string? Actor { get; init; }
}

/// <summary>What came of it.</summary>
public abstract record DraftOutcome
{
    private DraftOutcome() { }

    /// <summary>The drafts as they stand now; none when there is nothing to bill.</summary>
    public sealed record Done(IReadOnlyList<InvoiceDraft> Drafts) : DraftOutcome;

    /// <summary>Every field that is wrong; nothing was written.</summary>
    public sealed record Unreadable(IReadOnlyDictionary<string, string[]> Errors) : DraftOutcome;

    /// <summary>There is no such draft or account.</summary>
    public sealed record NotFound(string Words) : DraftOutcome;

    /// <summary>The books say no; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : DraftOutcome;
}

/// <summary>A draft's row.</summary>
internal sealed record DraftRow(
    Guid Id, string Account, DateOnly BilledOn, Guid GroupingKey, string? Subscription, string Content, string PurchaseOrder, string Note, string State,
    string? Invoice, string Actor, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    public InvoiceDraft Draft() => new(
        Id, Account, BilledOn, Subscription, PurchaseOrder, Note, Words.Parse<DraftState>(State), Invoice, Actor, CreatedAt, ChangedAt, DraftContent.Read(Content));

    /// <summary>Which of an account's documents it is: the subscription's, or the account's own.</summary>
    public static Guid KeyOf(Invoice document)
    {
        var subscription = document.Lines[0].Line.Line.Key.Subscription.Value;
        return document.Account.Grouping == InvoiceGrouping.Subscription && subscription != Guid.Empty ? subscription : document.Account.Id.Value;
    }
}

/// <summary>What a draft shows, as it is kept: canonical, so that equal documents have equal hashes.</summary>
internal static class DraftContent
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new DecimalText(), new CurrencyText() },
    };

    public static string Text(PreviewedInvoice document) => JsonSerializer.Serialize(document, Format);

    public static PreviewedInvoice Read(string content) => JsonSerializer.Deserialize<PreviewedInvoice>(content, Format)!;

    public static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    // 12.3400 and 12.34 are equal and print differently.
    private sealed class DecimalText : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            decimal.Parse(reader.GetString()!, NumberStyles.Number, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Canonical.Of(value).ToString(CultureInfo.InvariantCulture));
    }

    private sealed class CurrencyText : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Currency.Of(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
    }
}
