using System.Buffers;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Bench;

/// <summary>Speaks to a <see cref="PlainErp"/>: as lean as a connector can be, with everything on record like any other.</summary>
internal sealed class PlainConnector(Uri url, TargetSettings settings) : IErpConnector
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = url };

    public ConnectorLimits Limits { get; } = new(settings.BatchSize!.Value, settings.Slots!.Value);

    public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<CustomerOutcome>>([.. customers.Select(customer => new CustomerOutcome.Present(customer.Code))]);

    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var message = Write(documents);
        var exchange = await log.Began("post", message, cancel);
        using var content = new ReadOnlyMemoryContent(message);
        using var answer = await _http.PostAsync("post", content, cancel);
        var body = await answer.Content.ReadAsByteArrayAsync(cancel);
        await log.Ended(exchange, (int)answer.StatusCode, body, null, cancel);
        var numbers = Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        return [.. documents.Select(document => new DeliveryOutcome.Accepted(new ErpReference(numbers[document.Key], document.Key)))];
    }

    public Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel) =>
        throw new NotSupportedException("Nothing gets into doubt here.");

    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => throw new NotSupportedException();

    public IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private ReadOnlyMemory<byte> Write(IReadOnlyList<ErpDocument> documents)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * documents.Count);
        using var json = new Utf8JsonWriter(buffer);
        foreach (var invoice in documents.Cast<ErpInvoice>())
        {
            Write(json, invoice);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }
        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter json, ErpInvoice invoice)
    {
        json.WriteStartObject();
        json.WriteString("key", invoice.Key);
        json.WriteString("customer", invoice.ErpCustomerId);
        json.WriteString("currency", invoice.Currency.Code);
        json.WriteString("date", invoice.Date.ToString("O"));
        json.WriteString("due", invoice.DueDate.ToString("O"));
        json.WriteNumber("total", invoice.Total);
        json.WriteStartArray("lines");
        foreach (var line in invoice.Lines)
        {
            json.WriteStartObject();
            json.WriteString("account", settings.AccountOf(line.LedgerAccount, line.Account));
            json.WriteNumber("amount", line.Amount);
            json.WriteString("text", line.Text);
            json.WriteString("tax", settings.TaxCodeOf(invoice, line));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("taxes");
        foreach (var tax in invoice.Taxes)
        {
            json.WriteStartObject();
            json.WriteString("code", settings.TaxCodeOf(tax));
            json.WriteNumber("base", tax.Base);
            json.WriteNumber("amount", tax.Amount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
