using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Tieout.Domain.Webhooks;

/// <summary>
/// Something that happened and is told. Ids, states and amounts only: who wants to know more asks the API under the id. What a
/// kind of event has nothing to say about is null and left out.
/// </summary>
/// <param name="Id">The same at every attempt and for every endpoint.</param>
/// <param name="Sequence">Larger for what was written later; events may arrive in another order.</param>
/// <param name="Kind">One of <see cref="Kinds"/>, or <see cref="Test"/>.</param>
/// <param name="At">When it happened.</param>
/// <param name="SubjectId">Id of the posting, exception, document, billing account, notice or promise.</param>
/// <param name="SubjectKey">The posting's business key, the exception's subject, the document's number, the billing account's code.</param>
/// <param name="State">Where the subject stands since.</param>
public sealed record WebhookEvent(
    Guid Id, long Sequence, string Kind, DateTimeOffset At, Guid SubjectId, string SubjectKey, string State,
    string? DocumentKind = null, Guid? DocumentId = null, string? SubjectKind = null, string? Category = null, string? Code = null,
    string? Target = null, string? ErpNumber = null, Guid? LegalEntityId = null, Guid? BillingAccountId = null, Guid? CorrelationId = null,
    decimal? Amount = null, string? Currency = null)
{
    /// <summary>Tells nothing but that the endpoint can be told.</summary>
    public const string Test = "webhook.test";

    /// <summary>What an endpoint may ask for.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "posting.posted", "posting.parked", "posting.in-doubt", "posting.cancelled", "exception.opened", "exception.resolved",
        "invoice.finalised", "credit-memo.finalised", "dunning.notice", "dunning.changed", "dunning.promise",
        "payment.received", "payment.applied", "payment.released", "refund.paid", "dispute.opened", "dispute.won", "dispute.lost",
        "write-off.booked", "entry.reversed", "invoice.settled", "invoice.reopened",
    ];

    /// <summary>The header <c>webhook-id</c>: what a receiver remembers so that a repetition does nothing.</summary>
    public string MessageId => "msg_" + Id.ToString("N");

    /// <summary>The bytes that are sent, the same at every attempt.</summary>
    public byte[] Body()
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", Kind);
            json.WriteString("timestamp", At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteNumber("sequence", Sequence);
            json.WriteStartObject("data");
            WriteData(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    private void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("id", SubjectId);
        json.WriteString("key", SubjectKey);
        json.WriteString("state", State);
        Write(json, "subjectKind", SubjectKind);
        Write(json, "category", Category);
        Write(json, "code", Code);
        Write(json, "documentKind", DocumentKind);
        Write(json, "documentId", DocumentId);
        Write(json, "target", Target);
        Write(json, "erpNumber", ErpNumber);
        Write(json, "legalEntityId", LegalEntityId);
        Write(json, "billingAccountId", BillingAccountId);
        Write(json, "correlationId", CorrelationId);
        if (Amount is not { } amount || Currency is not { } code) return;
        var text = new Money(amount, Domain.Currency.Of(code)).ToString();
        json.WriteStartObject("amount");
        json.WriteString("amount", text.AsSpan(0, text.Length - 4)); // the rest is a space and the code
        json.WriteString("currency", code);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) json.WriteString(name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, Guid? value)
    {
        if (value is { } id) json.WriteString(name, id);
    }
}
