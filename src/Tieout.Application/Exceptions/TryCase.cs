using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Mapping;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>What would happen if the posting of a case went now.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Preview">In journal lines, with the fields that are set or tried.</param>
/// <param name="Changes">What those fields change; no amount is ever among them.</param>
/// <param name="Outcome"><c>would-send</c>, <c>already-posted</c>, <c>would-refuse</c> or <c>unknown</c>.</param>
/// <param name="Says">In words.</param>
/// <param name="Remedy">What to do about a refusal; empty otherwise.</param>
/// <param name="Technical">The ERP's or connector's own words.</param>
/// <param name="Request">What would leave; null when nothing would.</param>
public sealed record TriedPosting(
    string BusinessKey, string Target, string System, DocumentPreview Preview, IReadOnlyList<ChangedField> Changes, string Outcome, string Says, string Remedy,
    string Technical, TriedRequest? Request);

/// <summary>The first request that would change something in the ERP, byte for byte; log-in and headers are no part of it.</summary>
/// <param name="Operation">The connector's word for it, as in the evidence of attempts.</param>
/// <param name="Text">As text.</param>
/// <param name="Base64">The bytes.</param>
/// <param name="Sha256">Of the bytes, in hexadecimal.</param>
/// <param name="Varies">What is another in each call, by the vendor's name.</param>
/// <param name="Then">What follows when the ERP takes it.</param>
public sealed record TriedRequest(string Operation, string Text, string Base64, string Sha256, IReadOnlyList<string> Varies, string Then);

/// <summary>The dry run of a case: nothing is sent, nothing is written. The ERP is asked what it is always asked before a document is sent.</summary>
/// <param name="database">The books.</param>
/// <param name="targets">The ERPs that are configured here.</param>
public sealed class TryCase(NpgsqlDataSource database, IReadOnlyList<DeliveryTarget> targets)
{
    /// <summary>Tries it.</summary>
    /// <param name="id">The case.</param>
    /// <param name="given">Fields to try in the place of those that are set; null for those.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CaseOutcome<TriedPosting>> Run(Guid id, IReadOnlyList<GivenField>? given, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var fields = given is null ? null : OverrideFields.Read(given, reader);
        if (reader.Errors.Count > 0) return new CaseUnreadable<TriedPosting>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var mapping = await PublishedMapping.Load(connection, transaction: null, PublishedMapping.None);
        var found = await StoppedDocument.OfCase(connection, id, (posting, entity) => Routed(connection, mapping, posting, entity), locked: false, cancel);
        if (found is null) return await NoPosting(connection, id, cancel);
        if (fields is not null) OverrideFields.Check(found.Plain, fields, reader);
        if (reader.Errors.Count > 0) return new CaseUnreadable<TriedPosting>(reader.Errors);
        if (targets.FirstOrDefault(target => target.Name == found.Target) is not { } target)
            return new CaseRefused<TriedPosting>(
                "target-not-here",
                found.Target.Length == 0 ? $"No route leads from {found.LegalEntity} to an ERP here." : $"The target {found.Target} is not configured here.",
                "Name the targets file that has it with --targets.");
        var rules = new ClaimedChoices(connection, transaction: null, target, mapping);
        var (plain, _) = await Mapped(rules, found, []);
        var (document, missing) = await Mapped(rules, found, fields ?? found.Loaded.SetFor(found.Posting.Id));
        await connection.CloseAsync(); // the ERP is not waited for with it
        return new CaseDone<TriedPosting>(await Tried(target, document, plain, missing, cancel));
    }

    private async Task<TriedPosting> Tried(DeliveryTarget target, ErpDocument document, ErpDocument unset, Finding? missing, CancellationToken cancel)
    {
        var (preview, plain) = (DocumentPreview.Of(document, target.Settings), DocumentPreview.Of(unset, target.Settings));
        var (known, stranger, before) = missing is null ? await Introduced(target, document, cancel) : (document, "", new DryRun.WouldRefuse(missing));
        var run = before ?? await target.Connector.DryRun(known, cancel);
        TriedPosting Of(string outcome, string says, string remedy = "", string technical = "", TriedRequest? request = null) => new(
            document.Key, target.Name, target.Settings.System, preview, DocumentPreview.Diff(plain, preview), outcome, says, remedy, technical, request);

        return run switch
        {
            DryRun.WouldSend send when stranger.Length > 0 => Of(
                "would-send", $"{target.Name} does not know the customer {stranger} yet and would get this request first. Nothing was sent.", request: Shown(send)),
            DryRun.WouldSend send => Of("would-send", $"{target.Name} would get this request. Nothing was sent.", request: Shown(send)),
            DryRun.AlreadyPosted already => Of("already-posted", $"{target.Name} holds it as {already.Document.Number}: a replay finds it and books nothing."),
            DryRun.WouldRefuse refuse => Of("would-refuse", refuse.Finding.Cause, refuse.Finding.Remedy, refuse.Finding.Technical),
            DryRun.Unknown unknown => Of("unknown", unknown.Reason),
            _ => throw new InvalidOperationException("Unknown dry run."),
        };
    }

    // As delivery does it: by the rules in force, or as it was sent if it may be in the ERP; then what is set.
    private static async Task<(ErpDocument Document, Finding? Missing)> Mapped(ClaimedChoices rules, StoppedDocument found, IReadOnlyList<FieldOverride> set)
    {
        var batch = await rules.Try(
            [found.Posting], found.Loaded with { Set = new Dictionary<Guid, IReadOnlyList<FieldOverride>> { [found.Posting.Id] = set } });
        return (batch.Documents[0], batch.Unmapped.GetValueOrDefault(found.Posting.Id));
    }

    // What has no target yet goes where it would be routed now.
    private async Task<string> Routed(NpgsqlConnection connection, PublishedMapping mapping, ClaimedPosting posting, string entity)
    {
        var before = posting.DocumentKind == "invoice" ? []
            : await connection.QuerySingleAsync<string[]>("select posting.targets_before(@document)", new { document = posting.DocumentId });
        var facts = mapping.RoutesNumber == 0 ? [] : await PostingFacts.Load(
            connection, transaction: null, [new FactsWanted(posting.DocumentId, posting.BillingAccountId, posting.DocumentKind)]);
        return RoutingWords.Target(Routing.Of(
            before, mapping.Routes, facts.TryGetValue(posting.DocumentId, out var known) ? known.Document : new Facts(DateOnly.MinValue), TargetOf(entity)));
    }

    private static TriedRequest Shown(DryRun.WouldSend send) => new(
        send.Operation, Encoding.UTF8.GetString(send.Request.Span), Convert.ToBase64String(send.Request.Span),
        Convert.ToHexStringLower(SHA256.HashData(send.Request.Span)),
        [.. send.Varies.Select(part => part.Name)], send.Then);

    // As delivery does it: a customer that the ERP is not known to have is found or created there before the document goes.
    private async Task<(ErpDocument Document, string Stranger, DryRun? Before)> Introduced(DeliveryTarget target, ErpDocument document, CancellationToken cancel)
    {
        while (Stranger(document) is { } code)
        {
            var customer = await database.Row<CustomerRow>(
                "select name, country from customers.customer where tenant = 1 and code = @code", new { code }, cancel)
                ?? throw new InvalidOperationException($"A document names the customer {code}, which is not in the books.");
            switch (await target.Connector.DryRunCustomer(new ErpCustomer(code, customer.Name, customer.Country, document.Currency.Code), cancel))
            {
                case CustomerDryRun.Present present: document = WithCustomer(document, code, present.ErpId); break;
                case CustomerDryRun.Before before: return (document, code, before.What);
            }
        }
        return (document, "", null);
    }

    private static ErpDocument WithCustomer(ErpDocument document, string code, string erpId) => document switch
    {
        ErpInvoice invoice => invoice with { ErpCustomerId = erpId },
        ErpEntry entry => entry with { Lines = [.. entry.Lines.Select(line => line.CustomerCode == code ? line with { ErpCustomerId = erpId } : line)] },
        _ => throw new InvalidOperationException("Only invoices and entries name customers."),
    };

    // A customer that the ERP has no id for; null when it knows all.
    private static string? Stranger(ErpDocument document) => document switch
    {
        ErpInvoice { ErpCustomerId.Length: 0 } invoice => invoice.CustomerCode,
        ErpEntry entry => entry.Lines.FirstOrDefault(line => line.CustomerCode.Length > 0 && line.ErpCustomerId.Length == 0)?.CustomerCode,
        _ => null,
    };

    private sealed record CustomerRow(string Name, string Country);

    private string TargetOf(string entity) => targets.FirstOrDefault(target => target.LegalEntities.Contains(entity))?.Name ?? "";

    private static async Task<CaseOutcome<TriedPosting>> NoPosting(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        await OverrideFields.NoPosting(connection, id, cancel) is CaseRefused<FieldVersion>(var code, var reason, var remedy)
            ? new CaseRefused<TriedPosting>(code, reason, remedy)
            : new CaseNotFound<TriedPosting>($"No exception has the id {id}.");
}
